"""A growing text shows what the finished one shows, in well-formed pieces, at a cost bound by its tail."""

import itertools
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sambung.lib.markdown import Stream, render
from sambung.lib.markdown import stream as stream_module

VOID = {"br", "hr"}


class Balance(HTMLParser):
    """Fails on a tag that is closed out of turn, and keeps those still open."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag


def assert_balanced(html):
    walker = Balance()
    walker.feed(html)
    walker.close()
    assert walker.open == []


def visible(html):
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def streamed(text, cuts):
    """Feed the text cut at these places; return finished HTML, final tail and the stream."""
    stream = Stream(prefix="m-1")
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    done, tail = [], ""
    for start, end in itertools.pairwise(edges):
        stream.feed(text[start:end])
        fresh, tail = stream.take()
        assert_balanced(fresh)
        assert_balanced(tail)
        done.append(fresh)
    return "".join(done), tail, stream


WORDS = """
a |word |é日本 |😀|- |-|* |+ |1. |2) |10. |> |>|# |## |#|[ ] |[x] |===|---|***|:-|-:
```|~~~|````|`|``|python|$|$$|$5|x^2|*|**|_|__|~~|[|]|(|)|![|](http://a.b)|<|>
<div>|</div>|<!--|-->|<b>|&amp;|&|http://x.y/z_a|<http://a.b>|0|5|;|'|"|\u202e|\x00
<br>|<sub>|</sub>|<u>|</u>|<details>|</details>|<summary>|</summary>|$A/$B|100$|{|}
\\|\\(|\\)|\\[|\\]|\\frac{a}{b}| |  |    |\t
"""
LINES = [
    *["| a | b |\n", "|-|-|\n", "a | b\n- | -\n", "|", "- a\n\n  b\n", "  - b\n", "    code\n"],
    *[
        "```python\nx = 1\n```\n",
        "   ```\n",
        "<details>\n",
        "</details>\n",
        "| `x|y` | $P(A|B)$ |\n",
        "\n",
        "\n\n",
        "\n\n\n",
        "\r\n",
        "\r",
    ],
]
PIECES = st.sampled_from([word for line in WORDS.strip("\n").split("\n") for word in line.split("|")] + LINES)
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=80))


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 200), max_size=12))
@example("a | b\n- | -\n1 | 2\n\nend", [8, 9, 10])
@example("- a\n\n      code\n\nend", [3, 4, 5, 6])
@example("one\r\ntwo\r\n\r\n- x", [4, 9])
@example("a\n-", [3])
@example("\\[\n- a\n\\]\n\nb", [2, 5, 9])
def test_any_cut_shows_the_same(text, cuts):
    if "[^" in text or "]:" in text:
        return  # footnotes and link definitions reach across blocks; the end of a message renders them
    done, tail, stream = streamed(text, cuts)

    assert visible(done + tail) == visible(render(text, prefix="m-1"))
    assert stream.html == done + tail
    assert stream.text == text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_any_text_is_taken(text, cuts):
    done, tail, _stream = streamed(text, cuts)

    assert isinstance(render(text, prefix="m-1"), str)
    assert isinstance(done + tail, str)


BLOCKS = {
    "paragraph": "One line\nand another.\n\n",
    "loose list": "- a\n\n- b\n\n  more\n\n",
    "list with a fence": "1. a\n\n   ```python\n   x = 1\n   ```\n\n2. b\n\n",
    "code under a list": "- a\n\n      code\n\n",
    "quote with lazy line": "> a\nb\n\n",
    "setext heading": "Title\n=====\n\n",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n",
    "bare table": "a | b\n- | -\n1 | 2\n\n",
    "fence with blank lines": "```\na\n\n\nb\n```\n\n",
    "indented code": "    a\n\n    b\n\n",
    "formula": "$$\nx^2\n$$\n\n",
    "html": "<div>\nraw\n</div>\n\n",
    "fold": "<details>\n<summary>T</summary>\n\n- a\n\n</details>\n\n",
    "tags": "H<sub>2</sub>O<br>**$4** or **$6**\n\n",
    "bars in a head": "| $P(A|B)$ | `x|y` |\n|---|---|\n| 1 | `x|y` |\n\n",
    "comment": "<!-- a\n\nb -->\n\n",
}


@pytest.mark.parametrize("source", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("before", ["", "Before.\n\n"], ids=["first", "later"])
def test_block_letter_by_letter(source, before):
    """Fed by letters, with a paragraph after it, a block comes out once and exactly as in the whole text."""
    text = before + source + "After.\n"
    stream = Stream(prefix="m-1")
    done = ""
    for letter in text:
        stream.feed(letter)
        fresh, tail = stream.take()
        done += fresh
    assert done + tail == render(text, prefix="m-1")
    assert done == render(before + source, prefix="m-1")


def test_open_block_is_not_finished():
    """Whatever the last block still may become, it stays in the tail."""
    stream = Stream(prefix="m-1")
    stream.feed("a | b\n- ")
    assert stream.take()[0] == ""
    stream.feed("| -\n1 | 2\n")
    done, tail = stream.take()
    assert done == ""
    assert "<table" in tail


def test_block_is_finished_by_a_complete_line():
    stream = Stream(prefix="m-1")
    stream.feed("# Title\n\nText")
    assert stream.take() == ("", '<h3 dir="auto">Title</h3>\n<p dir="auto">Text</p>\n')
    stream.feed(" goes\n")
    done, tail = stream.take()
    assert done == '<h3 dir="auto">Title</h3>\n'
    assert tail == '<p dir="auto">Text goes</p>\n'
    assert stream.take() == ("", tail)


def test_colours_come_when_the_block_is_finished():
    stream = Stream(prefix="m-1")
    stream.feed("```python\nimport os\n")
    assert "<span" not in stream.take()[1]
    stream.feed("```\n\nText\n")
    assert '<span class="kn">import</span>' in stream.take()[0]


def test_html_takes_nothing_from_take():
    stream = Stream(prefix="m-1")
    stream.feed("a\n\nb\n")
    whole = stream.html
    done, tail = stream.take()
    assert done == '<p dir="auto">a</p>\n'
    assert done + tail == whole


def test_no_ids_before_the_end():
    stream = Stream(prefix="m-1")
    stream.feed("x[^1]\n\n[^1]: note\n\nx[^1]\n\n[^1]: again\n\nend\n")
    assert " id=" not in stream.html
    assert "note" in stream.html


def test_only_the_tail_is_parsed(monkeypatch):
    """However long the text, the parser sees no more than the open block and what has just come."""
    seen = []
    piece = stream_module.piece
    tops = stream_module.tops
    monkeypatch.setattr(stream_module, "piece", lambda s, **k: seen.append(len(s)) or piece(s, **k))
    monkeypatch.setattr(stream_module, "tops", lambda s, **k: seen.append(len(s)) or tops(s, **k))
    stream = Stream(prefix="m-1")
    for number in range(200):
        stream.feed(f"Paragraph {number}\n\n")
        stream.take()
    assert max(seen) <= 3 * len("Paragraph 199\n\n")


@pytest.mark.parametrize("head", ["", "```python\n", "- "], ids=["text", "code", "list"])
def test_very_long_block_is_cut(head):
    stream = Stream(prefix="m-1")
    stream.feed(head)
    longest = 0
    for number in range(500):
        stream.feed(f"line {number} " + "x" * 190 + "\n")
        done, tail = stream.take()
        assert_balanced(done)
        assert_balanced(tail)
        longest = max(longest, len(tail))
    assert longest < stream_module.MAX_TAIL + 1000
    assert all(f"line {number} " in stream.html for number in range(500))
    assert stream.html.count('<div class="code"') == (4 if head.startswith("`") else 0)


def test_prefix_must_fit_an_id():
    with pytest.raises(ValueError, match="prefix"):
        Stream(prefix='m"x')
    with pytest.raises(ValueError, match="prefix"):
        render("", prefix="")
