"""One Chromium for a file of tests, one web process for all, a new page and a new person for each test."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium
from tests.browser.chromium import Guard, Room
from tests.live import PROJECT, Live, Scripted, live_server

PEOPLE = 40  # made at once: each call of manage.py takes a second


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Script(Scripted):
    """The scripted model, told what to say."""

    def say(self, text: str, reasoning: str = "", like: str = "fake", piece: int = 8) -> str:
        """Make the model WRITTEN answer with this text; return its name."""
        body = {"model": chromium.WRITTEN, "text": text, "reasoning": reasoning, "like": like, "piece": piece}
        self.post("/_script", body)
        return chromium.WRITTEN

    def release(self, model: str = chromium.HELD) -> None:
        """Let held replies of a model go on."""
        self.post("/_release", {"model": model})


@pytest.fixture(scope="session")
def scripted() -> Iterator[Script]:
    """A scripted model server with the names that these tests use."""
    command = [sys.executable, "-m", "bench.scripted_model", "--port", "0", "--models", chromium.MODELS]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
    try:
        yield Script(json.loads(process.stdout.readline())["url"].removesuffix("/v1"), process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory, scripted) -> Iterator[Live]:
    with live_server(tmp_path_factory.mktemp("home"), scripted) as found:
        yield found


@pytest.fixture(autouse=True)
def fresh(scripted) -> None:
    """Nothing that another test told the model is left, and no gate is open."""
    scripted.post("/_reset")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. It lives as long as the file: while Playwright runs, tests with an event loop of their own cannot."""
    chromium.require_chromium()
    expect.set_options(timeout=chromium.PATIENCE)
    with chromium.launched() as found:
        yield found


def sign_people_in(server: Live, number: int, name: str = "Alice Owner") -> list[dict]:
    """Make people with a session each on a live server; return their cookies."""
    code = f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
import uuid
from teams.models import User
for i in range({number}):
    user = User.objects.create_user(f"{{uuid.uuid4().hex[:12]}}@example.org", None, name={name!r})
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
"""
    keys = server.manage(code).split()
    return [{"name": "sambung_session", "value": key, "url": server.url} for key in keys]


@pytest.fixture(scope="session")
def cookies(live) -> Callable[[], dict]:
    """Give the cookie of a person who has done nothing yet."""
    people: list[dict] = []

    def make() -> dict:
        if not people:
            people.extend(sign_people_in(live, PEOPLE))
        return people.pop()

    return make


@pytest.fixture
def new_page(browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own, with cookies; fails the test if anything forbidden happened in it."""
    contexts, guard = [], Guard()

    def make(*cookies: dict, **options) -> Page:
        context = browser.new_context(**{"viewport": chromium.DESKTOP, "reduced_motion": "reduce"} | options)
        contexts.append(context)
        context.set_default_timeout(chromium.PATIENCE)
        context.add_cookies(list(cookies))
        guard.watch(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert guard.problems == []


@pytest.fixture
def page(new_page) -> Page:
    """A page of somebody who is not signed in."""
    return new_page()


@pytest.fixture
def room(new_page, live, cookies) -> Room:
    """A page of a new person."""
    return Room(new_page(cookies()), live)


@pytest.fixture
def phone(new_page, live, cookies) -> Room:
    """The same on a phone."""
    return Room(new_page(cookies(), viewport=chromium.PHONE, has_touch=True, is_mobile=True), live)
