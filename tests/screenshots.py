"""Pictures of every page and state, to be looked at: `make screenshots` writes them to var/screenshots/.

Each is taken at 390, 834 and 1440 pixels in both themes, some in Indonesian, from a server of its own with a
chat of a small coffee roaster. `sheet.html` and `sheet.png` show all of them at once.
"""

import json
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
from tests.chats.files import corpus
from tests.kopi import MODELS, furnish, furnish_team, sign_in_elsewhere, teach
from tests.live import PROJECT, Live, live_server, wait_for

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


def _menu(room: Room) -> None:
    _rail(room)
    room.row(SCHEDULE).hover()
    room.page.get_by_role("button", name=f"Options for {SCHEDULE}").click()


def _place(room: Room) -> None:
    _menu(room)
    room.page.locator(".menu:popover-open [formaction$='/folder/']").click()
    expect(room.dialog).to_be_visible()


def _pick(room: Room) -> None:
    for box in room.page.locator("[data-pick-one]").all()[:2]:
        box.check()


def _find(words: str) -> Callable[[Room], None]:
    def act(room: Room) -> None:
        room.page.keyboard.press("Control+k")
        room.page.keyboard.type(words)
        expect(room.dialog.get_by_role("option").filter(has_text=re.compile(words, re.I)).first).to_be_visible()

    return act


def _slash(room: Room) -> None:
    room.composer.fill("")  # the draft of the picture before
    room.composer.press_sequentially("/")
    expect(room.page.locator("#prompts [role=option]:visible").first).to_be_visible()


def _variables(room: Room) -> None:
    _slash(room)
    room.composer.press_sequentially("answer")
    room.page.keyboard.press("Enter")
    expect(room.dialog).to_be_visible()


def _files(room: Room) -> None:
    room.page.get_by_label("Add files").set_input_files(FILES)
    expect(room.page.locator("#files .file:not(.file-uploading)")).to_have_count(len(FILES))


def _file(room: Room) -> None:
    room.page.locator("[data-body] ~ .files, .message .files").get_by_role("button").last.click()
    expect(room.dialog).to_be_visible()


def _share(room: Room) -> None:
    room.page.locator(".bar [formaction$='/share/']").evaluate("button => button.click()")
    expect(room.dialog).to_be_visible()


def _export(room: Room) -> None:
    room.page.locator(".transfer-ways [hx-get$='/export/']").click()
    expect(room.dialog).to_be_visible()


def _under_way(room: Room) -> None:
    going = "UPDATE transfer SET status = %s, heartbeat_at = now() WHERE total = 120"
    room.live.sql(going, "running")
    room.page.reload()
    room.live.sql(going, "stopped")  # before the page asks again; one cannot begin another meanwhile


def _import(room: Room) -> None:
    room.page.locator("input[type=file]").set_input_files(BROUGHT)
    room.page.locator(".page-form .button-primary").click()
    expect(room.page.locator(".transfer-list")).to_be_visible()


def _end(room: Room) -> None:
    room.page.locator("[name=retention_days]").scroll_into_view_if_needed()


def _top(room: Room) -> None:
    room.page.locator("#scroller").evaluate("node => { node.scrollTop = 0; }")


TEAM = "/team/kopi-nusantara"
TEAM_CHATS = "SELECT title, id FROM chats WHERE team_id IS NOT NULL"
SCHEDULE = "Roasting schedule, week 48"  # a chat of the examples
READ = "The letter asks for 45 kg of Gayo; the sheet has 40. Everything else agrees."
REVIEWS = (
    "Review this code. Name mistakes first, then what could be simpler.\n\n{code}",
    "Review this {language} code. Name mistakes first, then what could be simpler.\nKeep to what changed.\n\n{code}",
)
FILES = [
    {"name": "cupping table.png", "mimeType": "image/png", "buffer": corpus.picture(size=(640, 480), color="#8c5a3c")},
    {"name": "orders-week-48.csv", "mimeType": "text/csv", "buffer": b"bean,kg\nGayo,40\nToraja,25\n"},
    {"name": "Letter to the cooperative about the freight surcharge.docx", "mimeType": "", "buffer": corpus.word("Hi")},
]


