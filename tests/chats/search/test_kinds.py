"""Kinds of text that are found by kinds of queries: scripts, accents, identifiers, signs, numbers, forms, flags."""

import pytest
from django.utils import timezone

from chats.models import Chat, ChatTag, Folder, Role, Tag
from chats.search.find import find
from chats.search.query import parse
from tests.factories import ChatFactory, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(alice):
    """Makes one chat for each text; gives what looks in them and returns the texts that were found."""

    def tell(*texts: str):
        for text in texts:
            message(ChatFactory(user=alice, title="A chat"), Role.USER, text)

        def look(query: str, **options) -> set[str]:
            hits, _more = find(alice, parse(query, **options))
            for hit in hits:
                assert hit.message_id is None or any(piece.is_hit for piece in hit.snippet), "what is found is marked"
            return {"".join(piece.text for piece in hit.snippet) for hit in hits}

        return look

    return tell


SCRIPTS = {
    "修改youer服务端的计划": ("youer", "服务端", "计划", "修", "修改youer", "修改youer服务端的计划"),
    "ภาษาไทยยากมาก": ("ไทย", "ภาษา", "ภาษาไทยยากมาก"),
    "日本語のサーバーを直す": ("日本", "サーバー", "直す"),
    "서버를 다시 시작": ("서버", "시작"),
    "ພາສາລາວງາມ": ("ລາວ",),
    "ភាសាខ្មែរពិបាក": ("ខ្មែរ", "ភាសា"),
    "မြန်မာစာခက်တယ်": ("မြန်မာ",),
    "यह हिन्दी में लिखा गया संदेश है।": ("हिन्दी", "लिखा", "संदेश", '"लिखा गया"'),
    "இது தமிழ் செய்தி ஆகும்.": ("தமிழ்", "செய்தி"),
    "এটি বাংলা বার্তা": ("বাংলা", "বার্তা"),
    "ഇത് മലയാളം സന്ദേശം": ("മലയാളം", "സന്ദേശം"),
    "हा मराठी संदेश आहे": ("मराठी", "आहे"),
    "ఇది తెలుగు సందేశం": ("తెలుగు", "సందేశం"),
    "මෙය සිංහල පණිවිඩයකි": ("සිංහල", "පණිවිඩයකි"),
    "قَرَأْتُ الكِتَابَ": ("قرأت", "الكتاب", "الكِتَابَ"),
    "كتاب بدون حركات": ("كِتَاب",),
    "İstanbul güzel": ("istanbul", "İSTANBUL", "İstanbul", "guzel"),
    "Ο μύθος του ΣΊΣΥΦΟΣ": ("Σίσυφος", "σισυφος", "μυθος"),
    "Die Straße zu Herrn Müller": ("strasse", "STRASSE", "muller", "Müller"),
    "A café in Kraków and Łódź": ("cafe", "CAFÉ", "krakow", "lodz"),
    "ｆｕｌｌ ｗｉｄｔｈ １２３": ("full", "123"),
}


@pytest.mark.parametrize("text", SCRIPTS)
def test_words_of_all_scripts_are_found(said, text):
    look = said(text, "Something else, 其他 อื่น अन्य")
    for query in SCRIPTS[text]:
        for options in ({}, {"is_typing": True}):
            assert look(query, **options) == {text}, query


def test_letters_that_stand_apart_are_no_word_of_scripts_without_spaces(said):
    look = said("服务好，客户端", "端服务")
    assert look("服务端") == set()


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("class HTTPServer:", ("server", "http", "httpserver", "HTTPServer", "http server")),
        ("new XMLHttpRequest()", ("xml", "http", "request", "xmlhttprequest", "XMLHttpRequest", "httprequest".upper())),
        ("call getUserName now", ("user", "name", "getusername", "get_user_name", '"user name"')),
        ("call get_user_name now", ("user", "getUserName", "get-user-name")),
        ("a kebab-case-name", ("kebab", "case name", "kebab-case-name")),
        ("see src/chats/find_them.py", ("find", "them.py", "chats/find_them.py", "find_them")),
        ("written in JavaScript", ("javascript", "JavaScript", "script")),
        ("the URLs and APIs", ("urls", "url", "apis")),
        ("version v2.0 of utf8", ("v2.0", "utf8")),
    ],
)
def test_identifiers_are_found_by_their_parts_and_whole(said, text, queries):
    look = said(text, "something else")
    known = {"XMLHttpRequest": {"HTTPREQUEST"}}  # two of three parts in one word are no part
    for query in queries:
        expected = set() if query in known["XMLHttpRequest"] else {text}
        assert look(query) == expected, query


SIGNS = (
    "I write the parser in C++ with templates.",
    "The service is in C# today.",
    "Vitamin C is good, and section c of the law.",
    "We target .NET 8 on servers.",
    "The net price is fine.",
    "F# and R&D, says the report.",
    "Write R and D into the .env of it",
    "An env of 123 things",
    "Issue #123 of a->b and std::vector",
    "Take a.b and std vector",
    "Launch 🚀 in five €",
)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("C++", [0]),
        ('"C++"', [0]),
        ("c++ parser", [0]),
        ("C#", [1]),
        ("c", [0, 1, 2]),
        (".NET", [3]),
        ("net", [3, 4]),
        ("F#", [5]),
        ("R&D", [5]),
        (".env", [6]),
        ("env", [6, 7]),
        ("#123", [8]),
        ("123", [7, 8]),
        ("a->b", [8]),
        ("std::vector", [8]),
        ("🚀", [10]),
        ("€", [10]),
    ],
)
def test_signs_belong_to_their_words(said, query, places):
    look = said(*SIGNS)
    assert look(query) == {SIGNS[place] for place in places}
    assert look(query, is_typing=True) >= {SIGNS[place] for place in places}


