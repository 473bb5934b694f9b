"""Chromium as the tests drive it, a guard over each of its pages, and what people do in a chat page."""

import contextlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests import budget
from tests.live import Live, csrf_token, wait_for
from tests.scripts import HALFWAY, OBEYS

#: The browser without its windows' part takes a quarter less of the processor; the whole one does as well.
PLACES = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
CHROMIUM = next((place for place in PLACES if os.access(place, os.X_OK)), "")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # for each context: a new page finds a process that knows our scripts and fonts
]
PATIENCE = 8_000  # ms until a wait is a failure: a busy machine is slow, a fault is for ever
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

#: Models of the scripted server; what each name does is written in bench/script.py.
QUICK = "fake-plain-n20"
HELD = "fake-hold3-plain-n6"
CONTINUES = "fake-hold3-plain-n6-continues"
STREAMING = "fake-r60-n3000-plain-continues"
LONG = "fake-hold300-plain-n600-p10"
WRITTEN = "fake-plain-n1"  # says what Scripted.say gives it
FAILS_ONCE = "fake-e400x1-plain-n5"  # a fault that is not tried again by itself
CUT = "fake-cut4-plain-n9"
MODELS = ",".join((QUICK, HELD, CONTINUES, STREAMING, LONG, WRITTEN, FAILS_ONCE, CUT, OBEYS, *HALFWAY))
ANY = re.compile(".")
HELD_TEXT = "w0 w1 w2"  # what a held reply shows until it is released
WHOLE_TEXT = "w0 w1 w2 w3 w4 w5"


