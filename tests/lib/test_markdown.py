"""What Markdown comes out as."""

import pytest

from sambung.lib.markdown import VERSION, render, with_ends
from sambung.lib.markdown.links import address

REL = 'target="_blank" rel="noopener noreferrer nofollow"'


def shown(text):
    """The HTML, its links with the addresses that they lead to in the end."""
    return with_ends(render(text, prefix="m-1")).strip()


def test_version_is_a_number():
    assert VERSION >= 1


CASES = {
    "paragraph": ("a\nb", '<p dir="auto">a\nb</p>'),
    "hard break": ("a  \nb", '<p dir="auto">a<br>\nb</p>'),
    "emphasis": (
        "*a* **b** ~~c~~ `d`",
        '<p dir="auto"><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>',
    ),
    "first heading": ("# a", '<h3 dir="auto">a</h3>'),
    "third heading": ("### a", '<h5 dir="auto">a</h5>'),
    "sixth heading": ("###### a", '<h6 dir="auto">a</h6>'),
    "rule": ("---", "<hr>"),
    "tight list": ("- a\n- b", '<ul dir="auto">\n<li>a</li>\n<li>b</li>\n</ul>'),
    "loose list": ("- a\n\n- b", '<ul dir="auto">\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>'),
    "numbers": ("3. a", '<ol start="3" dir="auto">\n<li>a</li>\n</ol>'),
    "quote": ("> a", '<blockquote dir="auto">\n<p>a</p>\n</blockquote>'),
    "entities": ("&lt; &amp; < &", '<p dir="auto">&lt; &amp; &lt; &amp;</p>'),
    "indented code": (
        "    <b>\n",
        '<div class="code"><pre tabindex="0"><code>&lt;b&gt;\n</code></pre></div>',
    ),
    "unknown language": (
        "```Klingon x\na\n```",
        '<div class="code" data-lang="klingon"><pre tabindex="0"><code>a\n</code></pre></div>',
    ),
    "odd language": ('```"><b>\na\n```', '<div class="code"><pre tabindex="0"><code>a\n</code></pre></div>'),
    "link": ("[a](https://b.c/d?e&f)", f'<p dir="auto"><a href="https://b.c/d?e&amp;f" {REL}>a</a></p>'),
    "mail": ("<a@b.c>", f'<p dir="auto"><a href="mailto:a@b.c" {REL}>a@b.c</a></p>'),
    "bare address": (
        "(see http://a.b/c_d).",
        f'<p dir="auto">(see <a href="http://a.b/c_d" {REL}>http://a.b/c_d</a>).</p>',
    ),
    "relative link": ("[a](/logout)", '<p dir="auto">a</p>'),
    "image": (
        "![a *b*](https://c.d/e.png)",
        f'<p dir="auto"><a class="remote-image" href="https://c.d/e.png" data-host="c.d" {REL}>a b</a></p>',
    ),
    "image without words": (
        "![](https://c.d:81/e.png)",
        f'<p dir="auto"><a class="remote-image" href="https://c.d:81/e.png" data-host="c.d:81" {REL}>c.d:81</a></p>',
    ),
    "image in a link": (
        "[![a](http://b.c)](http://d.e)",
        f'<p dir="auto"><a href="http://d.e" {REL}>a</a></p>',
    ),
    "local image": ("![a](/media/x.png)", '<p dir="auto">a</p>'),
    "raw html": ("a <b>c</b>", '<p dir="auto">a &lt;b&gt;c&lt;/b&gt;</p>'),
    "raw block": ("<div>\na", '<p class="raw" dir="auto">&lt;div&gt;\na</p>'),
    "tasks": (
        "- [ ] a\n- [x] b",
        '<ul dir="auto">\n<li><span class="task" data-checked="false">☐</span> a</li>\n'
        '<li><span class="task" data-checked="true">☑</span> b</li>\n</ul>',
    ),
}


@pytest.mark.parametrize(("text", "html"), CASES.values(), ids=CASES)
def test_output(text, html):
    assert shown(text) == html


def test_table():
    html = shown("| a | |\n|:-|-:|\n| 1 | *2* |\n| 3 |")
    assert html == (
        '<div class="table-scroll" tabindex="0"><table dir="auto">\n'
        '<thead><tr><th scope="col" class="align-left">a</th><td class="align-right"></td></tr></thead>\n'
        "<tbody>\n"
        '<tr><td class="align-left">1</td><td class="align-right"><em>2</em></td></tr>\n'
        '<tr><td class="align-left">3</td><td class="align-right"></td></tr>\n'
        "</tbody></table></div>"
    )


@pytest.mark.parametrize("word", ["python", "py", "Python", "{.python}", "python3 title=x"])
def test_code_is_coloured(word):
    html = shown(f"```{word}\ndef f(): return '<b>'\n```")
    assert html.startswith('<div class="code" data-lang="python"><pre tabindex="0"><code>')
    assert '<span class="k">def</span>' in html
    assert "&lt;b&gt;" in html
    assert "style=" not in html


