"""Emphasis beside punctuation, in scripts without blanks between words."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sambung.lib.markdown import Stream, render, with_ends
from sambung.lib.markdown.emphasis import pins


def shown(text: str) -> str:
    html = re.sub(r' (?:target|rel|tabindex|dir)="[^"]*"', "", with_ends(render(text, prefix="m-1"))).strip()
    return re.sub(r"^<p>(.*)</p>$", r"\1", html, flags=re.DOTALL)


EAST = {
    "quoted term": ("这是**“术语”**的例子。", "这是<strong>“术语”</strong>的例子。"),
    "colon inside": ("**注意：**这是因为。", "<strong>注意：</strong>这是因为。"),
    "brackets": (
        "**Markdown（マークダウン）**は言語です。",
        "<strong>Markdown（マークダウン）</strong>は言語です。",
    ),
    "plain quotes": ("**'강조'**입니다.", "<strong>'강조'</strong>입니다."),
    "two of them": ("**“A”**的**“B”**", "<strong>“A”</strong>的<strong>“B”</strong>"),
    "italic": ("是*“术语”*的", "是<em>“术语”</em>的"),
    "struck": ("是~~“术语”~~的", "是<del>“术语”</del>的"),
    "both": ("是***“术语”***的", "是<em><strong>“术语”</strong></em>的"),
    "one in another": ("是**“a*（b）*c”**的", "是<strong>“a<em>（b）</em>c”</strong>的"),
    "link inside": ("看**[链接](http://a.b)**的", '看<strong><a href="http://a.b">链接</a></strong>的'),
    "stars in an address": ("看**[链](http://a.b/**x)**的", '看<strong><a href="http://a.b/**x">链</a></strong>的'),
    "link behind": ("**注意：**[链接](http://a.b)", '<strong>注意：</strong><a href="http://a.b">链接</a>'),
    "code inside": ("用**`x**y`**的", "用<strong><code>x**y</code></strong>的"),
    "formula inside": ("若**（$x$）**则", "若<strong>（"),
    "in a list and a quote": ("- 是**“x”**的\n\n> 是**“y”**的", "<strong>“x”</strong>的</li>"),
    "in a cell": ("| a |\n|---|\n| 是**“x”**的 |", "<td>是<strong>“x”</strong>的</td>"),
    "over two lines": ("是**“x\ny”**的", "是<strong>“x\ny”</strong>的"),
    "letters alone": ("强调**文字**在此", "强调<strong>文字</strong>在此"),
}
WEST = {
    "colon, no blank": ("**Catatan:**Ini penting.", "<strong>Catatan:</strong>Ini penting."),
    "italic": ("Lalu *selesai.*Ya", "Lalu <em>selesai.</em>Ya"),
    "quotes": ("**“istilah”**itu", "<strong>“istilah”</strong>itu"),
}
AS_BEFORE = {
    "powers": ("2**(3) and 4**(5)", "2**(3) and 4**(5)"),
    "one in another": ("*(*foo*)*", "<em>(<em>foo</em>)</em>"),
    "escaped": ("是\\*\\*“x”\\*\\*的", "是**“x”**的"),
    "not closed": ("是**“x”的", "是**“x”的"),
    "blank inside": ("是** “x” **的", "是** “x” **的"),
    "in code": ("`是**“x”**的`", "<code>是**“x”**的</code>"),
    "globs": ("src/**/*.py, lib.**x", "src/**/*.py, lib.**x"),
}


@pytest.mark.parametrize(
    ("text", "html"), [*EAST.values(), *WEST.values()], ids=[*EAST, *(f"west {one}" for one in WEST)]
)
def test_it_is_emphasis(text, html):
    assert html in shown(text)
    assert not re.search("[\ufdd0-\ufdd3\u1680]", shown(text))


@pytest.mark.parametrize(("text", "html"), AS_BEFORE.values(), ids=AS_BEFORE)
def test_what_was_told_right_stays(text, html):
    assert shown(text) == html


def test_code_in_a_fence_is_left_alone():
    assert pins("```\n是**“x”**的\n```\n\n    是**“y”**的\n", limit=100) == []


def test_nobody_writes_our_pins():
    assert "\u1680" in render("\ufdd3\u1680x \u1680\ufdd3", prefix="m-1")


PIECES = st.sampled_from(
    [*"** ** * ~~ 是 术语 “ ” ： （ ） a . ` $ x [ ](http://a.b) | > \\ -".split(" "), " ", "\n", "|-|\n", "\n\n"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.lists(st.integers(0, 60), max_size=6))
def test_no_letter_is_lost_and_a_stream_ends_as_the_whole(text, cuts):
    whole = render(text, prefix="m-1")
    stream = Stream(prefix="m-1")
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for start, end in itertools.pairwise(edges):
        stream.feed(text[start:end])
        stream.take()
    words = [re.sub(r"<[^>]*>|\s", "", html) for html in (whole, stream.html)]
    assert words[0] == words[1]
    assert [words[0].count(letter) for letter in "是术语“”：（）"] == [
        text.count(letter) for letter in "是术语“”：（）"
    ]
    assert not re.search("[\ufdd0-\ufdd3\u1680]", whole + stream.html)
