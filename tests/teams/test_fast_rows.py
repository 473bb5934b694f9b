"""Fast rows: a template is rendered once for each shape, and its places are filled in from then on."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.template import engines
from django.utils import translation
from django.utils.safestring import mark_safe

from teams.models import Team
from teams.templatetags import fast_rows
from teams.workspace import Workspace
from tests.indonesian import indonesian  # noqa: F401  a fixture

PERSONAL = Workspace(user=None)


@dataclass(frozen=True, slots=True)
class Row:
    SLOTS: ClassVar = ("id", "title", "html")

    id: uuid.UUID | None = None
    title: str = ""
    html: str = ""
    is_open: bool = False


@pytest.fixture
def repeated(settings):
    """Repeat a template over rows, in a workspace."""

    def repeat(source: str, *rows: Row, workspace: Workspace | None = PERSONAL, **context) -> str:
        loader = ("django.template.loaders.locmem.Loader", {"row.html": "{% load i18n workspace %}" + source})
        backend = "django.template.backends.django.DjangoTemplates"
        settings.TEMPLATES = [{"BACKEND": backend, "OPTIONS": {"loaders": [loader]}}]
        page = engines["django"].from_string('{% load fast_rows %}{% repeat "row.html" row=rows %}')
        return page.render({"rows": rows, "workspace": workspace} | context)

    fast_rows._stencil.cache_clear()
    yield repeat
    fast_rows._stencil.cache_clear()


def test_values_are_escaped_and_html_is_not(repeated):
    row = Row(title="<%(html)s> & 'all'", html=mark_safe("<i>100%</i>"))
    shown = repeated('<b title="{{ row.title }}">50% {{ row.html }}</b>', row)
    assert shown == '<b title="&lt;%(html)s&gt; &amp; &#x27;all&#x27;">50% <i>100%</i></b>'


def test_a_template_may_ask_whether_a_value_is_empty(repeated):
    source = "{% if row.title %}[{{ row.title }}]{% else %}none {% endif %}"
    assert repeated(source, Row(title="a"), Row(), Row(title="b")) == "[a]none [b]"


def test_it_is_rendered_once_for_each_shape(repeated, monkeypatch):
    made = []
    render = fast_rows.render_to_string
    monkeypatch.setattr(fast_rows, "render_to_string", lambda *given: made.append(given) or render(*given))
    rows = (Row(title="a"), Row(title="b"), Row(title="c", is_open=True), Row(title="d"))
    assert repeated("{{ row.title }}{% if row.is_open %}!{% endif %} ", *rows) == "a b c! d "
    assert len(made) == 2


def test_addresses_are_those_of_the_workspace(repeated):
    row = Row(id=uuid.uuid4())
    teams = [Workspace(user=None, team=Team(slug=slug)) for slug in ("kopi", "teh")]
    shown = [repeated("{% ws_url 'chat' row.id %}", row, workspace=workspace) for workspace in (PERSONAL, *teams)]
    assert shown == [f"{start}/chats/{row.id}/" for start in ("/app", "/team/kopi", "/team/teh")]


@pytest.mark.usefixtures("indonesian")
def test_words_are_those_of_the_reader(repeated):
    shown = []
    for language in ("en", "id", "en"):
        with translation.override(language):
            shown.append(repeated("{% translate 'New chat' %}", Row()))
    assert shown == ["New chat", "Obrolan baru", "New chat"]


def test_nothing_of_the_page_or_the_person_gets_in(repeated, db):
    workspace = Workspace(user="Alice")
    shown = repeated("[{{ secret }}{{ workspace.user|default:'' }}]", Row(), workspace=workspace, secret="x")
    assert shown == "[]"


def test_what_takes_nothing_is_rendered_once(repeated):
    repeated("It stands still.")
    page = engines["django"].from_string('{% load fast_rows %}{% once "row.html" %}')
    assert [page.render({"workspace": workspace}) for workspace in (PERSONAL, None)] == ["It stands still."] * 2
    assert fast_rows._stencil.cache_info().misses == 1


def test_a_place_is_the_same_for_threads_that_ask_at_the_same_time():
    """Else one of them would render another place than it fills in afterwards."""
    assert fast_rows._place.__wrapped__("id") == fast_rows._place.__wrapped__("id") != fast_rows._place("title")
