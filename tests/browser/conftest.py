"""One Chromium and one web process for all tests of a worker, a new page and a new person for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium
from tests.browser.chromium import Desks, Room
from tests.browser.servers import Script, scripted_server, signed_in
from tests.live import Live, live_server


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def scripted() -> Iterator[Script]:
    """A scripted model server with the names that these tests use."""
    with scripted_server() as found:
        yield found


@pytest.fixture(scope="session")
def live(tmp_path_factory, scripted) -> Iterator[Live]:
    with live_server(tmp_path_factory.mktemp("home"), scripted) as found:
        yield found


@pytest.fixture(autouse=True)
def fresh(scripted) -> None:
    """Nothing that another test told the model is left, and no gate is open."""
    scripted.post("/_reset")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. It ends with the folder: while Playwright runs, tests with an event loop of their own cannot."""
    chromium.require_chromium()
    expect.set_options(timeout=chromium.PATIENCE)
    with chromium.launched() as found:
        yield found


@pytest.fixture(scope="package")
def desks(browser, live) -> Desks:
    return Desks(browser, f"{live.url}/accounts/login/")  # whose icon is a static file: no request of its own


@pytest.fixture
def new_page(desks) -> Iterator[Callable[..., Page]]:
    """Open a page with cookies, apart from all others; fails the test if anything forbidden happened in it."""
    yield desks.new_page
    assert desks.clear() == []


@pytest.fixture
def page(new_page) -> Page:
    """A page of somebody who is not signed in."""
    return new_page()


@pytest.fixture
def room(new_page, live) -> Room:
    """A page of a new person."""
    return Room(new_page(signed_in(live)), live)


@pytest.fixture
def phone(new_page, live) -> Room:
    """The same on a phone."""
    return Room(new_page(signed_in(live), viewport=chromium.PHONE, has_touch=True, is_mobile=True), live)
