"""What a person typed is shown as it was typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sambung.lib.markdown import typed, with_ends
from sambung.lib.markdown.render import MAX_SOURCE
from tests.lib.test_markdown_payloads import PAYLOADS
from tests.lib.test_markdown_security import walk
from tests.lib.test_markdown_stream import assert_balanced, visible

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'


def shown(text):
    return with_ends(typed(text)).strip().replace(' dir="auto"', "").replace(' tabindex="0"', "")


CASES = {
    "lines": ("Dear Bayu,\nthree things:\n1) beans", "Dear Bayu,\nthree things:\n1) beans"),
    "indentation": ("- a\n    - b\n\tc", "- a\n    - b\n\tc"),
    "marks": ("*stars* _x_ # **b** `c` $x$", "*stars* _x_ # **b** `c` $x$"),
    "blank lines": ("a\n\n\nb", "a\n\n\nb"),
    "blank lines around": ("\n\na\n", "a"),
    "indented at first": ("  a\nb", "  a\nb"),
    "tags": ("<b>a</b><br>&amp;", "&lt;b&gt;a&lt;/b&gt;&lt;br&gt;&amp;amp;"),
    "address": ("see https://a.b/c.", f'see <a href="https://a.b/c" {LINK}>https://a.b/c</a>.'),
    "no address": ("javascript:x [a](/b)", "javascript:x [a](/b)"),
    "returns": ("a\r\nb\rc", "a\nb\nc"),
    "fence in a line": ("a ```b``` c", "a ```b``` c"),
    "backticks at the fence": ("```a`b\nc", "```a`b\nc"),
}


@pytest.mark.parametrize(("text", "html"), CASES.values(), ids=CASES)
def test_typed(text, html):
    assert shown(text) == f'<p class="typed">{html}</p>'


CODE = {
    "between": (
        "Look:\n\n```\n*x*\n\n  y\n```\n\nThanks",
        '<p class="typed">Look:</p>\n<div class="code"><pre><code>*x*\n\n  y\n</code></pre></div>\n'
        '<p class="typed">Thanks</p>',
    ),
    "left open": ("a\n~~~\nb", '<p class="typed">a</p>\n<div class="code"><pre><code>b\n</code></pre></div>'),
    "longer fence": ("````\n```\n````", '<div class="code"><pre><code>```\n</code></pre></div>'),
    "indented": ("  ```\n  a\n    b\n  ```", '<div class="code"><pre><code>a\n  b\n</code></pre></div>'),
    "empty": ("```\n```", '<div class="code"><pre><code></code></pre></div>'),
}


@pytest.mark.parametrize(("text", "html"), CODE.values(), ids=CODE)
def test_code(text, html):
    assert shown(text) == html


def test_code_has_its_colours():
    assert '<span class="k">def</span>' in typed("```python\ndef f(): pass\n```")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload(payload):
    for frame in ("{}", "a\n{}\nb", "```{}\n{}\n```", "```\n```\n{}", "https://a.b/{}"):
        walk(typed(frame.replace("{}", payload)))


WORDS = ["a", " ", "*", "<b>", "http://a.b", "\t", "&", "    ", "\n", "\r\n", "```\n", "~~~~\n", "```py\n"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS)).map("".join))
def test_any_text_keeps_its_letters(text):
    html = typed(text)

    assert_balanced(html)
    walk(html)
    letters = visible(html)
    assert letters.count("<b>") == text.count("<b>")
    assert letters.count("*") == text.count("*")


def test_a_long_text_is_one_plain_block():
    assert typed("a " * MAX_SOURCE).startswith('<pre class="plain"')


@pytest.mark.timeout(30)
@pytest.mark.parametrize("seed", ["```\n", "~~~\n```\n", "http://a.b ", "```a\n", "\n", " ", "`"])
def test_hostile_text_is_read_in_linear_time(seed):
    assert len(typed(seed * (140_000 // len(seed)))) < 6_000_000
