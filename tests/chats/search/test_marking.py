"""What is shown of a text: the stretch around what was found, and its marks."""

import pytest

from chats.search.marking import cut, marked, plain
from chats.search.query import parse


def hits(text: str, query: str, **options) -> list[str]:
    pieces = marked(text, parse(query, **options).sought)
    assert "".join(piece.text for piece in pieces) == text
    return [piece.text for piece in pieces if piece.is_hit]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("## Beans\n\n> Gayo is **very *good***.\n- `kopi` first", "Beans Gayo is very *good*. kopi first"),
        ("| Day | Bean |\n|:---|---:|\n| Mon | Gayo |", "Day Bean Mon Gayo"),
        ("See [the list](https://example.org/a_b) and ![roast](x.png)[^1].", "See the list and roast."),
        ("one\n---\ntwo\n```python\nprint(2**3)", "one two print(2**3)"),
        ("__init__(self, *args, **more): a || b; x = a | b", "__init__(self, *args, more): a || b; x = a b"),
        ("-" * 300 + "x " + "*" * 300 + "| " * 300, None),
    ],
)
def test_a_snippet_has_few_marks_of_markdown(text, shown):
    found = " ".join(plain(text).split())
    assert shown is None or found == shown


def test_a_snippet_is_about_the_word():
    text = f"{'before ' * 50}gayo{' after' * 80}"
    found = cut(text, parse("gayo").terms)
    assert found.startswith("…")
    assert found.endswith("…")
    assert set(found.strip("…").split()) == {"before", "gayo", "after"}, "no word is cut"
    assert len(found) < 300
    assert "gayo" in cut(f"to be {text}", parse("to gayo").terms), "the longest word says most"
    assert "Roasting" in cut(f"Roasting {text}", parse("roast").terms)
    assert cut(f"groasting {'x ' * 300} the roast", parse("roast").terms).endswith("the roast")
    assert cut("It is in C# today", parse("c").terms) == "It is in C# today", "what follows begins no line"


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("<b>Roasts</b> and roasting; toast", "roast", ["Roasts", "roasting"]),
        ("Kami memanggang kopi, panggangan itu.", "panggang", ["memanggang", "panggangan"]),
        ("Kami mengirim; dia kirim.", "kirim", ["mengirim", "kirim"]),
        ("修改youer服务端的计划", "服务端", ["服务端"]),
        ("修改youer服务端的计划", "youer", ["youer"]),
        ("ภาษาไทยยากมาก", "ไทย", ["ไทย"]),
        ("यह हिन्दी में लिखा गया", "हिन्दी", ["हिन्दी"]),
        ("Herr Müller im café", "muller cafe", ["Müller", "café"]),
        ("an HTTPServer is a server", "server", ["Server", "server"]),
        ("call getUserName here", "getusername", ["getUserName"]),
        ("call get_user_name here", "getUserName", ["get_user_name"]),
        ("C++ and C# and vitamin C", "C++", ["C++"]),
        ("We use .NET, the net price", ".NET", [".NET"]),
        ("a->b and a.b", "a->b", ["a->b"]),
        ("it costs 1,250,000 or 1250000 or 1 250", "1250000", ["1,250,000", "1250000"]),
        ("first words, and words first", '"words first"', ["words first"]),
        ("schedule, scheduling", "sched", []),
        ("Launch 🚀 now", "🚀", ["🚀"]),
        ("İstanbul and ΣΊΣΥΦΟΣ", "istanbul σίσυφος", ["İstanbul", "ΣΊΣΥΦΟΣ"]),
    ],
)
def test_what_was_found_is_marked_whole_and_nothing_else(text, query, found):
    assert hits(text, query) == found


def test_what_begins_so_is_marked_while_the_word_is_typed():
    assert hits("schedule of chats/views.py", "sched", is_typing=True) == ["schedule"]
    assert hits("schedule of chats/views.py", "chats/vi", is_typing=True) == ["chats/views"]


def test_what_must_not_be_there_is_not_marked():
    assert hits("gayo and toraja", "gayo -toraja") == ["gayo"]
