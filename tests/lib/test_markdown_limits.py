"""Input made to be slow or huge ends as plain text of a bounded size; nothing raises (probe C37)."""

import re
from html import unescape

import pytest
from pygments.lexers import LEXERS

from sambung.lib.markdown import Stream, code, math, render
from sambung.lib.markdown.render import MAX_SOURCE
from sambung.lib.markdown.stream import MAX_TAIL
from sambung.lib.markdown.writer import MAX_DEPTH, MAX_EVENTS

MEGABYTE = 1_000_000
SEEDS = [
    *[
        "[",
        "*",
        "> ",
        "`",
        "<",
        "![",
        "[a](",
        "- ",
        "$a",
        "[^a]",
        "<!-- ",
        "&",
        "\\",
        "a**b",
        "~a~",
        "1) ",
        "_a_",
    ],
    *[
        "[^a]: ",
        "a|b\n-|-\n",
        "---\n",
        "# a\n",
        "```\na\n```\n",
        "http://a.b ",
        "[a](http://b.c) ",
        "\\(a\\) ",
    ],
    *[
        "<a ",
        "<![CDATA[",
        "]",
        "[a]: b\n",
        "a\n-\n",
        "\u202e",
        "\ud800",
        "\x00",
        "\r",
        "<div>\n",
        "\t- a\n",
        ")",
    ],
    *[
        "$",
        "${",
        "$a}$",
        "$$a",
        "\\[\n",
        "\\[ x_1 \\] ",
        "是**“x”**",
        "5$ ",
        "`$` ",
        "[$](http://a.b) ",
        "a|`|`\n-|-\n",
        "a|`|`\n-|-\n\n",
        "a|$|$\n",
        "http://a.b/$ ",
    ],
    *["<sub>", "</u>", "<u><sub>", "<details>\n\n", "</details>\n\n", "<details><summary>", "<br>"],
]


def visible(html):
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(60)
def test_a_megabyte_is_plain_text(seed):
    html = render(seed * (MEGABYTE // len(seed)), prefix="m-1")
    assert html.startswith('<pre class="plain" dir="auto" tabindex="0">')
    assert html.count("<") == 2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(60)
def test_below_the_limit_the_output_is_bounded(seed):
    html = render(seed * (60_000 // len(seed)), prefix="m-1")
    assert len(html) < 1_500_000


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(60)
def test_tail_is_bounded(seed):
    stream = Stream(prefix="m-1")
    for _ in range(5):
        stream.feed(seed * (10_000 // len(seed)))
        _done, tail = stream.take()
        assert len(tail) < MAX_TAIL * 30


@pytest.mark.parametrize("tail", [")", ".", "]", "*", "(", "\\"])
@pytest.mark.timeout(60)
def test_long_address(tail):
    html = render("see http://a.b/" + tail * 100_000, prefix="m-1")
    assert "a.b/" in visible(html)


def test_ten_thousand_columns():
    text = "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n" + "|b\n" * 2_000
    html = render(text, prefix="m-1")
    assert html.startswith('<pre class="plain"')
    assert visible(html).strip() == text.strip()


def test_deep_block_alone_is_plain():
    deep = "> " * (MAX_DEPTH + 5) + "deep"
    html = render(f"before\n\n{deep}\n\n**after**", prefix="m-1")
    assert html.startswith('<p dir="auto">before</p>\n<pre class="plain"')
    assert deep in visible(html)
    assert html.endswith('<p dir="auto"><strong>after</strong></p>\n')


def test_deep_block_in_a_footnote():
    html = render("a[^1]\n\n[^1]: " + "> " * (MAX_DEPTH + 5) + "deep\n\nafter", prefix="m-1")
    assert "deep" in html
    assert '<p dir="auto">after</p>' in html


def test_nothing_is_lost_beyond_the_last_element():
    text = "".join(f"*{number}* " for number in range(MAX_EVENTS // 3)) + "\n\nthe *end*"
    assert visible(render(text, prefix="m-1")).rstrip().endswith("the *end*")


def test_limit_of_the_source():
    assert "<strong>" in render("**a**" + " b" * (MAX_SOURCE // 2 - 10), prefix="m-1")
    assert "<strong>" not in render("**a**" + " b" * (MAX_SOURCE // 2), prefix="m-1")


def test_slow_lexer_gives_up(monkeypatch):
    """The clock is ours: the second look at it is too late."""
    times = iter([0.0, 0.0, 10.0, 10.0])
    monkeypatch.setattr(code.time, "thread_time", lambda: next(times))
    assert code._tokens("PythonLexer", "x = 1\n" * 50) is None


def test_failing_lexer_leaves_the_code_plain(monkeypatch):
    def fail(*_args):
        raise RuntimeError("lexer")

    monkeypatch.setattr(code, "_tokens", fail)
    assert "<span" not in code.block("python", "unseen = 1\n", finished=True)


def test_long_lines_are_not_coloured():
    assert "<span" not in code.block("python", "x" * (code.MAX_LINE + 1), finished=True)


def test_each_language_has_its_lexer():
    """A lexer that is renamed in the library would otherwise lose its colours in silence."""
    assert {name for name, _shown in code._LANGUAGES.values()} == code._LEXERS
    assert set(LEXERS) >= code._LEXERS


@pytest.mark.parametrize(
    "source", ["{" * 500 + "}" * 500, "\\sqrt{" * 200 + "x" + "}" * 200, "\\left(" * 150, "x^" * 400]
)
def test_tangled_formulas_show_their_source(source):
    assert math.formula(source, block=False).startswith('<code class="math-source">')


def test_many_formulas_end_as_source():
    html = render("".join(f"$x_{{{number}}}$ " for number in range(3000)), prefix="m-1")
    assert 100 < html.count("<math ") < 1000
    assert html.count('class="math-source"') > 2000


@pytest.mark.timeout(60)
def test_rows_with_bars_are_read_in_linear_time():
    row = "| $P(A|B)$ | `x|y` |\n"
    html = render("| a | b |\n|---|---|\n" + row * 2_000, prefix="m-1")
    assert html.count("<code>x|y</code>") > 1_000


@pytest.mark.timeout(60)
def test_braces_around_dollars_are_read_in_linear_time():
    text = "${" * 20_000 + "}$" * 20_000
    assert visible(render(text, prefix="m-1")).count("$") >= 30_000
