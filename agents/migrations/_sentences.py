"""Failures as they were kept before codes: as sentences, in English or Indonesian. For migrations; never changed."""

import re
from collections.abc import Iterable, Iterator

from django.db import models

#: Code -> the sentence in both languages, as they were when rows came to hold codes.
SENTENCES = {
    "engine_error": (
        "The model could not answer.",
        "Model tidak dapat menjawab.",
    ),
    "rate_limited": (
        "The model's service is receiving too many requests at the moment. Try again shortly.",
        "Layanan model sedang menerima terlalu banyak permintaan. Cobalah lagi sebentar lagi.",
    ),
    "quota_exceeded": (
        "The account behind this key has used up its quota.",
        "Kuota akun di balik kunci ini sudah habis.",
    ),
    "overloaded": (
        "The model's service is overloaded or not available at the moment. Try again shortly.",
        "Layanan model sedang kelebihan beban atau tidak tersedia. Cobalah lagi sebentar lagi.",
    ),
    "server_failed": (
        "The model's service failed. Try again shortly.",
        "Layanan model mengalami kegagalan. Cobalah lagi sebentar lagi.",
    ),
    "auth_failed": (
        "The model's service did not accept the key. Check it in the settings.",
        "Layanan model tidak menerima kuncinya. Periksa kunci itu di pengaturan.",
    ),
    "bad_request": (
        "The model's service refused the request.",
        "Layanan model menolak permintaan ini.",
    ),
    "not_found": (
        "There is no model service at this address. Check it; such an address often ends in /v1.",
        "Tidak ada layanan model di alamat ini. Periksalah; alamat seperti ini sering berakhir dengan /v1.",
    ),
    "context_too_long": (
        "The conversation is too long for this model. Shorten it, or choose a model with a larger window.",
        "Percakapan ini terlalu panjang untuk model ini. Persingkatlah, atau pilih model dengan jendela konteks yang lebih besar.",
    ),
    "too_large": (
        "The conversation is more than this model's service takes at once. Shorten it, or choose another model.",
        "Percakapan ini lebih besar daripada yang diterima layanan model sekaligus. Perpendeklah, atau pilih model lain.",
    ),
    "place_refused": (
        "The model's service does not serve the country that this server is in. Choose another model.",
        "Layanan model tidak melayani negara tempat server ini berada. Pilih model lain.",
    ),
    "unsupported_part": (
        "This conversation holds something that cannot be sent to the model.",
        "Percakapan ini memuat sesuatu yang tidak dapat dikirim ke model.",
    ),
    "connect_failed": (
        "The model's service cannot be reached. Check its address, or try again shortly.",
        "Layanan model tidak dapat dihubungi. Periksa alamatnya, atau cobalah lagi sebentar lagi.",
    ),
    "address_refused": (
        "This server does not connect to that address.",
        "Server ini tidak menyambung ke alamat itu.",
    ),
    "timed_out": (
        "The model did not answer in time. Try again.",
        "Model tidak menjawab tepat waktu. Silakan coba lagi.",
    ),
    "stalled": (
        "The model stopped in the middle of its answer. Continue, or try again.",
        "Model berhenti di tengah jawabannya. Lanjutkan, atau coba lagi.",
    ),
    "cut_off": (
        "The connection to the model broke in the middle of its answer. Continue, or try again.",
        "Sambungan ke model terputus di tengah jawabannya. Lanjutkan, atau coba lagi.",
    ),
    "garbled": (
        "The model's service sent something that cannot be read. Try again.",
        "Layanan model mengirim sesuatu yang tidak dapat dibaca. Silakan coba lagi.",
    ),
    "upstream_error": (
        "The model's service reported an error in the middle of its answer. Try again.",
        "Layanan model melaporkan galat di tengah jawabannya. Silakan coba lagi.",
    ),
    "empty_reply": (
        "The model answered with nothing. Try again.",
        "Model menjawab tanpa isi. Silakan coba lagi.",
    ),
    "thought_only": (
        "The model thought, but gave no answer. Its thought is kept; try again.",
        "Model berpikir, tetapi tidak memberi jawaban. Pemikirannya disimpan; silakan coba lagi.",
    ),
    "nothing_within_length": (
        "The model reached its longest length before it answered. Let it answer longer, or think less.",
        "Model mencapai panjang maksimalnya sebelum menjawab. Izinkan jawaban yang lebih panjang, atau kurangi pemikirannya.",
    ),
    "filtered": (
        "The model's service refused to answer this. Put it in other words, or choose another model.",
        "Layanan model menolak menjawab ini. Sampaikan dengan kata lain, atau pilih model lain.",
    ),
    "broken_call": (
        "The model tried to use a tool, but its call was broken. Try again.",
        "Model mencoba memakai alat, tetapi panggilannya rusak. Silakan coba lagi.",
    ),
    "paused": (
        "The model paused in the middle of its answer. Continue, or try again.",
        "Model berhenti sejenak di tengah jawabannya. Lanjutkan, atau coba lagi.",
    ),
    "too_long": (
        "The answer grew beyond the limit and was stopped.",
        "Jawaban melampaui batas dan dihentikan.",
    ),
    "model_not_offered": (
        "The model %(model)s is not offered any more. Choose another.",
        "Model %(model)s sudah tidak ditawarkan. Pilih model lain.",
    ),
    "provider_gone": (
        "The provider of this model is no longer set up. Choose another model.",
        "Penyedia model ini sudah tidak terpasang. Pilih model lain.",
    ),
    "bundled_not_running": (
        "The bundled model is not running. It starts again by itself; try in a moment.",
        "Model bawaan sedang tidak berjalan. Model akan menyala lagi dengan sendirinya; cobalah sebentar lagi.",
    ),
    "message_too_long": (
        "This message takes %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model.",
        "Pesan ini memakan %(size)s token, sedangkan model ini membaca %(window)s. Persingkatlah, atau pilih model lain.",
    ),
    "message_about_too_long": (
        "This message takes about %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model.",
        "Pesan ini memerlukan sekitar %(size)s token; model ini membaca %(window)s. Persingkat, atau pilih model lain.",
    ),
    "system_prompt_too_long": (
        "The system prompt takes %(size)s tokens; this model reads %(window)s. Shorten it in the chat's settings.",
        "Prompt sistem memakan %(size)s token; model ini membaca %(window)s. Persingkat di pengaturan obrolan.",
    ),
    "unexpected": (
        "Something went wrong here. The text so far is kept; try again.",
        "Ada yang salah di sini. Teks sejauh ini tersimpan; silakan coba lagi.",
    ),
    "key_not_yours": (
        "The key behind this model cannot be used by you here. Choose another model.",
        "Kunci di balik model ini tidak dapat Anda gunakan di sini. Pilih model lain.",
    ),
    "key_lost": (
        "The key “%(label)s” was sealed with a secret that this server no longer has. Enter it again.",
        "Kunci “%(label)s” disegel dengan rahasia yang tidak lagi dimiliki server ini. Masukkan sekali lagi.",
    ),
    "key_changed": (
        "The key “%(label)s” was changed in the database, or belongs to another address. Enter it again.",
        "Kunci “%(label)s” diubah di basis data, atau milik alamat lain. Masukkan sekali lagi.",
    ),
    "no_address": (
        "This is no address. It reads like https://api.example.org/v1.",
        "Ini bukan alamat. Bentuknya seperti https://api.example.org/v1.",
    ),
    "address_not_allowed": (
        "This server does not connect to %(place)s. Its operator can allow that with EGRESS_ALLOW.",
        "Server ini tidak terhubung ke %(place)s. Operatornya dapat mengizinkannya dengan EGRESS_ALLOW.",
    ),
    "begun_already": (
        "You have begun this once already, and it is not done yet. Try again in a moment.",
        "Anda sudah memulai ini dan itu belum selesai. Silakan coba lagi sebentar lagi.",
    ),
    "busy": (
        "Many people are doing this at the moment. Try again in a moment.",
        "Saat ini banyak orang melakukan hal yang sama. Silakan coba lagi sebentar lagi.",
    ),
    "draft_unfit": (
        "The model answered, but not with an agent. Try again, or choose another model.",
        "Model menjawab, tetapi bukan dengan agen. Coba lagi, atau pilih model lain.",
    ),
    "draft_too_late": (
        "The model did not answer in time. Try again.",
        "Model tidak menjawab tepat waktu. Silakan coba lagi.",
    ),
    "draft_not_here": (
        "You cannot make agents here any more.",
        "Anda tidak dapat lagi membuat agen di sini.",
    ),
    "transfer_interrupted": (
        "The server was interrupted. Nothing half is kept; start again.",
        "Server terputus. Tidak ada yang tersimpan setengah; mulai lagi.",
    ),
    "transfer_no_room": (
        "The server's disk has no room for this. Nothing of it was kept; tell whoever runs the server.",
        "Disk server tidak punya ruang untuk ini. Tidak ada yang disimpan; beri tahu pengelola server.",
    ),
    "transfer_broke": (
        "Something went wrong here. Nothing half is kept; start again.",
        "Terjadi kesalahan di sini. Tidak ada yang tersimpan setengah; mulai lagi.",
    ),
}
SAID = (" It said: ", " Pesannya: ")  # stands before what a service said
NUMBERS = ("size", "window")
BATCH = 1000
_PLACE = re.compile(r"%\\\((\w+)\\\)s")  # `%(name)s` after re.escape


