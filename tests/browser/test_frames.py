"""Sandboxed frames: what is drawn there, what is told where it cannot be, and that nothing gets out of them."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in

DIAGRAM = "flowchart TD\n  A[Cherry] --> B[Bean]\n"


def open_code(room: Room, language: str, content: str, *, edit: bool = True) -> Page:
    room.post("/app/documents/new/", title="Plan", kind="code", language=language, content=content)
    room.open("/app/documents/").page.get_by_role("link", name="Plan").click()
    if edit:
        room.page.get_by_role("link", name="Edit", exact=True).click()
        room.page.wait_for_url("**/edit/")
        expect(room.page.locator(".document-editor")).to_be_visible()
    return room.page


def drawn(page: Page):
    return page.frame_locator("[data-drawn-place] iframe")


@pytest.mark.parametrize("edit", [True, False], ids=["form", "page"])
@pytest.mark.parametrize(
    ("language", "content", "found"),
    [
        ("html", "<style>h1 { color: rgb(1, 2, 3) }</style><h1>Gayo</h1>", "Gayo"),
        ("svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text y="8">Toraja</text></svg>', "Toraja"),
        ("mermaid", DIAGRAM, "Cherry"),
    ],
)
def test_code_is_drawn(room, language, content, found, edit):
    page = open_code(room, language, content, edit=edit)
    page.get_by_role("button", name="Preview").click()
    expect(drawn(page).get_by_text(found)).to_be_visible()


def test_the_drawing_follows_and_errors_are_told_in_words(room):
    page = open_code(room, "mermaid", DIAGRAM)
    page.get_by_role("button", name="Preview").click()
    expect(drawn(page).get_by_text("Cherry")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("flowchart TD\n  A[[[ --> B\n")
    expect(page.locator("[data-drawn-error]")).to_contain_text("Parse error on line 2")
    page.get_by_label("Text", exact=True).fill(DIAGRAM.replace("Cherry", "Fruit"))
    expect(drawn(page).get_by_text("Fruit")).to_be_visible()
    expect(page.locator("[data-drawn-error]")).to_be_hidden()
    expect(page.locator("[data-save-state]")).to_have_text("Saved")
    page.get_by_label("Language").select_option("python")
    expect(page.get_by_role("button", name="Preview")).to_be_hidden()
    expect(page.locator("[data-save-state]")).to_have_text("Saved")
    assert_clean(page)


def test_diagrams_in_a_text_are_drawn_above_their_source(room):
    content = f"Before\n\n```mermaid\n{DIAGRAM}```\n\n```mermaid\nnothing\n```\n"
    room.post("/app/documents/new/", title="Plan", content=content)
    page = room.open("/app/documents/").page
    page.get_by_role("link", name="Plan").click()
    picture = page.locator(".document-text").get_by_role("img", name="Diagram")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 20
    expect(page.locator(".diagram-error")).to_contain_text("This diagram cannot be drawn.")
    assert_clean(page)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview]").get_by_role("img", name="Diagram")).to_be_visible()
    page.get_by_label("Text", exact=True).press("Control+Home")
    page.keyboard.type("More ")
    expect(page.locator("[data-preview]")).to_contain_text("More Before")
    expect(page.locator("[data-preview]").get_by_role("img", name="Diagram")).to_be_visible()
    expect(page.locator("[data-save-state]")).to_have_text("Saved")


def test_a_run_leads_to_the_line_of_its_error(room):
    page = open_code(room, "python", "x = 1\n\nprint('before')\n1 / 0\n")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("group", name="Output")).to_contain_text("before")
    expect(page.get_by_role("alert")).to_contain_text("It failed in line 4.")
    assert_clean(page)
    page.get_by_role("button", name="Go to line").click()
    page.keyboard.type("2 + 2")
    expect(page.locator("textarea[name=content]")).to_have_value("x = 1\n\nprint('before')\n2 + 2\n")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#document-ran b")).to_have_text("4")
    expect(page.locator("[data-save-state]")).to_have_text("Saved")


# ---- nothing gets out -----------------------------------------------------------------------------------
HOSTILE = """
<meta http-equiv="refresh" content="0; url=https://evil.test/refreshed">
<base href="https://evil.test/"><link rel="stylesheet" href="https://evil.test/style.css">
<script>parent.postMessage({ id: 1, svg: "stolen" }, "*"); window.ran = true; fetch("/app/")</script>
<script src="https://evil.test/script.js"></script>
<img src="https://evil.test/picture.png" onerror="window.ran = true">
<svg onload="window.ran = true"><image href="https://evil.test/in.svg"/></svg>
<iframe src="https://evil.test/frame"></iframe><object data="https://evil.test/object"></object>
<style>@import "https://evil.test/import.css"; p { background: url("https://evil.test/background.png") }</style>
<form action="https://evil.test/form" method="post"><button id="send">Send</button></form>
<a id="away" href="https://evil.test/away" target="_top">Away</a>
<a id="new" href="https://evil.test/new" target="_blank">New</a>
<a id="script" href="javascript:window.ran = true">Script</a><p onclick="window.ran = true">Gayo</p>
"""


def _comes(made: str, event: str) -> str:
    return f"() => new Promise((done, fail) => {{ const made = {made}; made.{event} = done; made.onerror = fail; }})"


#: What a script that did run there would try, and how it ends.
TRIES = {
    "the page around": "() => parent.document.title",
    "its address": "() => parent.location.href",
    "leading it away": "() => { top.location = 'https://evil.test/top'; }",
    "cookies": "() => document.cookie",
    "storage": "() => localStorage.length",
    "a database": _comes("indexedDB.open('x')", "onsuccess"),
    "our pages": "() => fetch('/app/', { credentials: 'include' }).then((answer) => answer.text())",
    "others' pages": "() => fetch('https://evil.test/fetched')",
    "a socket": _comes("new WebSocket('wss://evil.test/')", "onopen"),
    "a window": "() => open('https://evil.test/window') ? 'opened' : Promise.reject(new Error('none'))",
    "a worker": _comes("new Worker('data:,postMessage(1)')", "onmessage"),
}


@pytest.fixture
def loose(browser, live):
    """A page of somebody that nothing watches, and all that it asks for elsewhere."""
    context = browser.new_context(reduced_motion="reduce")
    context.add_cookies([signed_in(live)])
    asked: list[str] = []
    context.route(lambda url: "evil.test" in url, lambda route: (asked.append(route.request.url), route.abort()))
    yield Room(context.new_page(), live), asked
    context.close()


@pytest.mark.parametrize("kind", ["html", "svg", "mermaid"])
def test_nothing_gets_out_of_a_frame(loose, kind):
    room, asked = loose
    content = {
        "html": HOSTILE,
        "svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="window.ran = true"><script>window.ran = true</script>'
        '<image href="https://evil.test/in.svg"/><text y="9">Gayo</text></svg>',
        "mermaid": '%%{init: {"securityLevel": "loose"}}%%\nflowchart TD\n'
        '  A["Gayo <img src=x onerror=window.ran=true>"]\n'
        '  click A href "javascript:window.ran=true"\n',
    }[kind]
    page = open_code(room, kind, content)
    page.get_by_role("button", name="Preview").click()
    expect(drawn(page).get_by_text("Gayo").first).to_be_visible()
    (frame,) = (found for found in page.frames if urlsplit(found.url).path == f"/frame/{kind}/")
    if kind == "html":
        for name in ("send", "away", "new", "script"):
            frame.locator(f"#{name}").click()
        frame.locator("p").click()
    assert frame.evaluate("() => window.ran") is None
    assert _tried(frame) == dict.fromkeys(TRIES, "refused")
    frame.evaluate(
        "() => { const form = document.createElement('form'); form.action = '/accounts/logout/';"
        "form.method = 'post'; document.body.append(form); form.submit(); }"
    )
    assert frame.evaluate("() => origin") == "null"
    assert asked == []
    assert len(page.context.pages) == 1
    assert page.url.endswith("/edit/")
    assert urlsplit(frame.url).path == f"/frame/{kind}/"
    assert page.context.request.get(f"{room.live.url}/app/").status == 200, "still signed in"


def _tried(frame: Frame) -> dict[str, str]:
    """How each try ends for a script inside the frame."""
    found = {}
    for name, act in TRIES.items():
        wrapped = f"async () => {{ try {{ return String(await ({act})()); }} catch {{ return 'refused'; }} }}"
        found[name] = frame.evaluate(wrapped)
    return found


def test_a_page_of_ours_is_shown_in_no_frame(loose):
    room, _asked = loose
    page = room.open("/app/").page
    page.evaluate(
        "() => { const frame = document.createElement('iframe'); frame.src = '/app/documents/';"
        "document.body.append(frame); }"
    )
    page.wait_for_function("() => document.querySelector('iframe').contentDocument === null")
