"""Which dollars are money and which are formulas; what binds before a formula does."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sambung.lib.markdown import Stream, render, with_ends


def shown(text):
    """The HTML with each formula as its letters in ⟦ ⟧, without what is the same everywhere."""
    html = with_ends(render(text, prefix="m-1")).strip()
    html = re.sub(r"<math.*?</math>", lambda found: f"⟦{re.sub('<[^>]*>', '', found[0])}⟧", html, flags=re.DOTALL)
    html = re.sub(r' (?:target|rel|tabindex|scope|class|dir)="[^"]*"', "", html)
    return re.sub(r"^<p>(.*)</p>$", r"\1", html)


BRACKETS = {
    "number": (r"see \[1\], \[2\]", "see [1], [2]"),
    "range": (r"see \[1-3\] and \[1, 2\]", "see [1-3] and [1, 2]"),
    "date": (r"on \[2024-01-02\]", "on [2024-01-02]"),
    "box": (r"a \[x\] b \[ \] c \[X\]", "a [x] b [ ] c [X]"),
    "link": (r"a \[a_1 = b\](http://x.y)", 'a [a_1 = b](<a href="http://x.y">http://x.y</a>)'),
    "footnote": (r"a \[^1\]", "a [^1]"),
    "flag": (r"run it \[--dry-run\] \[key=value\] \[some_name\]", "run it [--dry-run] [key=value] [some_name]"),
    "letters": (r"any of \[a-z\] or \[C++\]", "any of [a-z] or [C++]"),
    "number, then a formula": (r"in \[1\] it is \[a^2\]", "in [1] it is <span>⟦a2⟧</span>"),
    "not closed": (r"in \[ a^2", "in [ a^2"),
    "cells": (
        "| a |\n|---|\n| \\[x\\] \\[1\\] |\n| is \\[x^2\\] |",
        "<div><table>\n<thead><tr><th>a</th></tr></thead>\n<tbody>\n"
        "<tr><td>[x] [1]</td></tr>\n<tr><td>is <span>⟦x2⟧</span></td></tr>\n</tbody></table></div>",
    ),
}

MONEY = {
    "two bold prices": ("It costs **$4** or **$6**.", "It costs <strong>$4</strong> or <strong>$6</strong>."),
    "leaning prices": ("*$4*/*$6*", "<em>$4</em>/<em>$6</em>"),
    "struck price": ("~~$9~~**$7**", "<del>$9</del><strong>$7</strong>"),
    "bold price and name": ("**$4**/**$X**", "<strong>$4</strong>/<strong>$X</strong>"),
    "links": (
        "[$5](https://a.example)–[$10](https://b.example)",
        '<a href="https://a.example">$5</a>–<a href="https://b.example">$10</a>',
    ),
    "links with names": (
        "[$A](http://a.b) [$B](http://c.d)",
        '<a href="http://a.b">$A</a> <a href="http://c.d">$B</a>',
    ),
    "half in a link": ("$x [y$](http://a.b)", '$x <a href="http://a.b">y$</a>'),
    "variables": ("Set $HOME/$USER first", "Set $HOME/$USER first"),
    "braced variables": ("${HOME}/${USER}", "${HOME}/${USER}"),
    "variables with a colon": ("$PATH:$HOME", "$PATH:$HOME"),
    "behind the number": ("100$/200$", "100$/200$"),
    "letters": ("$A–$B", "$A–$B"),
    "range": ("$5–$10", "$5–$10"),
    "range with a hyphen": ("from $5-$10", "from $5-$10"),
    "of a country": ("US$5–US$9", "US$5–US$9"),
    "of a country, then a formula": ("US$5 for $x$", "US$5 for ⟦x⟧"),
    "words between": ("It is $5 for this and in the end 6$.", "It is $5 for this and in the end 6$."),
    "words after": ("5$US and 6$US", "5$US and 6$US"),
    "brackets": ("($5) or (6$)", "($5) or (6$)"),
    "restaurants": ("dear ($$$), cheap ($$) or ($$)", "dear ($$$), cheap ($$) or ($$)"),
    "escaped": (r"\$5 and 6\$", "$5 and 6$"),
    "formula behind a price": ("It costs $5, and $x$ holds", "It costs $5, and ⟦x⟧ holds"),
    "formula behind a brace": ("${HOME and $x$", "${HOME and ⟦x⟧"),
    "table": (
        "| a | b |\n|---|---|\n| **$4** | or **$6** |",
        "<div><table>\n<thead><tr><th>a</th><th>b</th></tr></thead>\n<tbody>\n"
        "<tr><td><strong>$4</strong></td><td>or <strong>$6</strong></td></tr>\n</tbody></table></div>",
    ),
}

BINDS_FIRST = {
    "code behind a price": ("It costs $5, see `$HOME`.", "It costs $5, see <code>$HOME</code>."),
    "dollar in code": ("cost $5 and run `a$b` now", "cost $5 and run <code>a$b</code> now"),
    "code between": ("a $x `code` y$ b", "a $x <code>code</code> y$ b"),
    "formula between codes": ("`a$` $x$ `$b`", "<code>a$</code> ⟦x⟧ <code>$b</code>"),
    "raw tag": ('a $x <i title="$"> y', 'a $x &lt;i title="$"&gt; y'),
    "raw tags in a formula": ("$a<b and c>d$", "⟦a&lt;bandc&gt;d⟧"),
    "target": ("$x [a](http://b.c/$y) z", '$x <a href="http://b.c/$y">a</a> z'),
    "bare address": ("$x http://b.c/$y z", '$x <a href="http://b.c/$y">http://b.c/$y</a> z'),
    "bracketed address": ("$x <http://b.c/$y> z", '$x <a href="http://b.c/$y">http://b.c/$y</a> z'),
    "picture": ("![$5](http://a.b) or 6$", '<a href="http://a.b" data-host="a.b">$5</a> or 6$'),
    "no target": ("[f]($x, y$)", "[f](⟦x,y⟧)"),
}

FORMULAS = {
    "word behind": ("the $n$th", "the ⟦n⟧th"),
    "number before": ("2$x$", "2⟦x⟧"),
    "side by side": ("$a$$b$", "⟦a⟧⟦b⟧"),
    "stars": ("$a*b$ and $c*d$", "⟦a*b⟧ and ⟦c*d⟧"),
    "link-like": ("$f[x](y)$", "⟦f[x](y)⟧"),
    "a dollar in words": (r"$\text{if $x$ holds}$", "⟦if&nbsp;$x$&nbsp;holds⟧"),
    "a price in it": (r"$x = \$5$", "⟦x=$5⟧"),
    "in a link": ("[$x$](http://a.b)", '<a href="http://a.b">⟦x⟧</a>'),
    "bold": ("**$x$** y", "<strong>⟦x⟧</strong> y"),
    "other script": ("设$x$为实数", "设⟦x⟧为实数"),
    "begins with a digit": ("$5 + x = 6$", "⟦5+x=6⟧"),
    "lines of a quote": ("> $$\n> a\n> *b*\n> c\n> $$", "<blockquote>\n<p><span>⟦a*b*c⟧</span></p>\n</blockquote>"),
    "brackets within a line": (r"So \[ E = mc^2 \] holds.", "So <span>⟦E=mc2⟧</span> holds."),
    "brackets behind a label": (
        r"- **Area:** \[ A = \pi r^2 \]",
        "<ul>\n<li><strong>Area:</strong> <span>⟦A=πr2⟧</span></li>\n</ul>",
    ),
    "brackets with an index": (r"of \[x_1\], as \[a + b\]", "of <span>⟦x1⟧</span>, as <span>⟦a+b⟧</span>"),
    "brackets with words and a command": (r"is \[\text{net} = 1\]", "is <span>⟦net=1⟧</span>"),
    "equation with a name": (r"so \[ PVT = nRT \]", "so <span>⟦PVT=nRT⟧</span>"),
    "lines of a list": ("- \\[\n  \\{x\\}\n  \\]", "<ul>\n<li><span>⟦{x}⟧</span></li>\n</ul>"),
}


@pytest.mark.parametrize(
    ("text", "html"), [*BRACKETS.values(), *MONEY.values(), *BINDS_FIRST.values(), *FORMULAS.values()]
)
def test_dollar(text, html):
    assert shown(text) == html


ROWS = {
    "formula and code": ("| $P(A|B)$ | `x|y` |", "<td>⟦P(A|B)⟧</td><td><code>x|y</code></td>"),
    "escaped already": (r"| `x\|y` | `a|b` |", "<td><code>x|y</code></td><td><code>a|b</code></td>"),
    "without edges": ("`x|y` | b", "<td><code>x|y</code></td><td>b</td>"),
    "prices in two cells": ("| $5 | 6$ |", "<td>$5</td><td>6$</td>"),
    "too many all the same": ("| a | b | `x|y` |", "<td>a</td><td>b</td>"),
    "a formula that fits": ("| $x|y$ |", "<td>$x</td><td>y$</td>"),
}


@pytest.mark.parametrize(("row", "cells"), ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("head", ["| a | b |", "| $P(A|B)$ | b |", "| `p|q` | b |"])
def test_row_with_bars(row, cells, head):
    html = shown(f"{head}\n|---|---|\n{row}\n\n**end**")

    assert f"<tr>{cells}</tr>" in html
    assert html.endswith("</div>\n<p><strong>end</strong></p>")
    assert "\ufdd0" not in html and "\ufdd2" not in html


def test_what_is_shown_as_source_is_the_source():
    """A block that is too deep is shown as it came, its formulas and bars too."""
    text = "> " * 70 + r"$x$ \(y\) $5 `a|b`"

    assert text in re.sub("&gt;", ">", render(text, prefix="m-1"))


@pytest.mark.parametrize("text", ["\ufdd00 \ufdd1 $x$", "&#xfdd0;0 &#xfdd1; $x$", "&#xfdd0;7 &#xfdd1;", "\ufdd2 $x$"])
def test_nobody_writes_our_marks(text):
    html = render(text, prefix="m-1")

    assert not re.search("[\ufdd1\ufdd2]", html)
    assert len(html) < 500


SIGNS = st.sampled_from(
    "$ $ $$ $$$ \\( \\) \\[ \\] { } ` * ** _ | [ ] ](http://a.b) a x 5 \\ – / ( ) < > \n".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SIGNS, max_size=30).map("".join))
def test_no_letter_is_lost(text):
    """Whatever the signs mean, nobody's letters and digits go, and nothing of ours stays."""
    if "```" in text:
        return  # what stands behind a fence names a language
    html = shown(text)
    letters = re.sub(r"</?[a-z][^>]*>|&\w+;", "", html)

    assert letters.count("a") + html.count("http://a.b") >= text.count("a")
    assert letters.count("5") == text.count("5")
    assert letters.count("x") == text.count("x")
    assert not re.search("[\ufdd0-\ufdd2]", html)


@pytest.mark.parametrize(
    "text", [text for text, _html in [*BRACKETS.values(), *MONEY.values(), *BINDS_FIRST.values(), *FORMULAS.values()]]
)
def test_stream_ends_as_the_whole(text):
    text = f"{text}\n\nbehind"
    stream, done, tail = Stream(prefix="m-1"), "", ""
    for letter in text:
        stream.feed(letter)
        fresh, tail = stream.take()
        done += fresh
    assert done + tail == render(text, prefix="m-1")


@pytest.mark.parametrize("mark", ["```js", "~~~", "``` tex", "> ```js\n> x"])
def test_blocks_of_code_hold_no_formula(mark):
    """Where code gets colours, the letters of a formula in it were lost."""
    line = "a = $x$ + $$y$$ \\(z\\)"

    html = render(f"{mark}\n{'> ' * mark.startswith('>')}{line}\n\nIs $n$ there?", prefix="m-1")

    assert line in unescape(re.sub(r"<[^>]*>", "", html))
    assert "\ufdd0" not in html
