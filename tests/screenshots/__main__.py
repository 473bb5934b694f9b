"""Takes the pictures: see the package."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
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
from tests.live import PROJECT, Live, live_server
from tests.screenshots import examples
from tests.screenshots.kopi import MODELS, furnish, furnish_team, sign_in_elsewhere, teach
from tests.screenshots.views import DOORS, FOR_DOCUMENTS, RUNNING, VIEWS
from tests.scripts import OBEYS

FOLDER = PROJECT / "var" / "screenshots"
DOCUMENTS = PROJECT / "docs" / "images"
WIDTHS = {390: 844, 834: 1112, 1440: 900}  # width -> height, in pixels
THEMES = ("light", "dark")


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


def _take_running(browser, live: Live, cookie: dict, places: dict[str, str]) -> None:
    for width in WIDTHS:
        for theme in THEMES:
            _take_views(browser, live, cookie, places, width, theme, RUNNING)


def _take_all(browser, live: Live, cookie: dict, places: dict[str, str]) -> None:
    for width in WIDTHS:
        for theme in THEMES:
            for name, path in DOORS.items():
                with _pictured(browser, live, None, width, theme) as page:
                    page.goto(live.url + places.get(path, path))
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
        with (
            scripted_server(",".join((*MODELS, OBEYS))) as scripted,
            chromium.launched() as browser,
            ExitStack() as stack,
        ):
            teach(scripted)
            live = stack.enter_context(live_server(home / "home", scripted))
            expect.set_options(timeout=15_000)
            password = make_password("not for anybody")  # whoever has none is asked to sign in once more
            person = {"name": "Sari Rahma", "email": "sari@kopi.example", "role": "admin", "password": password}
            cookie = signed_in(live, **person)
            places = furnish(browser, live, scripted, cookie)
            _take_running(browser, live, cookie, places)
            dewi = signed_in(live, name="Dewi Anggraini", email="dewi@kopi.example")
            sign_in_elsewhere(live, cookie)
            places |= furnish_team(browser, live, scripted, cookie, dewi)
            places = {name: path.replace("/team/kopi/", f"{examples.TEAM}/") for name, path in places.items()}
            places |= examples.keep(browser, live, scripted, cookie)
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