def read(sentence: str) -> tuple[str, dict]:
    """Return the code and the parameters of a sentence; one that nobody knows is kept whole, as a parameter."""
    for text, detail in _cut(sentence):
        for code, pattern in _PATTERNS:
            if found := pattern.fullmatch(text):
                params = {name: int(said) if name in NUMBERS else said for name, said in found.groupdict().items()}
                return code, params | ({"detail": detail} if detail else {})
    return "other", {"text": sentence}


def written(code: str, params: dict) -> str:
    """Return the English sentence of a code: the way back."""
    if code not in SENTENCES:
        return str(params.get("text") or params.get("why") or code)
    said = SENTENCES[code][0] % params
    return f"{said}{SAID[0]}{params['detail']}" if params.get("detail") else said


def to_codes(rows: models.QuerySet, old: str, new: str) -> None:
    """Read the sentences of a column `old` into `<new>_code` and `<new>_params`, so many rows at a time."""
    names = (f"{new}_code", f"{new}_params")
    for batch in batches(rows.exclude(**{old: ""}).filter(**{names[0]: ""})):
        for row in batch:
            code, params = read(getattr(row, old))
            setattr(row, names[0], code)
            setattr(row, names[1], params)
        rows.model.objects.bulk_update(batch, names)


def to_sentences(rows: models.QuerySet, old: str, new: str) -> None:
    """The way back."""
    longest = rows.model._meta.get_field(old).max_length
    for batch in batches(rows.exclude(**{f"{new}_code": ""}).filter(**{old: ""})):
        for row in batch:
            setattr(row, old, written(getattr(row, f"{new}_code"), getattr(row, f"{new}_params"))[:longest])
        rows.model.objects.bulk_update(batch, [old])


def batches(rows: models.QuerySet) -> Iterator[list]:
    """The rows in the order of their keys, so many at a time."""
    last = None
    while batch := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _cut(sentence: str) -> Iterable[tuple[str, str]]:
    """The sentence whole, and before and after what a service said of it."""
    yield sentence, ""
    for words in SAID:
        text, found, detail = sentence.partition(words)
        if found:
            yield text, detail


def _pattern(sentence: str) -> re.Pattern[str]:
    def place(found: re.Match) -> str:
        return rf"(?P<{found[1]}>\d+)" if found[1] in NUMBERS else rf"(?P<{found[1]}>.+?)"

    return re.compile(_PLACE.sub(place, re.escape(sentence)), re.DOTALL)


_PATTERNS = [(code, _pattern(sentence)) for code, both in SENTENCES.items() for sentence in both]
