"""Results as HTML: whatever a tool gives is text in it, and what is huge is cut."""

import io
import json
import random
from collections.abc import Collection
from html.parser import HTMLParser

import pytest
from PIL import Image

from agents.tools import Chart, Images, QueryResult, Table, show
from tests.lib.test_markdown_payloads import PAYLOADS

TAGS = {
    *("pre", "p", "figure", "figcaption", "div", "table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "span"),
    *("details", "summary", "svg", "title", "desc", "line", "text", "rect", "circle", "polyline", "path", "img"),
}
ATTRIBUTES = {
    *("class", "dir", "tabindex", "scope", "open", "role", "viewbox", "src", "alt", "data-table", "data-label"),
    *("data-left-out", "data-unit", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height"),
    *("points", "d"),
}
KINDS = ("bar", "line", "pie", "scatter")


class Read(HTMLParser):
    """Reads HTML; fails where there is more than we write. `text` is what people read."""

    def __init__(self, html: str, tags: Collection[str] = (), attributes: Collection[str] = ()) -> None:
        super().__init__()
        self._tags, self._attributes = TAGS.union(tags), ATTRIBUTES.union(attributes)
        self.text, self.tags = "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert tag in self._tags, tag
        for name, value in attrs:
            assert name in self._attributes, name
            assert name != "src" or value.startswith("data:image/webp;base64,")
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def _shown(value) -> Read:
    return Read(show.render(None, json.loads(json.dumps(show.stored(value)))))


def _chart(kind: str, words: str = "w") -> Chart:
    values = ((1, 2), (3, -4)) if kind == "scatter" else (3, 4)
    return Chart(kind, (words, f"{words}2"), ((words, values),), words, words, words)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_stay_words_everywhere(payload):
    contents = [payload, {payload: payload}, [{payload: payload}], [[payload]], {"a": {payload: [payload]}}]
    for content in contents:
        Read(show.render(content)).text.encode()
    _shown(Table((payload,), ((payload,),), payload))
    for kind in KINDS:
        _shown(_chart(kind, payload))


@pytest.mark.parametrize("seed", range(30))
def test_any_json_can_be_shown(seed):
    chance = random.Random(seed)

    def value(depth: int):
        kind = chance.choice(["list", "dict", "text", "number", "word"]) if depth else "text"
        match kind:
            case "list":
                return [value(depth - 1) for _ in range(chance.randrange(6))]
            case "dict":
                return {chance.choice(PAYLOADS): value(depth - 1) for _ in range(chance.randrange(6))}
            case "number":
                return chance.choice([0, -1, 1.5, 10**400, float("inf"), float("nan")])
            case "word":
                return chance.choice([None, True, False])
        return chance.choice(PAYLOADS)

    Read(show.render(value(20)))
    Read(show.render(json.dumps(value(5))))


def test_text_is_as_it_is():
    assert show.render("a <b>\n c") == '<pre class="plain" dir="auto" tabindex="0">\na &lt;b&gt;\n c</pre>'


def test_json_in_text_is_a_tree_and_broken_json_is_text():
    assert "tree-key" in show.render('{"a": 1}')
    assert "<pre" in show.render('{"a": 1')
    assert "<pre" in show.render("[" * 100_000)


def test_a_list_of_flat_objects_is_a_table():
    html = show.render([{"name": "a", "n": 1}, {"name": "b", "more": None}])
    assert '<th scope="col">name</th><th scope="col" class="align-right">n</th><th scope="col">more</th>' in html
    assert '<td class="align-right">1</td>' in html
    assert "<table" not in show.render([{"a": [1]}])


def test_nothing_shows_nothing():
    assert show.render(None) == show.render({}) == show.render("") == ""


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ("x" * 100_000, 'data-left-out="70000" data-unit="characters"'),
        (list(range(1000)), 'data-left-out="600" data-unit="entries"'),
        ([{"a": 1}] * 5000, 'data-left-out="1000" data-unit="rows"'),
        ({"a": "x" * 5000}, 'data-left-out="3000" data-unit="characters"'),
    ],
)
def test_what_is_huge_is_cut_and_says_so(content, left):
    html = show.render(content)
    assert left in html
    assert len(html) < 250_000


def test_a_tree_that_is_too_deep_ends():
    value = []
    for _ in range(500):
        value = [value]
    assert "…" in show.render(value)


def test_a_table_keeps_its_cells_and_tells_what_is_left_out():
    kept = show.stored(Table(("a", "b"), ((1, None),) * 3000, "Title"))
    assert (len(kept["rows"]), kept["leftOut"]) == (2000, 1000)
    assert kept["rows"][0] == [1, None]
    assert "<figcaption>Title</figcaption>" in show.render(None, kept)


def test_images_are_drawn_anew_and_small():
    file = io.BytesIO()
    Image.effect_noise((3000, 2000), 100).convert("RGB").save(file, "PNG")
    kept = show.stored(Images((("image/png", file.getvalue()), ("image/svg+xml", b"<svg onload=alert(1)>"))))
    assert (len(kept["images"]), kept["leftOut"]) == (1, 1)
    assert len(kept["images"][0]) < 300_000
    assert Read(show.render(None, kept)).tags == ["div", "img", "p"]


def test_an_image_that_is_none_shows_nothing_of_it():
    assert show.stored(Images((("image/png", b"not a picture"),)))["images"] == []
    assert show.stored(None) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_stands_beside_its_numbers(kind):
    read = _shown(_chart(kind, "Name"))
    assert {"svg", "desc", "table", "details"} <= set(read.tags)
    assert "Name" in read.text


# ---- questions -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_question_shows_its_sql_what_it_found_and_what_it_read(payload):
    table = Table((payload,), ((payload,),), payload)
    html = show.render(None, show.stored(QueryResult(payload, ((payload, 5),), 7, table)))
    assert {"p", "pre", "table"} <= set(
        Read(html, {"code"}, {"data-query", "data-lang", "data-count", "data-read"}).tags
    )
    assert 'data-count="7"' in html
    assert 'data-left-out="6" data-unit="rows"' in html


def test_a_chart_takes_the_place_of_what_was_found():
    chart = Chart("bar", ("x",), (("n", (1,)),), "Drawn")
    html = show.render(None, show.stored(QueryResult("SELECT 1", (), 1, Table(("x",), (("left",),)), chart)))
    assert '<svg class="chart"' in html
    assert "left" not in html


def test_codes_of_a_terminal_inside_of_json_are_no_letters():
    assert Read(show.render('{"stdout": "\\u001b[31mFAILED\\u001b[0m"}')).text == "stdout FAILED"
