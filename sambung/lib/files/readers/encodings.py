"""The encoding of a text that does not say it: the likeliest one, by its letters."""

import itertools
import re
import unicodedata
from collections.abc import Iterator

from sambung.lib.files.blocks import ReadWarning, Told
from sambung.lib.files.readers import File, Unreadable
from sambung.lib.files.sniffing import encoding_of

#: What is looked for, the more common first. UTF-16 is told by its bytes.
CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "gb18030", "cp932", "big5", "cp949", "euc_jp", "iso2022_jp", "cp1254", "cp1253",
    "cp1256", "cp1255", "cp1257", "cp874", "koi8_r",
)  # fmt: skip
#: What people call those that may be chosen.
NAMES = {
    "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1252": "Windows-1252", "cp1253": "Windows-1253",
    "cp1254": "Windows-1254", "cp1255": "Windows-1255", "cp1256": "Windows-1256", "cp1257": "Windows-1257",
    "cp874": "Windows-874", "gb18030": "GB18030", "cp932": "Shift-JIS", "big5": "Big5", "cp949": "EUC-KR",
    "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP", "koi8_r": "KOI8-R", "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
}  # fmt: skip
#: Letters beside A to Z, of the languages that are written in each of these families.
_ALPHABETS = {
    "cp1252": (
        "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü¿¡ºª", "áâãàçéêíóôõúº", "àèéìòù", "æøåé", "åäöé", "áðéíóúýþæö", "ëïéèö",
    ),
    "cp1250": ("áčďéěíňóřšťúůýž", "ąćęłńóśźż", "áéíóöőúüű", "ăâîşţ", "čćđšž", "áäčďéíĺľňóôŕšťúýž"),
    "cp1254": ("çğıiöşü",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
}  # fmt: skip
_SIGNS = "“”„‘’‚–—…€«»°§©®´·×"
_ASCII, _VOWELS = 128, "аеёиоуыэюяіїє"
_NARROW = "".join(map(chr, range(0xFF61, 0xFFA0)))  # half as wide as usual, which nobody writes any more
_ALONE = re.compile("[a-z][\u3400-\u9fff\uac00-\ud7af](?:[a-z]|\\W|$)", re.IGNORECASE)  # in the middle of a Latin word
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 100_000  # bytes


def decoded(file: File) -> tuple[str, list[ReadWarning | Told]]:
    """Return the text of a file and, where it does not say its encoding, which one was taken and whether by guess.

    Raises Unreadable for no text.
    """
    data, told = file.data, []
    encoding = file.encoding or encoding_of(data)
    if encoding is None and 0 in data:
        data = data.replace(b"\0", b"")
        encoding = encoding_of(data)
        told = [ReadWarning("nuls_left_out")]
    if encoding is None:
        raise Unreadable("unknown")
    if not encoding:
        encoding = guessed(data)
        told += [ReadWarning("encoding_guessed", {"encoding": NAMES[encoding]}), Told({"encoding": encoding})]
    text = data.decode(encoding, "replace")
    if file.encoding:
        told = [Told({"encoding": encoding})]
        if "\ufffd" in text:
            told.append(ReadWarning("encoding_wrong", {"encoding": NAMES[encoding]}))
    return text.replace("\r\n", "\n"), told


def guessed(data: bytes) -> str:
    """Return the likeliest of CANDIDATES."""
    import charset_normalizer  # which most files do not need

    sample = data[:_SAMPLE]
    found = charset_normalizer.from_bytes(sample, cp_isolation=list(CANDIDATES), threshold=0.5)
    ranked = {match.encoding: match.chaos for match in found}
    texts = {encoding: text for encoding in CANDIDATES if (text := _decoded(sample, encoding)) is not None}
    if not texts:
        return "cp1252"
    return max(texts, key=lambda name: (_plausible(texts[name], name), -ranked.get(name, 1), -CANDIDATES.index(name)))


def _decoded(data: bytes, encoding: str) -> str | None:
    """The text, None where it is none in this encoding; a letter that was cut at the end of the sample is no fault."""
    for end in (len(data), len(data) - 1, len(data) - 2, len(data) - 3):
        try:
            return data[:end].decode(encoding)
        except UnicodeDecodeError:
            if len(data) < _SAMPLE:
                return None
    return None


def _plausible(text: str, encoding: str) -> float:
    """From 0 to 1: whether words keep to one script, and their letters to one language."""
    low = text.replace("İ", "i").lower()
    letters = [letter for letter in low if ord(letter) >= _ASCII and letter not in _SIGNS]
    if not letters:
        return 1
    if alphabets := _ALPHABETS.get(encoding):
        return max(sum(letter in alphabet for letter in letters) for alphabet in alphabets) / len(letters)
    mixed = sum(1 for word in _WORD.findall(text) if _is_mixed(word)) + len(_ALONE.findall(text))
    named = sum(unicodedata.category(letter)[0] in "LMPN" and letter not in _NARROW for letter in letters) / len(
        letters
    )
    if encoding in {"cp1251", "koi8_r"}:
        named *= min(1, 4 * sum(letter in _VOWELS for letter in letters) / len(letters))
        named *= 1 - sum(_changes(text)) / len(letters)
    return named / (1 + mixed)


def _is_mixed(word: str) -> bool:
    """Whether a word has both letters of ours and others of a script that is never mixed with them."""
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
    return "LATIN" in scripts and not scripts.isdisjoint({"CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI", "HALFWIDTH"})


def _changes(text: str) -> Iterator[bool]:
    """Where a small letter stands before a capital, as in no word."""
    return (one.islower() and other.isupper() for one, other in itertools.pairwise(text))
