"""One person cannot stop the others: what goes on while all that can be waited for is waited for."""

import asyncio
import json
import threading
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agents.generation.report import Report
from agents.models import Run
from agents.runs import consumer, runtime
from agents.runs.stream import Stream
from chats.replies import preview
from sambung.handler import OneHopHandler
from sambung.lib import threads
from sambung.lib.failures import Failure
from sambung.lib.waiting import ACTS, COUNTING, FULL, HASHING, READING, TOOLS, YOURS, Act, asks_for
from teams import delivery
from teams.models import Instance, User
from tests import corpus, smtp
from tests.factories import PASSWORD, begin, exchange, run
from tests.slots import full, held

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 60  # seconds after which a wait is a failure
CSRF = "c" * 32


@pytest.fixture
def narrow(settings):
    """A process with one thread for pages."""
    settings.DB_POOL_MAX = 4
    threads.pool.cache_clear()
    threads.vital.cache_clear()
    yield
    for made in (threads.pool, threads.vital):
        made().shutdown()
        made.cache_clear()


@pytest.fixture
def running(chat):
    """A reply that is under way, held by this process."""
    reply = exchange(chat, answer="")
    reply.run = run(chat)
    reply.save(update_fields=["run"])
    return begin(reply.run_id, "here")


async def asked(path: str, form: dict | None = None, browser: str = CSRF) -> tuple[int, str]:
    """Ask for a page as a browser does, or send a form; give status and text."""
    cookie = f"{settings.CSRF_COOKIE_NAME}={browser}".encode()
    scope = {
        "type": "http",
        "method": "GET" if form is None else "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie), (b"x-csrftoken", browser.encode())],
        "client": ("127.0.0.1", 1),
    }
    scope["headers"] += [(b"content-type", b"application/x-www-form-urlencoded")] if form else []
    talk = ApplicationCommunicator(OneHopHandler(), scope)
    await talk.send_input({"type": "http.request", "body": urlencode(form or {}).encode()})
    begun = await talk.receive_output(WITHIN)
    body = b""
    while (part := await talk.receive_output(WITHIN)) and part.get("more_body"):
        body += part["body"]
    return begun["status"], (body + part["body"]).decode()


@contextmanager
def waited_for(act: Act):
    """Every slot of the act is waited in, by somebody each, in threads of the pool."""
    begun, end = threading.Semaphore(0), threading.Event()

    def wait(person: str) -> None:
        asks_for.set(person)
        with act.slot():
            begun.release()
            assert end.wait(WITHIN)

    waiting = [asyncio.ensure_future(threads.in_thread(wait, f"person {n}")) for n in range(act.at_once)]
    try:
        yield asyncio.gather(*(asyncio.to_thread(begun.acquire, timeout=WITHIN) for _ in waiting))
    finally:
        end.set()


class Socket:
    """A socket of somebody who has no session any more."""

    session_key, topics, code = "gone", frozenset(), None

    async def close(self, code):
        self.code = code


async def look_at_rights(monkeypatch) -> int:
    """Give the code that a socket is closed with whose person is gone."""
    gone = Socket()
    monkeypatch.setattr(consumer, "RECHECK", 0)
    monkeypatch.setattr(consumer, "_open", {gone})
    watch = asyncio.create_task(consumer.watch_rights())
    async with asyncio.timeout(WITHIN):
        while gone.code is None:
            await asyncio.sleep(0.01)
    watch.cancel()
    return gone.code


async def beat(served: runtime.Runtime, work, monkeypatch) -> None:
    """Have the lease of a run renewed."""
    before = await threads.in_vital_thread(Run.objects.get, pk=work.run_id)
    served.owner, served._tasks = "here", {work.run_id: asyncio.current_task()}
    monkeypatch.setattr(runtime, "HEARTBEAT", 0)
    beating = asyncio.create_task(served._beat())
    async with asyncio.timeout(WITHIN):
        while (await threads.in_vital_thread(Run.objects.get, pk=work.run_id)).lease_until <= before.lease_until:
            await asyncio.sleep(0.01)
    beating.cancel()


async def everything_goes_on(work, monkeypatch) -> None:
    """A heartbeat, a check of rights, an ending; and the process says that it lives."""
    served = runtime.Runtime()
    await beat(served, work, monkeypatch)
    assert await look_at_rights(monkeypatch) == consumer.SIGNED_OUT
    async with asyncio.timeout(WITHIN):
        await served._finish(Stream(work, lambda: None), "succeeded", "", Report())
    assert (await threads.in_vital_thread(Run.objects.get, pk=work.run_id)).status == "succeeded"
    assert await asked("/healthz") == (200, "ok")


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_all_goes_on_while_every_slot_is_waited_in(act, narrow, running, monkeypatch):
    async def play():
        with waited_for(act) as begun:
            assert all(await begun)
            assert (await asked("/accounts/login/"))[0] == 200
            await everything_goes_on(running, monkeypatch)

    asyncio.run(play())


def test_replies_live_while_no_page_is_answered(narrow, running, monkeypatch):
    """Whatever holds all threads of pages, such as a slow query."""

    async def play():
        end = threading.Event()
        holding = asyncio.ensure_future(threads.in_thread(end.wait, WITHIN))
        page = asyncio.ensure_future(asked("/accounts/login/"))
        try:
            await everything_goes_on(running, monkeypatch)
            assert not page.done()
        finally:
            end.set()
        assert await holding
        assert (await page)[0] == 200

    asyncio.run(play())


