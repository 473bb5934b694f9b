"""Nothing that a model or a person writes becomes markup of their choosing, an address that loads by itself,
or an attribute that the page's scripts obey. The lists are written by hand, not taken from the renderer."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from sambung.lib.markdown import Stream, render, with_ends
from sambung.lib.markdown.clean import clean
from sambung.lib.markdown.links import end
from tests.lib.test_markdown_payloads import PAYLOADS

MATH = set(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover "
    "mtable mtr mtd mstyle mpadded mphantom".split()
)
TAGS = MATH | set(
    "p h3 h4 h5 h6 ul ol li blockquote hr br em strong del code pre div span a sup table thead tbody tr th td "
    "sub kbd u mark details summary".split()
)
MATH_ATTRIBUTES = set(
    "display displaystyle scriptlevel mathvariant stretchy fence separator accent accentunder movablelimits "
    "form minsize maxsize linethickness lspace rspace width columnalign columnspacing rowspacing".split()
)
ATTRIBUTES = {
    "class": re.compile(r"[a-z0-9-]{1,20}"),
    "dir": re.compile("auto"),
    "tabindex": re.compile("0"),
    "scope": re.compile("col"),
    "start": re.compile(r"\d{1,9}"),
    "data-lang": re.compile(r"[a-z0-9][a-z0-9+#._-]*"),
    "data-host": re.compile(r"[a-z0-9.:\[\]_-]+"),
    "data-checked": re.compile("true|false"),
    "target": re.compile("_blank"),
    "rel": re.compile("noopener noreferrer nofollow"),
    "id": re.compile(r"m-1-fn(ref)?-\d+"),
}
FOR_TAG = {
    "scope": {"th"},
    "start": {"ol"},
    "data-lang": {"div"},
    "data-host": {"a"},
    "data-checked": {"span"},
    "target": {"a"},
    "rel": {"a"},
    "href": {"a"},
    "id": {"a", "li"},
}


FRAMES = [
    *["{}", "a {} b", "> {}", "- {}", "| {} |\n|-|\n| {} |", "# {}", "*{}*", "<{}>", "```{}\n{}\n```"],
    *["[{}](http://a.b)", "![{}](http://a.b/c.png)", "[a]({})", "![a]({})", "[r]\n\n[r]: {}"],
    *["$\\text{{{}}}$", "$$\n{}\n$$", "a[^1]\n\n[^1]: {}", "[^{}]\n\n[^{}]: x"],
]


class Walker(HTMLParser):
    """Fails on the first thing that is not on the lists."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words = []
        self.ids = []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        assert len(dict(attrs)) == len(attrs)
        self.ids += [value for name, value in attrs if name == "id"]
        for name, value in attrs:
            assert tag in FOR_TAG.get(name, {tag}), (tag, name)
            if name == "href":
                self.check_link(value, dict(attrs))
            elif tag in MATH and name != "class":
                assert name in MATH_ATTRIBUTES and re.fullmatch(r"[a-z0-9.+ -]*", value), (tag, name, value)
            else:
                assert name in ATTRIBUTES, (tag, name, value)
                assert ATTRIBUTES[name].fullmatch(value), (tag, name, value)

    def check_link(self, value, attrs):
        if value.startswith("#"):
            assert re.fullmatch(r"#m-1-fn(ref)?-\d+", value), value
            return
        assert re.match(r"(/leaving/\?to=https?://(%5B|[A-Za-z0-9\[])|mailto:[^@]+@)", value), value
        value = end(value)
        assert not re.search(r"[\x00-\x20\x7f-\xa0\\\u200b-\u200f\u202a-\u202e]", value), value
        assert attrs.get("target") == "_blank" and "noopener" in attrs.get("rel", ""), attrs
        if "data-host" in attrs:
            assert urlsplit(value).netloc.lower() == attrs["data-host"], attrs

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"comment {data!r}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def walk(html):
    walker = Walker()
    walker.feed(html)
    walker.close()
    return walker


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload(payload):
    """Alone, in every kind of place, and as a stream of letters."""
    for frame in FRAMES:
        walk(render(frame.replace("{}", payload), prefix="m-1"))
    stream = Stream(prefix="m-1")
    for letter in payload:
        stream.feed(letter)
        for html in stream.take():
            assert walk(html).ids == []


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if re.fullmatch(r"<[a-z]+[ />][^&\x00\n]*", p)])
def test_raw_html_is_shown_as_text(payload):
    html = render(f"a `x` {payload}", prefix="m-1")
    shown = "".join(walk(html).words)
    assert payload.split()[0].split("/")[0].rstrip(">") in shown


class Names(HTMLParser):
    """Collects the tags, the names of attributes and the addresses."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.names, self.addresses = set(), set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {name for name, _value in attrs}
        self.addresses += [value for name, value in attrs if name == "href"]


@pytest.mark.parametrize("notes", [False, True])
@pytest.mark.parametrize("payload", [p for p in PAYLOADS if p.startswith("<")])
def test_second_lock(payload, notes):
    """What the writer might let through, the cleaner takes away: it is tried alone, on the raw payload."""
    found = Names(clean(payload, notes=notes))
    assert found.tags <= TAGS
    assert found.names <= set(ATTRIBUTES) | MATH_ATTRIBUTES | {"href"}
    assert all(value.startswith(("http://", "https://", "mailto:")) for value in found.addresses)


@pytest.mark.parametrize(
    "text",
    [
        *["![a](URL)", "![a][r]\n\n[r]: URL", "![a]\n\n[a]: <URL>", "| ![a](URL) |\n|-|"],
        *["x[^1]\n\n[^1]: ![](URL)", "# ![](URL)"],
    ],
)
def test_remote_images_wait_for_a_click(text):
    html = with_ends(render(text.replace("URL", "https://evil.example/x.png?q=secret"), prefix="m-1"))
    assert "<img" not in html
    assert 'class="remote-image" href="https://evil.example/x.png?q=secret" data-host="evil.example"' in html


def test_ids_of_two_messages_do_not_meet():
    text = "a[^1]\n\n[^1]: b"
    first, second = (set(re.findall(r' id="([^"]+)"', render(text, prefix=p))) for p in ("m-1-0", "m-2-0"))
    assert first and second and not first & second


def test_foreign_ids_do_not_pass_the_cleaner():
    html = clean('<a id="composer" href="#composer">x</a><li id="m-1-fn-1">y</li>', notes=True)
    assert "composer" not in html
    assert 'id="m-1-fn-1"' in html


def test_walker_sees_a_leak():
    """The checks above can fail."""
    for leak in (
        "<script>",
        "<p onclick=x>",
        '<a href="javascript:x">',
        '<img src="x">',
        '<p id="x">',
        "<!-- -->",
    ):
        with pytest.raises(AssertionError):
            walk(leak)
