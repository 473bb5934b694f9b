"""No query without scope: modules that answer people take rows from the access layer alone."""

import pytest

from chats import urls
from documents import urls as documents
from teams.urls import team
from teams.urls import urlpatterns as everywhere
from tests.guards import scope
from tests.guards.apps import APPS
from tests.guards.imports import PROJECT

#: (module, function) that may read past the access layer, and why.
EXCEPTIONS = {
    ("agents/runs/consumer.py", "people"): "finds out who asks: sessions and their people, before there is anybody",
}
ROUTES = {pattern.name for pattern in [*urls.urlpatterns, *documents.urlpatterns, *everywhere, *team]}


def test_doors_take_rows_from_access_alone():
    doors = scope.doors(PROJECT, APPS)
    places = {str(path.relative_to(PROJECT)) for path in doors}
    assert {
        "chats/views/chats.py",
        "chats/views/messages.py",
        "agents/runs/consumer.py",
        "teams/views/people.py",
    } <= places
    found = {
        (str(path.relative_to(PROJECT)), function): code
        for path in doors
        for function, code in scope.leaks(path.read_text(encoding="utf-8"))
    }
    assert {place: code for place, code in found.items() if place not in EXCEPTIONS} == {}
    assert [place for place in EXCEPTIONS if place not in found] == [], "stale exceptions"


def test_templates_link_inside_the_workspace():
    found = {
        str(path.relative_to(PROJECT)): names
        for path in (PROJECT / "templates").rglob("*.html")
        if (names := scope.bare_links(path.read_text(encoding="utf-8"), ROUTES))
    }
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "Chat.objects.get(pk=chat_id)",
        "get_object_or_404(Chat.objects.all(), pk=chat_id)",
        "found = Chat.objects.filter(pk=chat_id).first()",
        "rows = Chat.objects.all()\n    one = access.get(request, rows)\n    return rows.count()",
        "Chat._default_manager.all()",
        "connection.cursor().execute('SELECT 1')",
        "access.rows(request, Chat.objects.all()) | Chat.objects.filter(is_public=True)",
        "[row for row in Chat.objects.all()]",
    ],
)
def test_planted_leak_is_found(code):
    assert scope.leaks(f"def view(request, chat_id):\n    {code}\n")


@pytest.mark.parametrize(
    "code",
    [
        "return access.get(request, Chat.objects.select_related('team'), pk=chat_id)",
        "return access.rows(request, Chat.objects.all()).listed()",
        "rows = Chat.objects.all()\n    return access.get(request, rows, pk=1)",
        "return chat.messages.filter(pk=1)",
    ],
)
def test_scoped_query_passes(code):
    assert scope.leaks(f"def view(request, chat_id):\n    {code}\n") == []


def test_planted_links_are_found():
    template = """{% url 'app:chat' chat.id %} {% url "palette" %} {% url 'account_login' %} {% ws_url 'chat' 1 %}"""
    assert scope.bare_links(template, ROUTES) == ["chat", "palette"]