def is_there() -> bool:
    return bool(CHROMIUM)


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium."""
    budget.count("browsers")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Guard:
    """Notes whatever must not happen in any page: errors of scripts, refusals by CSP, dialogs, foreign requests."""

    problems: list[str] = field(default_factory=list)
    host: str = "127.0.0.1"

    def watch(self, context: BrowserContext) -> None:
        context.on("page", self._watch_page)
        context.on("request", self._check_request)

    def _check_request(self, request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname != self.host:
            self.problems.append(f"request to {request.url}")

    def _watch_page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("console", self._check_console)
        page.on("dialog", self._check_dialog)

    def _check_console(self, message) -> None:
        if any(words in message.text for words in ("Content Security Policy", "Refused to", "Trusted Type")):
            self.problems.append(f"CSP: {message.text}")

    def _check_dialog(self, dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()


class Desk:
    """A context of Chromium, apart from the others, with a guard over it. One page stays, and with it the process."""

    def __init__(self, context: BrowserContext, url: str):
        self.context, self.guard, self.is_taken = context, Guard(), False
        context.set_default_timeout(PATIENCE)
        self._stays = context.new_page()
        self._stays.goto(url)
        self.guard.watch(context)

    def clear(self) -> list[str]:
        """Close its pages and forget the person: nothing of ours is kept but in tabs and cookies.

        Returns what must not have happened.
        """
        for page in self.context.pages:
            if page is not self._stays:
                page.close()
        self.context.clear_cookies()
        self.context.clear_permissions()
        problems, self.guard.problems = self.guard.problems, []
        self.is_taken = False
        return problems


class Desks:
    """Contexts that the next test takes over. `url` is an address of the site that they are for."""

    def __init__(self, browser: Browser, url: str):
        self._browser, self._url = browser, url
        self._desks: dict[str, list[Desk]] = defaultdict(list)

    def new_page(self, *cookies: dict, **options) -> Page:
        """Open a page on a desk that nobody has, with cookies; `options` are those of a context."""
        alike = self._desks[repr(sorted(options.items()))]
        desk = next((desk for desk in alike if not desk.is_taken), None)
        if desk is None:
            context = self._browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce"} | options)
            desk = Desk(context, self._url)
            alike.append(desk)
        desk.is_taken = True
        desk.context.add_cookies(list(cookies))
        return desk.context.new_page()

    def clear(self) -> list[str]:
        """Clear all desks that are taken; return what must not have happened."""
        taken = [desk for alike in self._desks.values() for desk in alike if desk.is_taken]
        return [problem for desk in taken for problem in desk.clear()]


class Room:
    """A signed-in person's page, with the names that the application promises to keep."""

    def __init__(self, page: Page, live: Live):
        self.page, self.live = page, live
        self.composer = page.get_by_role("textbox", name="Message", exact=True)
        self.log = page.get_by_role("log", name="Conversation")
        self.replies = page.get_by_role("article", name="Assistant", exact=True)
        self.mine = page.get_by_role("article", name="You", exact=True)
        self.stop = page.get_by_role("button", name="Stop", exact=True)
        self.dialog = page.locator("dialog[open]")
        self.toasts = page.locator("#toasts")
        self.chats = page.get_by_role("navigation", name="Chats")

    def open(self, path: str = "/app/") -> "Room":
        self.page.goto(f"{self.live.url}{path}")
        return self

    def choose(self, model: str) -> None:
        """Choose a model of the scripted server, by its picker."""
        self.picker().click()
        self.option(model).click()
        expect(self.page.locator("#picker-words")).to_have_text(model)

    def picker(self) -> Locator:
        """The button that opens the choice of who answers."""
        return self.page.get_by_role("button", name="Model and agent", exact=True)

    def option(self, name: str) -> Locator:
        """A model or an agent in that choice."""
        words = self.page.get_by_text(name, exact=True)
        return self.page.get_by_role("option").filter(has=words)

    def send(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def post(self, path: str, **form: str) -> APIResponse:
        """Post a form as the page's own script would, without the page."""
        request = self.page.context.request
        token = csrf_token(request.get(f"{self.live.url}/app/").text())
        headers = {"X-CSRFToken": token, "HX-Request": "true", "Origin": self.live.url}
        return request.post(f"{self.live.url}{path}", form=form, headers=headers)

    def start(self, text: str, model: str) -> str:
        """Begin a chat; return its path."""
        answer = self.post("/app/chats/new/", text=text, model=f"openai_compatible:{model}")
        assert answer.status == 204, answer.text()
        return answer.headers["hx-redirect"]

    def begin(self, text: str, model: str) -> None:
        """Begin a chat; returns once its page is open."""
        self.open(self.start(text, model))

    def answered(self, text: str, model: str = QUICK) -> Locator:
        """Begin a chat and wait for the whole answer; return its article."""
        self.begin(text, model)
        return self.ended()

    def listed(self, title: str) -> None:
        """Begin a chat that keeps this title: a broken reply asks for none. Nothing is on its way afterwards."""
        path = self.start(title, CUT)
        page = f"{self.live.url}{path}"
        wait_for(lambda: 'data-state="interrupted"' in self.page.context.request.get(page).text(), "the end")
        self.open(path)

    def held(self, text: str = "Hello", model: str = HELD) -> Locator:
        """Begin a chat whose reply stands still in its middle; return its article."""
        self.begin(text, model)
        expect(self.body()).to_have_text(HELD_TEXT)
        return self.replies.last

    def ended(self, state: str = "succeeded") -> Locator:
        """Wait until the last reply has ended in that state and stands as the server gives it; return its article."""
        article = self.replies.last
        expect(article).to_have_attribute("data-state", state)
        expect(article).not_to_have_attribute("data-stop-url", ANY)
        return article

    def body(self, article: Locator | None = None) -> Locator:
        """The text of a message, the last reply's unless another is given."""
        return (article or self.replies.last).locator("[data-body]")

    def act(self, article: Locator, name: str) -> Locator:
        return article.get_by_role("button", name=name, exact=True)

    def row(self, title: str) -> Locator:
        """A chat in the rail's list."""
        return self.chats.get_by_role("listitem").filter(has=self.page.get_by_role("link", name=title))

    def row_act(self, title: str, name: str) -> None:
        self.row(title).hover()
        self.page.get_by_role("button", name=f"Options for {title}").click()
        self.page.locator(".menu:popover-open").get_by_role("button", name=name, exact=True).click()


def require_chromium() -> None:
    """Skip the test on a person's machine without Chromium; fail it in CI, where it must be there."""
    if is_there():
        return
    sentence = f"Chromium is not installed ({' or '.join(PLACES)}): the browser tests were left out."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
