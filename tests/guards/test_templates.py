"""Templates read like code, and a row that is filled in neither filters nor compares what is filled in."""

import re

import pytest

from agents.views.models import Row as ModelRow
from chats.messages.presenter import MessageView, RowView
from chats.views.chat_lists import KeptRow, TagChip
from chats.views.search import HitRow
from teams.folders import FolderRow
from teams.templatetags import fast_rows
from tests.guards import templates
from tests.live import PROJECT

FOLDER = PROJECT / "templates"
ROWS = {
    "agents/_model.html": ("model", ModelRow),
    "chats/_folder_row.html": ("folder", FolderRow),
    "chats/_hit.html": ("hit", HitRow),
    "chats/_kept_row.html": ("row", KeptRow),
    "chats/_message.html": ("message", MessageView),
    "chats/_row.html": ("row", RowView),
    "chats/_tag_chip.html": ("tag", TagChip),
}
SLOTS = frozenset({"row.title", "row.id"})


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.html")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_template_reads_like_code(path):
    assert list(templates.badly_laid(path.read_text())) == []


@pytest.mark.parametrize(
    "planted",
    [
        "x" * 161,
        '<div id="a" hx-get="/">',
        '  hx-get="/" hx-target="this"',
        '  {% if a %}hx-get="/"{% endif %} class="b"',
        '<div hx-get="{% url "a" %}">',
    ],
)
def test_what_is_laid_badly_is_found(planted):
    assert len(list(templates.badly_laid(planted))) == 1


@pytest.mark.parametrize(
    "written", ['  hx-get="{% url "a" %}?{{ b }}"', "  {% if a %}hx-swap-oob='true'{% endif %}", "  hx-disable"]
)
def test_an_attribute_of_its_own_line_is_fine(written):
    assert list(templates.badly_laid(written)) == []


def test_every_row_that_is_filled_in_is_known_here():
    repeated = re.compile(r'(?:\{% repeat|repeat\([^)]*\},) "([^"]+)"')
    sources = [*FOLDER.rglob("*.html"), *(PROJECT / "chats").rglob("*.py"), *(PROJECT / "agents").rglob("*.py")]
    assert {name for path in sources for name in repeated.findall(path.read_text())} == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_only_shows_what_is_filled_in(name):
    called, row = ROWS[name]
    assert list(templates.misused(name, frozenset(f"{called}.{field}" for field in row.SLOTS))) == []


@pytest.mark.parametrize(
    "planted",
    [
        "{{ row.title|truncatechars:20 }}",
        "{% if row.title == 'a' %}b{% endif %}",
        "{% if row.is_open and not row.title in 'ab' %}b{% endif %}",
        "{% if row.title|length %}b{% endif %}",
        "{% for letter in row.title %}b{% endfor %}",
        "{% if row.is_open %}{{ row.title|upper }}{% endif %}",
        "{% load i18n %}{% blocktranslate with title=row.title|upper %}{{ title }}{% endblocktranslate %}",
        "{% load i18n %}{% blocktranslate with title=row.title %}{{ title|upper }}{% endblocktranslate %}",
        "{% load i18n %}{% blocktranslate count n=row.title %}a{% plural %}b{% endblocktranslate %}",
        "{% with title=row.title %}{{ title|upper }}{% endwith %}",
        '{% include "components/_avatar.html" with initials=row.title|slice:1 %}',
        "{% load workspace %}{% ws_url 'chat' row.id|slugify %}",
    ],
)
def test_a_slot_that_is_filtered_or_compared_is_found(planted):
    assert len(list(templates.misused_in(planted, SLOTS))) == 1


@pytest.mark.parametrize(
    "written",
    [
        "{{ row.title|default:1 }}{% if row.title and not row.id or row.is_open %}a{% endif %}",
        "{% if row.kind == 'a' %}{{ row.kind|upper }}{% endif %}",
        "{% load i18n %}{% blocktranslate with title=row.title %}{{ title }}{% endblocktranslate %}",
    ],
)
def test_to_show_a_slot_and_to_ask_whether_it_is_empty_is_fine(written):
    assert list(templates.misused_in(written, SLOTS)) == []


def test_what_is_filled_in_is_not_indented():
    shown = fast_rows._INDENTATION.sub("\n", "<a\n  id=1\n>\n\n    b\n</a>")
    assert shown == "<a\nid=1\n>\nb\n</a>"