def test_large_code_stays_plain():
    html = shown("```python\n" + "x = 1\n" * 5000 + "```")
    assert "<span" not in html
    assert html.count("x = 1") == 5000


def test_footnotes():
    html = shown("a[^x] b[^y] c[^x]\n\n[^y]: second\n\n[^x]: first\n\n    more\n\n[^z]: unused\n\nend")
    assert html.index("end") < html.index('class="footnotes"')
    assert html.count('id="m-1-fnref-1"') == 1
    assert html.count('href="#m-1-fn-1"') == 2
    first, second, third = html.split("<li ")[1:]
    assert "first" in first and "more" in first and first.startswith('id="m-1-fn-1"')
    assert "second" in second and 'href="#m-1-fnref-2"' in second
    assert "unused" in third and "href" not in third
    assert 'target="_blank"' not in html


def test_many_footnotes_keep_their_text():
    html = shown("".join(f"a[^{n}]\n\n[^{n}]: note {n}.\n\n" for n in range(400)))
    assert all(f"note {n}." in html for n in range(400))
    assert html.count("<li ") == 300


FORMULAS = {
    "inline": ("$x^2$", "<msup><mi>x</mi><mn>2</mn></msup>"),
    "display": ("$$\n\\frac{a}{b}\n$$", '<span class="math-block" tabindex="0"><math display="block">'),
    "parentheses": ("so \\( a_b \\).", "<msub><mi>a</mi><mi>b</mi></msub>"),
    "brackets": ("\\[\nx = 1\n\\]", '<math display="block"><mrow><mi>x</mi><mo>=</mo><mn>1</mn>'),
    "aligned": ("$$\\begin{aligned}a&=b\\\\c&=d\\end{aligned}$$", "<mtable "),
    "less than": ("$a < b$", "<mo>&lt;</mo>"),
    "broken": ("$\\frac$", '<code class="math-source">\\frac</code>'),
    "macro": ("$\\def\\a{x}\\a$", '<code class="math-source">\\def\\a{x}\\a</code>'),
    "address": ("$\\href{javascript:alert(1)}{x}$", '<code class="math-source">'),
    "unknown environment": ("$\\begin{foo}x\\end{foo}$", '<code class="math-source">'),
    "long": ("$" + "x" * 1001 + "$", '<code class="math-source">'),
    "line break before a brace": ("$$\\begin{matrix}a\\\\{b}\\end{matrix}$$", "<mtable>"),
}


@pytest.mark.parametrize(("text", "part"), FORMULAS.values(), ids=FORMULAS)
def test_formula(text, part):
    assert part in shown(text)


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $10",
        "$5-$10",
        "`\\(a\\)`",
        "    \\(a\\)",
        "see \\[1\\]",
        "\\(a\n\nb\\)",
    ],
)
def test_no_formula(text):
    html = shown(text)
    assert "<math" not in html
    assert "math-source" not in html


def test_formula_text_is_no_markup():
    html = shown("$\\text{<b>}$ $\\text{&lt;i&gt;}$")
    assert "<b>" not in html and "<i>" not in html
    assert "&lt;b&gt;" in html


def test_formula_cannot_leave_its_place():
    html = shown("$\\raise1000em{x} \\hspace{-99em} \\hspace{10000em}\\color{red}{y}$")
    assert "<math" in html
    assert not any(word in html for word in ("voffset", "-99", "10000", "red", "1000em"))


ADDRESSES = {
    "https://a.b": ("https://a.b", "a.b"),
    "HTTP://A.b/C": ("http://A.b/C", "a.b"),
    "https://bücher.de/ü": ("https://xn--bcher-kva.de/ü", "xn--bcher-kva.de"),
    "http://[::1]:80/x": ("http://[::1]:80/x", "[::1]"),
    "http://a.b/c d": ("http://a.b/c%20d", "a.b"),
    "mailto:a@b.c?subject=x": ("mailto:a@b.c?subject=x", ""),
}


@pytest.mark.parametrize(("target", "found"), ADDRESSES.items())
def test_address(target, found):
    assert (address(target).url, address(target).host) == found


@pytest.mark.parametrize(
    "target",
    ["", "#x", "/x", "x", "//a.b", "http:a.b", "http:/a.b", "http:///a.b", "http://", "http://a.b\\@c.d",
     "http://u:p@a.b", "http://a.b:99999", "http://a.b:x", "http://faß.de", "http://a。b", "http://a.b/\u202ex",
     "http://a%2eb", "http://a\u200b.b", "javascript:x", "data:text/html,x", "ftp://a.b", "mailto:x",
     "http://a.b/" + "x" * 5000, "http://a..b", "http://[::1", "java\tscript:x", "\x01http://a.b"],
)  # fmt: skip
def test_no_address(target):
    assert address(target) is None