def _spoken(name: str, parent: str | None, role: str, text: str) -> dict:
    """A message as ChatGPT exports it."""
    said = {"id": name, "author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}
    return {"id": name, "parent": parent, "children": [], "message": said | {"create_time": 1761900000.0}}


def _talk(name: str, title: str) -> dict:
    """A conversation as ChatGPT exports it."""
    nodes = [{"id": "root", "parent": None, "children": [], "message": None}]
    nodes += [_spoken("q", "root", "user", title), _spoken("a", "q", "assistant", "Let us see.")]
    mapping = {node["id"]: node for node in nodes}
    moments = {"create_time": 1761900000.0, "update_time": 1761990000.0}
    return {"conversation_id": name, "title": title, "mapping": mapping, "current_node": "a"} | moments


TALKS = [_talk("c1", "Names for a new blend"), _talk("c2", "Menu for the shop in Dago"), {"title": "Broken"}]
BROUGHT = {"name": "conversations.json", "mimeType": "", "buffer": json.dumps(TALKS).encode()}

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
    "chat-filed": ("filed", None, True),
    "chat-menu": ("filed", _menu, False),
    "chat-place": ("filed", _place, False),
    "chat-files": ("files", None, False),
    "file": ("files", _file, False),
    "folder": ("folder", None, True),
    "folder-chats": ("orders", None, False),
    "folder-settings": ("folder-settings", None, False),
    "library": (f"{TEAM}/chats/", None, True),
    "library-picked": (f"{TEAM}/chats/", _pick, False),
    "tags": (f"{TEAM}/tags/", None, False),
    "archives": (f"{TEAM}/archives/", None, True),
    "archive": ("archive", None, False),
    "deleted": (f"{TEAM}/deleted/", None, True),
    "deleted-none": ("/app/deleted/", None, False),
    "search": (f"{TEAM}/search/?q=gayo+kg", None, True),
    "search-filters": (f"{TEAM}/search/?q=gayo&said_by=from%3Aassistant&where=all", None, False),
    "search-empty": (f"{TEAM}/search/", None, False),
    "palette-found": (f"{TEAM}/", _find("gayo"), True),
    "prompts": (f"{TEAM}/prompts/", None, True),
    "prompts-none": ("/app/prompts/", None, False),
    "prompt": ("prompt", None, True),
    "prompt-versions": ("prompt-versions", None, True),
    "prompt-edit": ("prompt-edit", None, False),
    "prompt-slash": (f"{TEAM}/", _slash, False),
    "prompt-form": (f"{TEAM}/", _variables, False),
    "share-new": ("files", _share, False),
    "share": ("shared-chat", _share, True),
    "links": (f"{TEAM}/links/", None, True),
    "leaving": ("/leaving/?to=https://gayo.example/prices/march", None, False),
    "transfers": (f"{TEAM}/transfers/", None, True),
    "transfer-new": (f"{TEAM}/transfers/", _export, True),
    "transfer-done": ("transfer-done", None, False),
    "transfer-running": ("transfer-running", _under_way, False),
    "import": (f"{TEAM}/transfers/import/", None, False),
    "import-preview": (f"{TEAM}/transfers/import/", _import, True),
    "retention": (f"{TEAM}/settings/", _end, False),
    "instance": ("/instance/", _end, True),
    "notifications": ("/notifications/", None, False),
    "composer-files": (f"{TEAM}/", _files, False),  # last: they stay in the composer
    "password": ("/accounts/password/change/", None, False),
    "not-found": ("/nothing/", None, False),
}
#: Taken first: a reply that stands still for a minute is given up.
RUNNING = {"chat-running": ("running", None, False)}
#: Pages of people who are not signed in.
DOORS = {
    "sign-in": "/accounts/login/",
    "reset": "/accounts/password/reset/",
    "shared": "shared",
    "shared-password": "shared-password",
}
#: The pictures of the README and of docs/: name there -> picture.
FOR_DOCUMENTS = {
    "chat-light.png": "chat-1440-light",
    "chat-dark.png": "chat-1440-dark",
    "chat-phone.png": "chat-390-light",
    "library.png": "library-picked-1440-light",
    "search.png": "search-1440-light",
    "prompt-form.png": "prompt-form-1440-light",
    "files.png": "composer-files-1440-light",
    "shared-phone.png": "shared-390-light",
    "import.png": "import-preview-1440-light",
}


