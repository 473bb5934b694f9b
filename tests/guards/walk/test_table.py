"""The tables of addresses are whole, and say which methods each view takes."""

from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, get_resolver
from django.views.decorators.http import require_GET

from tests.guards import world
from tests.guards.routes import (
    ACCOUNTS,
    ADMIN_MODELS,
    ADMIN_SITE,
    COMMON,
    INSTANCE,
    METHODS,
    TEAM,
    WORKSPACE,
    Row,
)
from tests.guards.walk.asking import SCRIPT, walk_workspace


def test_each_route_has_a_row_and_each_row_a_route():
    found = {name for name, _ in world.routes() if not name.startswith("admin:")}
    rows = {f"{space}:{name}" for space in ("app", "team") for name in WORKSPACE} | {f"team:{name}" for name in TEAM}
    assert found == rows | set(COMMON) | set(ACCOUNTS) | set(INSTANCE)


def test_each_admin_page_has_a_row():
    found = {name.removeprefix("admin:") for name, _ in world.routes() if name.startswith("admin:")}
    rows = {f"{model}_{page}" for model, pages in ADMIN_MODELS.items() for page in pages}
    assert found - {"<unnamed>"} == rows | set(ADMIN_SITE) - {"<catch-all>"}
    unnamed = [route for name, route in world.routes() if name == "admin:<unnamed>"]
    assert len(unnamed) == len(ADMIN_MODELS) + 1, "old addresses of change pages, and what is left over"


def _views(patterns=None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Callable]]:
    """Every address's name with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name or ""]), pattern.callback
        else:
            yield from _views(pattern.url_patterns, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def _allowed(view: Callable) -> set[str] | None:
    """The methods that Django's decorator lets through to a view; None where it has none."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            held = cell.cell_contents
            if isinstance(held, list | tuple) and held and set(held) <= {*METHODS, "HEAD", "OPTIONS"}:
                return set(held) - {"HEAD", "OPTIONS"}
        view = getattr(view, "__wrapped__", None)
    return None


def _of_row(row: Row) -> set[str]:
    statuses = zip(METHODS, row.holder.split(), strict=True)
    return {method for method, status in statuses if status != "405"}


def _wrong(views: Iterator[tuple[str, Callable]]) -> dict[str, str]:
    rows = {f"{space}:{name}": row for space in ("app", "team") for name, row in (WORKSPACE | TEAM).items()}
    rows |= COMMON | INSTANCE
    told = {name: (_allowed(view), _of_row(rows[name])) for name, view in views if name in rows}
    return {name: f"{found}, not {wanted}" for name, (found, wanted) in told.items() if found != wanted}


def test_each_view_takes_the_methods_of_its_row():
    """So the walks need not send what nobody's view takes: the decorator refuses it before anybody's role counts."""
    assert _wrong(_views()) == {}


def test_planted_views_are_found():
    def undecorated(request):
        """Takes every method."""

    assert "app:chat_list" in _wrong(iter([("app:chat_list", undecorated)]))
    assert "app:chat_pin" in _wrong(iter([("app:chat_pin", require_GET(undecorated))]))


def test_planted_route_is_found(monkeypatch):
    monkeypatch.delitem(WORKSPACE, "chat_pin")
    with pytest.raises(AssertionError):
        test_each_route_has_a_row_and_each_row_a_route()


@pytest.mark.django_db
def test_planted_answer_is_found(monkeypatch):
    """A row that says another status turns the walk red, for scripts too."""
    for name in set(WORKSPACE) - {"chat_pin"}:
        monkeypatch.delitem(WORKSPACE, name)
    monkeypatch.setitem(WORKSPACE, "chat_pin", Row("405 200", "405 404", "405 200", "chat"))
    for headers in ({}, SCRIPT):
        with pytest.raises(AssertionError, match="chat_pin"):
            walk_workspace("owner", False, headers)