NUMBERS = (
    "The invoice says 1,250,000 rupiah.",
    "The balance is 1250000 rupiah.",
    "Paid Rp1.250.000,00 in cash.",
    "It took 1 250 000 steps.",
    "A literal 1_250_000 here.",
    "In Bern 1'250'000 francs.",
)


@pytest.mark.parametrize("query", ["1250000", "1,250,000", "1.250.000", "1 250 000", "1_250_000", "1'250'000"])
def test_a_number_is_found_in_each_way_of_writing(said, query):
    assert said(*NUMBERS, "On 2026-11-28 at 192.168.1.250, version 1.250")(query) == set(NUMBERS)


def test_dates_versions_and_addresses_are_no_numbers_with_separators(said):
    look = said("Since 2026-11-28.", "Host 192.168.100.200 answers.", "Release 1.2.3 is out.")
    assert look("20261128") == look("192168100200") == look("123") == set()
    assert look("192.168.100.200") == {"Host 192.168.100.200 answers."}
    assert look("2026-11-28") == {"Since 2026-11-28."}


def test_flags_of_a_command_line_are_words(said):
    texts = (
        "Run wsl --shutdown and start it anew",
        "First git push --force to it",
        "Then tar -xvf a.tar",
        "Clean with rm -rf build",
    )
    look = said(*texts)
    asked = ("wsl --shutdown", "git push --force", "tar -xvf", "rm -rf build")
    assert [look(query) for query in asked] == [{text} for text in texts]
    for query in asked[2:]:
        query = parse(query)
        find(Chat.objects.first().user, query)
        assert "Nothing was found without" in query.problems[0]
    assert look("git -clean") == {texts[1]}
    assert look("nowhere -clean") == set()


def test_what_was_excluded_is_told_on_no_page_where_something_was_found(said, alice):
    said("tar one", "tar two", "tar -xvf three")
    query = parse("tar -xvf")
    assert [len(find(alice, query, page=page, size=1)[0]) for page in (1, 2, 3)] == [1, 1, 0]
    assert query.problems == []


@pytest.fixture
def two(alice):
    """Two chats about the parser; one is filed, tagged, pinned, answered by another model, and old."""
    plain = ChatFactory(user=alice, title="Plain", model="small")
    marked = ChatFactory(user=alice, title="Marked", model="m-good", is_pinned=True)
    Chat.objects.filter(pk=marked.pk).update(folder=Folder.objects.create(user=alice, name="Work"))
    ChatTag.objects.create(chat=marked, tag=Tag.objects.create(user=alice, name="home"))
    message(plain, Role.USER, "The parser service")
    old = message(marked, Role.ASSISTANT, "The parser service")
    type(old).objects.filter(pk=old.pk).update(created_at=timezone.now() - timezone.timedelta(days=30), user=None)


OPERATORS = ("tag:home", "is:pinned", "in:work", "model:m-good", "from:assistant", "before:7d")


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_minus_before_an_operator_finds_the_others(two, alice, operator):
    def titles(query: str) -> list[str]:
        return [hit.chat.title for hit in find(alice, parse(query))[0]]

    assert titles(f"{operator} parser") == ["Marked"]
    assert titles(f"-{operator} parser") == ["Plain"]
    if operator != "before:7d":  # without words, the last activity counts
        assert titles(f"-{operator}") == ["Plain"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("after:7d parser", ["Plain"]),
        ("-after:7d parser", ["Marked"]),
        ("has:file parser", []),
        ("-has:file parser", ["Marked", "Plain"]),
    ],
)
def test_a_minus_before_a_day_and_before_what_a_message_has(two, alice, query, expected):
    assert sorted(hit.chat.title for hit in find(alice, parse(query))[0]) == expected


#: Verbs as a dictionary has them, and as they are written.
VERBS = """
kirim mengirim, tulis menulis, pakai memakai, sapu menyapu, pukul memukul, potong memotong, pinjam meminjam,
pilih memilih, pesan memesan, panggil memanggil, pikir memikir, perbaiki memperbaiki, tanya menanya, tunggu menunggu,
tutup menutup, tolong menolong, tarik menarik, tukar menukar, terima menerima, tanam menanam, tambah menambah,
tangkap menangkap, tendang menendang, timbang menimbang, kejar mengejar, kumpul mengumpul, kunci mengunci,
kurang mengurang, kenal mengenal, kembang mengembang, kontrol mengontrol, kelola mengelola, ketik mengetik,
kopi mengopi, simpan menyimpan, siapkan menyiapkan, sewa menyewa, susun menyusun, suruh menyuruh, sentuh menyentuh,
salin menyalin, sebut menyebut, sambung menyambung, baca membaca, beli membeli, dengar mendengar, jual menjual,
ganti mengganti, hapus menghapus
"""
PAIRS = [pair.split() for pair in VERBS.replace("\n", " ").split(",")]


def test_indonesian_verbs_are_found_in_their_other_form(said, alice):
    assert len(PAIRS) == 49
    look = said(*(f"{form} sekarang" for pair in PAIRS for form in pair))
    missed = [
        (asked, other)
        for pair in PAIRS
        for asked, other in (pair, pair[::-1])
        if f"{other} sekarang" not in look(asked)
    ]
    assert missed == []


def test_a_word_in_quotation_marks_has_no_other_form(said):
    assert said("kirim sekarang", "mengirim sekarang")('"kirim"') == {"kirim sekarang"}