def _keep(browser, live: Live, scripted, cookie: dict) -> dict[str, str]:
    """File, share and move the examples of `make db-seed` as the person whose cookie it is; return the pages."""
    live.sql("UPDATE teams SET slug = 'kopi-nusantara'")  # the team of `furnish_team` takes the examples in
    live.command("seed")
    chats = {title: f"{TEAM}/chats/{pk}/" for title, pk in live.sql(TEAM_CHATS)}
    folders = {name: f"{TEAM}/folders/{pk}/" for name, pk in live.sql("SELECT name, id FROM folders")}
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    context.set_default_timeout(15_000)
    room = Room(context.new_page(), live)
    room.post(f"{folders['Orders']}settings/", system_prompt="Weights are in kg.", retention_days="365")
    room.post(f"{TEAM}/folders/new/", name="Old price lists")
    ((gone,),) = live.sql("SELECT id FROM folders WHERE name = 'Old price lists'")
    room.post(f"{TEAM}/folders/{gone}/delete/", content="up")
    room.post(f"{chats['Sample Chat']}delete/")
    query, files = chats["Why is the invoice query slow?"], _with_files(room, scripted)
    places = {"filed": chats[SCHEDULE], "folder": folders["Roastery"], "orders": folders["Orders"]}
    places |= {"folder-settings": f"{folders['Orders']}settings/", "archive": _put_away(room), "files": files}
    places |= {"shared-chat": query, "shared": _shared(room, query), "shared-password": _shared(room, files, "toraja")}
    places |= _written(room) | _moved(room)
    context.close()
    return places


def _with_files(room: Room, scripted) -> str:
    scripted.say(READ, model=MODELS[0])
    room.open(f"{TEAM}/")
    room.choose(MODELS[0])
    _files(room)
    room.send("Is anything in these at odds?")
    room.ended()
    path = room.page.url.removeprefix(room.live.url)
    room.live.sql("UPDATE chats SET title = 'Orders against the letter' WHERE id = %s", path.split("/")[-2])
    return path


def _put_away(room: Room) -> str:
    room.post(f"{TEAM}/archives/new/", name="Harvest 2026", description="What we settled with the cooperatives")
    room.post(f"{TEAM}/archives/new/", name="For the website")
    ((pk,),) = room.live.sql("SELECT id FROM archive WHERE name = 'Harvest 2026'")
    kept = f"{TEAM_CHATS} AND title = ANY(%s)"
    for _, chat in room.live.sql(kept, [SCHEDULE, "Tasting on Thursday"]):
        room.post(f"{TEAM}/chats/{chat}/archives/", archives=str(pk))
    return f"{TEAM}/archives/{pk}/"


def _shared(room: Room, path: str, password: str = "") -> str:
    room.post(f"{path}share/", mode="snapshot", with_attachments="on", expires="month", password=password)
    ((token,),) = room.live.sql("SELECT public_token FROM chats WHERE id = %s", path.split("/")[-2])
    return f"/p/{token}"


def _written(room: Room) -> dict[str, str]:
    ((pk,),) = room.live.sql("SELECT id FROM prompts WHERE name = 'Code Review'")
    page = f"{TEAM}/prompts/{pk}/"
    for text in REVIEWS:
        room.open(f"{page}edit/").page.locator("[name=content]").fill(text)
        room.page.locator(".form-acts .button-primary, .dialog-acts .button-primary").first.click()
        expect(room.page.locator(".prompt-text")).to_be_visible()
    return {"prompt": page, "prompt-versions": f"{page}versions/", "prompt-edit": f"{page}edit/"}


def _moved(room: Room) -> dict[str, str]:
    room.post(f"{TEAM}/transfers/export/", format="json")
    ready = "SELECT id FROM transfer WHERE kind = 'export' AND status = 'done'"
    ((done,),) = wait_for(lambda: room.live.sql(ready), "the export")
    row = "SELECT gen_random_uuid(), user_id, team_id, 'import', 'stopped', 38, 120 FROM transfer LIMIT 1"
    ((stopped,),) = room.live.sql(
        f"INSERT INTO transfer (id, user_id, team_id, kind, status, done, total) {row} RETURNING id"
    )
    return {"transfer-done": f"{TEAM}/transfers/{done}/", "transfer-running": f"{TEAM}/transfers/{stopped}/"}


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
        with scripted_server(",".join(MODELS)) as scripted, chromium.launched() as browser, ExitStack() as stack:
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
            places = {name: path.replace("/team/kopi/", f"{TEAM}/") for name, path in places.items()}
            places |= _keep(browser, live, scripted, cookie)
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