# ---- mail -----------------------------------------------------------------------------------------------
def test_a_silent_mail_server_stops_nobody(narrow, settings, unsent):
    """Nine forgotten passwords, of nobody who is signed in: all are answered, and so is who comes meanwhile."""
    begun, end = threading.Semaphore(0), threading.Event()

    def keep(file) -> None:
        begun.release()
        assert end.wait(WITHIN)

    def forgotten(n: int):
        return asked("/accounts/password/reset/", {"email": f"forgotten{n}@example.org"}, f"{n}" * 32)

    async def play():
        assert [status for status, _ in await asyncio.gather(*map(forgotten, range(9)))] == [302] * 9
        jobs = [asyncio.ensure_future(delivery.deliver()) for _ in range(4)]
        assert await asyncio.to_thread(begun.acquire, timeout=WITHIN)
        assert (await forgotten(0))[0] == 302
        assert (await asked("/accounts/login/"))[0] == 200
        assert await asked("/healthz") == (200, "ok")
        end.set()
        await asyncio.gather(*jobs)
        assert "Mails cannot be sent from here" in (await asked("/accounts/mail/"))[1]

    with smtp.running(settings, smtp.Server(does={"greeting": keep}), limit=WITHIN):
        asyncio.run(play())


# ---- what is told ---------------------------------------------------------------------------------------
def test_a_second_file_of_the_same_person_is_refused_at_once(alice, bob, sign_in):
    def upload(person):
        file = SimpleUploadedFile("a.pdf", corpus.pdf("x"))
        return sign_in(person, **{"HX-Request": "true"}).post("/app/files/", {"upload": file})

    with held(READING, str(alice.pk)):
        refused, taken = upload(alice), upload(bob)
    assert (refused.status_code, refused.content.decode()) == (429, YOURS)
    assert taken.status_code == 201


def test_a_message_without_a_slot_for_its_file_is_kept(alice, chat, sign_in):
    """As without a script, where text and file come in one form."""
    sent = {"text": "What is in it?", "upload": SimpleUploadedFile("a.pdf", corpus.pdf("x"))}
    with held(READING, str(alice.pk)):
        response = sign_in(alice).post(f"/app/chats/{chat.pk}/messages/", sent)
    assert response.status_code == 422
    assert "What is in it?" in response.content.decode()
    assert YOURS in response.content.decode()


def test_a_sign_in_without_a_slot_keeps_the_address(alice, client):
    with full(HASHING):
        response = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
        page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert alice.email in page
    assert FULL in page
    assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("signup", {"name": "New", "email": "new@example.org", "password1": "long enough for all"}),
        ("change_password", {"oldpassword": PASSWORD, "password1": "long enough for all"}),
        ("reauthenticate", {"password": PASSWORD}),
    ],
)
def test_other_passwords_without_a_slot_say_so(name, form, alice, client, sign_in):
    Instance.objects.update_or_create(defaults={"sign_up": "open"})
    client = client if name == "signup" else sign_in(alice)
    with full(HASHING):
        response = client.post(reverse(f"account_{name}"), form)
    assert response.status_code == 503
    page = response.content.decode()
    assert FULL in page
    assert PASSWORD not in page
    if name == "signup":
        assert "new@example.org" in page
        assert not User.objects.filter(email="new@example.org").exists()


def test_a_tool_without_a_slot_is_tried_again_with_what_was_typed(alice, sign_in):
    form = {"tool": "calculate", "arg_0": "6*7"}
    with full(TOOLS):
        page = sign_in(alice).post("/app/tools/calculator/", form)
        notice = sign_in(alice, **{"HX-Request": "true"}).post("/app/tools/calculator/", form)
    assert page.status_code == notice.status_code == 503
    assert '<input type="hidden" name="arg_0" value="6*7">' in page.content.decode()
    assert json.loads(notice["HX-Trigger"])["toast"]["text"] == FULL


def test_a_password_is_not_written_into_a_page(alice, sign_in):
    """Of an admin who sets it for somebody, on a page that is none of ours."""
    User.objects.filter(pk=alice.pk).update(role="admin")
    given = {"password1": "long enough for all", "password2": "long enough for all", "usable_password": "true"}
    with full(HASHING):
        page = sign_in(alice).post(f"/admin/teams/user/{alice.pk}/password/", given)
    assert page.status_code == 503
    assert "long enough" not in page.content.decode()


def test_a_page_without_a_slot_can_be_asked_for_again(alice, chat, sign_in):
    path = f"/app/chats/{chat.pk}/told/"
    with full(COUNTING):
        page, notice = sign_in(alice).get(path), sign_in(alice, **{"HX-Request": "true"}).get(path)
    assert page.status_code == notice.status_code == 503
    assert '<a class="button button-primary" href="">' in page.content.decode()
    assert json.loads(notice["HX-Trigger"])["toast"]["text"] == FULL


def test_a_server_that_counts_for_too_long_is_told(alice, chat, sign_in, monkeypatch):
    monkeypatch.setattr(preview, "WITHIN", 0.0)
    page = sign_in(alice).get(f"/app/chats/{chat.pk}/told/")
    assert page.status_code == 200
    assert Failure("timed_out").sentence in page.content.decode()
