"""Pictures of every page and state, to be looked at: `make screenshots` writes them to var/screenshots/.

Each is taken at 390, 834 and 1440 pixels in both themes, some in Indonesian, from a server of its own with a
chat of a small coffee roaster. `sheet.html` and `sheet.png` show all of them at once.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html import escape
from itertools import groupby
from pathlib import Path

import tests.environment  # isort: skip  (its PostgreSQL must be there before anything else is read)
import django
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.chromium import Room
from tests.browser.servers import scripted_server, signed_in
from tests.kopi import MODELS, furnish, furnish_team, sign_in_elsewhere, teach
from tests.live import PROJECT, Live, live_server

FOLDER = PROJECT / "var" / "screenshots"
DOCUMENTS = PROJECT / "docs" / "images"
WIDTHS = {390: 844, 834: 1112, 1440: 900}  # width -> height, in pixels
THEMES = ("light", "dark")


def _settings(room: Room) -> None:
    room.page.locator(".bar [formaction$='/settings/']").click()  # its name depends on the language
    expect(room.dialog).to_be_visible()


def _palette(room: Room) -> None:
    room.page.keyboard.press("Control+k")
    expect(room.dialog.get_by_role("option").first).to_be_visible()


def _delete(room: Room) -> None:
    room.act(room.mine.last, "Delete message").click()
    expect(room.dialog).to_be_visible()


def _edit(room: Room) -> None:
    room.act(room.mine.last, "Edit message").click()
    expect(room.page.locator(".edit-text")).to_be_focused()


def _figures(room: Room) -> None:
    room.act(room.replies.last, "Details").click()
    expect(room.page.locator("dl.figures:visible")).to_be_visible()


def _account(room: Room) -> None:
    _rail(room)
    room.page.locator("[popovertarget=person-menu]").click()


def _picker(room: Room) -> None:
    room.page.locator("#picker-button").click()
    expect(room.page.locator("#picker-results .palette-item").first).to_be_visible()


def _tools(room: Room) -> None:
    room.page.locator("#tools-button").click()
    expect(room.dialog).to_be_visible()


def _rail(room: Room) -> None:
    if room.page.locator(".bar-menu").is_visible():
        room.page.locator(".bar-menu").click()


def _toast(room: Room) -> None:
    _settings(room)
    room.dialog.get_by_role("button", name="Save").click()
    expect(room.toasts.locator(".toast")).to_be_visible()


def _keys(room: Room) -> None:
    room.page.evaluate("() => document.activeElement.blur()")
    room.page.keyboard.press("?")
    expect(room.dialog).to_be_visible()


def _top(room: Room) -> None:
    room.page.locator("#scroller").evaluate("node => { node.scrollTop = 0; }")


#: name -> (the chat's key in `furnish`, or a path; what is opened there; in Indonesian too)
VIEWS: dict[str, tuple[str, Callable[[Room], None] | None, bool]] = {
    "new-chat": ("/app/", None, True),
    "chat": ("order", None, True),
    "chat-top": ("order", _top, False),
    "chat-failed": ("failed", None, True),
    "settings": ("order", _settings, True),
    "palette": ("order", _palette, False),
    "delete": ("order", _delete, False),
    "edit": ("order", _edit, False),
    "figures": ("order", _figures, False),
    "account": ("order", _account, False),
    "picker": ("order", _picker, False),
    "rail": ("order", _rail, False),
    "toast": ("order", _toast, False),
    "keys": ("order", _keys, False),
    "agents": ("/app/agents/", None, True),
    "agent-new": ("/app/agents/new/", None, False),
    "models": ("/app/models/", None, True),
    "chat-tools": ("order", _tools, False),
    "tools": ("/app/tools/", None, True),
    "toolkit": ("/app/tools/chart/", None, False),
    "mcp-list": ("/app/mcp/", None, False),
    "mcp-new": ("/app/mcp/new/", None, False),
    "mcp-paste": ("/app/mcp/paste/", None, False),
    "key-list": ("/app/keys/", None, False),
    "key-new": ("/app/keys/new/?provider=openai_compatible", None, False),
    "your-account": ("/accounts/", None, True),
    "profile": ("/accounts/profile/", None, True),
    "sessions": ("/accounts/sessions/", None, False),
    "members": ("members", None, True),
    "team-chat": ("team-chat", None, True),
    "people": ("/instance/people/", None, False),
    "health": ("/instance/health/", None, False),
    "password": ("/accounts/password/change/", None, False),
    "not-found": ("/nothing/", None, False),
}
#: Taken first: a reply that stands still for a minute is given up.
RUNNING = {"chat-running": ("running", None, False)}
#: Pages of people who are not signed in.
DOORS = {"sign-in": "/accounts/login/", "reset": "/accounts/password/reset/"}
#: The pictures of the README: name there -> picture.
FOR_DOCUMENTS = {
    "chat-light.png": "chat-1440-light",
    "chat-dark.png": "chat-1440-dark",
    "chat-phone.png": "chat-390-light",
}


@contextmanager
def _pictured(browser, live: Live, cookie: dict | None, width: int, theme: str, **options) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=theme,
        reduced_motion="reduce",
        has_touch=width < 1000,
        **options,
    )
    context.add_cookies([cookie] if cookie else [])
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def _take(page: Page, name: str) -> None:
    page.evaluate("() => document.fonts.ready.then(() => null)")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


def _take_all(browser, live: Live, cookie: dict, places: dict[str, str]) -> None:
    for width in WIDTHS:
        for theme in THEMES:
            _take_views(browser, live, cookie, places, width, theme, RUNNING)
    for width in WIDTHS:
        for theme in THEMES:
            for name, path in DOORS.items():
                with _pictured(browser, live, None, width, theme) as page:
                    page.goto(live.url + path)
                    _take(page, f"{name}-{width}-{theme}")
            _take_views(browser, live, cookie, places, width, theme, VIEWS)


def _take_views(browser, live, cookie, places, width, theme, views, suffix="") -> None:
    with _pictured(browser, live, cookie, width, theme) as page:
        room = Room(page, live)
        for name, (where, act, _) in views.items():
            room.open(places.get(where, where))
            if act:
                act(room)
            _take(page, f"{name}-{width}-{theme}{suffix}")


def _in_indonesian(browser, live: Live, cookie: dict, places: dict[str, str]) -> None:
    live.sql('UPDATE users SET preferences = preferences || \'{"language": "id"}\'')
    views = {name: view for name, view in VIEWS.items() if view[2]}
    for width in (390, 1440):
        _take_views(browser, live, cookie, places, width, "light", views, "-id")


def _sheet(browser) -> None:
    """One page with all pictures, and a picture of it."""
    names = sorted(path.stem for path in FOLDER.glob("*.png"))
    rows = groupby(names, key=lambda name: re.split(r"-\d", name)[0])
    figures = "".join(
        f"<h2>{escape(view)}</h2><div>"
        + "".join(f'<a href="{name}.png"><img src="{name}.png" alt="{escape(name)}"></a>' for name in found)
        + "</div>"
        for view, found in rows
    )
    style = (
        "body{margin:24px;font:13px system-ui;background:#888;color:#fff}h2{font-size:14px;margin:14px 0 6px}"
        "div{display:flex;flex-wrap:wrap;gap:8px}img{height:260px;display:block}"
    )
    (FOLDER / "sheet.html").write_text(f"<!doctype html><title>Sambung</title><style>{style}</style>{figures}")
    page = browser.new_page(viewport={"width": 1900, "height": 1200})
    page.goto((FOLDER / "sheet.html").as_uri())
    page.screenshot(path=FOLDER / "sheet.png", full_page=True)
    page.close()


def _keep_for_documents() -> None:
    DOCUMENTS.mkdir(parents=True, exist_ok=True)
    for name, picture in FOR_DOCUMENTS.items():
        shutil.copyfile(FOLDER / f"{picture}.png", DOCUMENTS / name)


def main() -> None:
    """Take all pictures. Needs Chromium."""
    if not chromium.is_there():
        raise SystemExit(f"Chromium is not installed: {' or '.join(chromium.PLACES)}.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "sambung.settings"
    django.setup()
    home = Path(tempfile.mkdtemp(prefix="sbs-"))
    try:
        with scripted_server(",".join(MODELS)) as scripted, chromium.launched() as browser, ExitStack() as stack:
            teach(scripted)
            live = stack.enter_context(live_server(home / "home", scripted))
            expect.set_options(timeout=15_000)
            password = make_password("not for anybody")  # whoever has none is asked to sign in once more
            person = {"name": "Sari Rahma", "email": "sari@kopi.example", "role": "admin", "password": password}
            cookie = signed_in(live, **person)
            places = furnish(browser, live, scripted, cookie)
            dewi = signed_in(live, name="Dewi Anggraini", email="dewi@kopi.example")
            sign_in_elsewhere(live, cookie)
            places |= furnish_team(browser, live, scripted, cookie, dewi)
            _take_all(browser, live, cookie, places)
            _in_indonesian(browser, live, cookie, places)
            _sheet(browser)
            _keep_for_documents()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        tests.environment.pytest_unconfigure(None)  # stops its PostgreSQL
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
