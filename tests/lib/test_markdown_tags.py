"""The few tags of HTML that count: paired, without attributes, never out of their place."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sambung.lib.markdown import Stream, render
from tests.lib.test_markdown_security import walk
from tests.lib.test_markdown_stream import assert_balanced, visible

COUNT = set("br sub sup kbd u mark details summary".split())


def shown(text):
    html = render(text, prefix="m-1").strip().replace(' dir="auto"', "")
    return re.sub(r"^<p>(.*)</p>$", r"\1", html)


LINES = {
    "breaks": ("a<br>b<br/>c<br />d<BR>e", "a<br>b<br>c<br>d<br>e"),
    "below": ("H<sub>2</sub>O", "H<sub>2</sub>O"),
    "above": ("x<sup>*n*</sup>", "x<sup><em>n</em></sup>"),
    "keys": ("<kbd>Ctrl</kbd>+<KBD>K</KBD>", "<kbd>Ctrl</kbd>+<kbd>K</kbd>"),
    "lines and marks": ("<u>a <mark>b</mark></u>", "<u>a <mark>b</mark></u>"),
    "around Markdown": ("<u>**a** [b](http://c.d)</u>", '<u><strong>a</strong> <a href="X">b</a></u>'),
    "in a heading": ("# H<sub>2</sub>O", "<h3>H<sub>2</sub>O</h3>"),
    "never closed": ("a <sub>b", "a &lt;sub&gt;b"),
    "never opened": ("a</sub> b", "a&lt;/sub&gt; b"),
    "crossed": ("<u>a<sub>b</u>c</sub>", "<u>a&lt;sub&gt;b</u>c&lt;/sub&gt;"),
    "out of its element": ("*a<u>b*</u>", "<em>a&lt;u&gt;b</em>&lt;/u&gt;"),
    "into an element": ("<u>*a</u>b*", "&lt;u&gt;<em>a&lt;/u&gt;b</em>"),
    "with attributes": ('<u class="x">a</u>', '&lt;u class="x"&gt;a&lt;/u&gt;'),
    "blank in it": ("<u >a</u>", "&lt;u &gt;a&lt;/u&gt;"),
    "closed at once": ("<sub/>a</br>", "&lt;sub/&gt;a&lt;/br&gt;"),
    "other tags": ("<b>a</b><i>b</i><img>", "&lt;b&gt;a&lt;/b&gt;&lt;i&gt;b&lt;/i&gt;&lt;img&gt;"),
    "in code": ("`a<br>b`", "<code>a&lt;br&gt;b</code>"),
    "as entities": ("a&lt;br&gt;b", "a&lt;br&gt;b"),
    "folded in a line": ("a <details>b</details>", "a &lt;details&gt;b&lt;/details&gt;"),
    "break alone": ("a\n\n<br>\n\nb", '<p>a</p>\n<p class="raw"><br>\n</p>\n<p>b</p>'),
    "block alone": ("<mark>\na\n</mark>", '<p class="raw"><mark>\na\n</mark></p>'),
}


@pytest.mark.parametrize(("text", "html"), LINES.values(), ids=LINES)
def test_tag(text, html):
    assert re.sub(r'<a href="[^"]*"[^>]*>', '<a href="X">', shown(text)) == html


def test_break_in_a_cell():
    html = shown("| Step | Notes |\n|---|---|\n| One | first<br>second<br/>*third* |")

    assert "<td>first<br>second<br><em>third</em></td>" in html


FOLDS = {
    "with blocks": (
        "<details>\n<summary>More <kbd>K</kbd></summary>\n\n- a\n- b\n\n</details>",
        "<details><summary>More <kbd>K</kbd></summary>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n</details>",
    ),
    "end behind text": ("<details>\n\na\n</details>\n\nb", "<details>\n<p>a</p>\n</details>\n<p>b</p>"),
    "in one block": (
        "<details><summary>T</summary>a **b**\n</details>",
        '<details><summary>T</summary>\n<p class="raw">a **b**\n</p>\n</details>',
    ),
    "in each other": (
        "<details>\n\n<details>\n\na\n\n</details>\n\n</details>",
        "<details>\n<details>\n<p>a</p>\n</details>\n</details>",
    ),
    "in a list": (
        "- <details>\n  <summary>T</summary>\n\n  a\n\n  </details>",
        "<ul>\n<li><details><summary>T</summary>\n<p>a</p>\n</details>\n</li>\n</ul>",
    ),
    "never closed": (
        "<details>\n<summary>T</summary>\n\na",
        '<p class="raw">&lt;details&gt;\n&lt;summary&gt;T&lt;/summary&gt;</p>\n<p>a</p>',
    ),
    "closed outside": (
        "> <details>\n\n</details>",
        '<blockquote>\n<p class="raw">&lt;details&gt;</p>\n</blockquote>\n<p class="raw">&lt;/details&gt;</p>',
    ),
    "with attributes": (
        "<details open>\n\na\n\n</details>",
        '<p class="raw">&lt;details open&gt;\n</p>\n<p>a</p>\n<p class="raw">&lt;/details&gt;</p>',
    ),
    "heading alone": ("<summary>T</summary>", '<p class="raw">&lt;summary&gt;T&lt;/summary&gt;</p>'),
    "other markup in its heading": (
        "<details>\n<summary><b onclick=x>T</b></summary>\n\n</details>",
        "<details><summary>&lt;b onclick=x&gt;T&lt;/b&gt;</summary>\n</details>",
    ),
}


@pytest.mark.parametrize(("text", "html"), FOLDS.values(), ids=FOLDS)
def test_fold(text, html):
    assert shown(text) == html


PIECES = [
    *"<br> <br/> <sub> </sub> <sup> </sup> <kbd> </kbd> <u> </u> <mark> </mark> <U> <sub/> </br> <b> </b>".split(" "),
    *["<details>", "</details>", "<details>\n", "</details>\n\n", "<summary>", "</summary>", "<details open>"],
    *["<details>\n<summary>T</summary>\n\n", "\n</details>\n\n", "<u x=y>", "<script>", "</p>", "<td>", "\n", "\n\n"],
    *[
        "a ",
        "b",
        "*",
        "**",
        "~~",
        "`",
        "> ",
        "- ",
        "1. ",
        "# ",
        "| a | b |\n|-|-|\n",
        " | ",
        "[",
        "](http://a.b)",
        "![",
    ],
    *["$x$", "$A/$B", "```\n", "    ", "&lt;br&gt;", "\\<"],
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag in COUNT - {"sup"}:  # a footnote's is one of ours
            self.found.append((tag, [name for name, _value in attrs if name != "dir"]))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_tags_are_well_formed_and_bare(text):
    """Whatever is mixed: balanced elements of the list, no attribute from the text, and every letter is kept."""
    html = render(text, prefix="m-1")

    assert_balanced(html)
    walk(html)
    assert all(names == [] for _tag, names in Tags(html).found)
    kept = sum(text.count(word) for word in ("<script>", "</p>", "<td>", "<u x=y>", "<details open>"))
    assert len(re.findall("&lt;script&gt;|&lt;/p&gt;|&lt;td&gt;|&lt;u x=y&gt;|&lt;details open&gt;", html)) == kept


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 12), min_size=1, max_size=12))
def test_any_cut_ends_as_the_whole(text, steps):
    """Blocks that were finished stay right: a pair of tags is never torn by them."""
    stream, done, tail, at, n = Stream(prefix="m-1"), "", "", 0, 0
    while at < len(text):
        stream.feed(text[at : at + steps[n % len(steps)]])
        at, n = at + steps[n % len(steps)], n + 1
        fresh, tail = stream.take()
        assert_balanced(fresh)
        assert_balanced(tail)
        done += fresh
    assert visible(done + tail) == visible(render(text, prefix="m-1"))
    assert Tags(done + tail).found == Tags(render(text, prefix="m-1")).found


def test_a_fold_comes_when_it_is_closed():
    """Until then it is text, so that nothing is hidden that a missing end would keep hidden."""
    stream = Stream(prefix="m-1")
    stream.feed("Before\n\n<details>\n<summary>T</summary>\n\nOne\n\nTwo\n\n")
    done, tail = stream.take()
    assert done == '<p dir="auto">Before</p>\n' and "&lt;details&gt;" in tail and "Two" in tail
    stream.feed("</details>\n\nBehind\n")
    done, tail = stream.take()
    assert done.startswith("<details>") and done.endswith("</details>\n") and "Behind" in tail


def test_an_open_fold_does_not_hold_a_long_text():
    stream = Stream(prefix="m-1")
    stream.feed("<details>\n\n")
    for number in range(400):
        stream.feed(f"Paragraph {number} " + "x" * 190 + "\n\n")
        _done, tail = stream.take()
        assert len(tail) < 50_000
    assert "Paragraph 0 " in stream.html and "Paragraph 399 " in stream.html
