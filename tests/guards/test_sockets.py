"""Every socket event × role × foreign topics, over the real wire: refusals are frames, and the socket lives on."""

import ast
import asyncio
import json
import uuid
from collections import Counter

import aiohttp
import pytest

from tests.guards.imports import PROJECT
from tests.guards.world import ROLES
from tests.live import Live, Tab

pytestmark = pytest.mark.timeout(120)

#: Each event type of the consumer: a well-formed example about `topic`, and what holders and strangers hear.
EVENTS = {
    "join": (lambda topic: {"type": "join", "topic": topic, "after": {}}, "standing", "error"),
    "leave": (lambda topic: {"type": "leave", "topic": topic}, None, None),  # silent, whether one followed it or not
    "ping": (lambda topic: {"type": "ping"}, "pong", "pong"),
}
ID = str(uuid.uuid4())
MALFORMED = [
    "null",
    "[]",
    "1",
    '"text"',
    "{}",
    "",
    "{",
    '{"type": []}',
    '{"type": null}',
    '{"type": {}}',
    '{"type": "delete"}',
    '{"type": "join"}',
    '{"type": "join", "topic": 1, "after": {}}',
    '{"type": "join", "topic": "chat:x", "after": []}',
    f'{{"type": "join", "topic": "chat:{ID}", "after": {{"x": 1}}}}',
    f'{{"type": "join", "topic": "chat:{ID}", "after": {{"{ID}": "one"}}}}',
    f'{{"type": "join", "topic": "chat:{ID}", "after": {{"{ID}": null}}}}',
    f'{{"type": "join", "topic": "chat:{ID}", "after": {{"{ID}": 1e999}}}}',
    f'{{"type": "join", "topic": "chat:{ID}", "after": {{"{ID}": {"9" * 5000}}}}}',
    '{"type": "join", "topic": "chat:\\u0000", "after": {}}',
    '{"type": "join", "topic": "\\ud800", "after": {}}',
    '{"type": "leave"}',
    "[" * 5000,
    '{"type":' * 5000,
    b"\x00\x01",
    b'{"type": "ping"}',
    "x" * 30_000,
]
TOPICS = [
    "",
    ":",
    "chat",
    "chat:",
    "chat:x",
    "chat:*",
    "run:1",
    f"workflow:{ID}",
    f"chat:{ID}",
    "../chat:1",
    "x" * 5000,
]

_PEOPLE = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, UserFactory
from tests.guards import world

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in with a password

def sign_in(user):
    if user is None:
        return {"cookie": {}}
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"cookie": {settings.SESSION_COOKIE_NAME: session.session_key}, "id": str(user.pk)}

def sign_all_in(people):
    return {name: sign_in(user) for name, user in people.items()}

def make():
    people = {name: UserFactory(name=name) for name in ("alice", "bob", "carol")}
    team = TeamFactory()
    for name in ("alice", "bob"):
        TeamMemberFactory(team=team, user=people[name])
    own, shared = (ChatFactory(user=people["alice"], team=group) for group in (None, team))
    return {"people": sign_all_in(people), "own": str(own.pk), "shared": str(shared.pk)}

def make_world(is_team):
    made = world.make(is_team)
    return {"people": sign_all_in(made.people), "chat": str(made.ids["chat"]), "holders": sorted(made.holders)}

print(json.dumps({"cases": [make() for _ in range(5)], "worlds": [make_world(is_team) for is_team in (False, True)]}))
"""
probes = Counter()


@pytest.fixture(scope="module")
def made(live) -> dict:
    """Everybody, made at once."""
    yield json.loads(live.manage(_PEOPLE).splitlines()[-1])
    print(f"\n{sum(probes.values())} probes: {dict(probes)}")


@pytest.fixture(scope="module")
def cases(made) -> list[dict]:
    """Each: Alice with a chat of her own and one in the team where Bob is; Carol is a stranger."""
    return made["cases"]


@pytest.fixture
def case(cases) -> dict:
    """People who stay as they are."""
    return cases[0]


def _tab(live: Live, case: dict, name: str) -> Tab:
    return Tab(live, case["people"][name]["cookie"])


async def _next(socket) -> dict:
    return await socket.receive_json(timeout=20)


async def _ping(socket) -> None:
    await socket.send_json({"type": "ping"})
    assert await _next(socket) == {"v": 2, "kind": "pong"}


async def _settled(socket) -> None:
    """Ping, and pass over what the topic itself has to tell."""
    await socket.send_json({"type": "ping"})
    while (await _next(socket))["kind"] != "pong":
        pass


async def _closed(socket) -> int:
    """Wait until the server closes the socket; return its code."""
    while (message := await socket.receive(timeout=20)).type is aiohttp.WSMsgType.TEXT:
        pass
    assert message.type is aiohttp.WSMsgType.CLOSE
    return message.data


async def _refused(live: Live, cookie: dict, origin: str | None) -> None:
    """Try to open a socket in vain."""
    headers = {"Origin": origin} if origin else {}
    async with aiohttp.ClientSession(cookies=cookie) as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{live.url}/ws/", headers=headers)
    assert refused.value.status == 403


def test_each_event_has_a_row():
    """The cases of the consumer's `match`, read from its source."""
    tree = ast.parse((PROJECT / "agents/runs/consumer.py").read_text(encoding="utf-8"))
    found = {
        pattern.value.value
        for case in ast.walk(tree)
        if isinstance(case, ast.match_case) and isinstance(case.pattern, ast.MatchMapping)
        for key, pattern in zip(case.pattern.keys, case.pattern.patterns, strict=True)
        if key.value == "type"
    }
    assert found == set(EVENTS)


@pytest.mark.parametrize(
    "origin", [None, "https://evil.test", "http://127.0.0.1:1", "null", "http://127.0.0.1.evil.test"]
)
async def test_foreign_origin_is_refused(live, case, origin):
    await _refused(live, case["people"]["alice"]["cookie"], origin)


async def test_unknown_session_is_refused_before_accept(live):
    await _refused(live, {live.session_cookie: "x" * 32}, live.url)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_team", [False, True], ids=["personal", "team"])
async def test_each_event_of_each_role(live, made, role, is_team):
    """Whoever holds the topic hears it, everybody else a refusal, and nobody's socket ends."""
    world = made["worlds"][is_team]
    if role == "anonymous":
        probes["refused"] += 1
        await _refused(live, world["people"][role]["cookie"], live.url)
        return
    wrong = {}
    async with _tab(live, world, role) as tab, tab.http.ws_connect("/ws/") as socket:
        for event, (make, *answers) in EVENTS.items():
            await socket.send_json(make(f"chat:{world['chat']}"))
            wanted, heard = answers[role not in world["holders"]], None
            if wanted:
                heard = (await _next(socket))["kind"]
            probes[event] += 1
            if heard != wanted:
                wrong[event] = heard
            await _settled(socket)
    assert wrong == {}


async def test_foreign_and_absent_topics_sound_alike(live, case):
    async with _tab(live, case, "carol") as tab, tab.http.ws_connect("/ws/") as socket:
        heard = []
        for topic in [f"chat:{case['own']}", *TOPICS]:
            await socket.send_json({"type": "join", "topic": topic, "after": {}})
            heard.append(await _next(socket))
        assert all(frame == heard[0] and frame["kind"] == "error" for frame in heard)
        await _ping(socket)


async def test_malformed_event_is_an_error_and_the_socket_lives(live, case):
    async with _tab(live, case, "alice") as tab, tab.http.ws_connect("/ws/") as other:
        for first in range(0, len(MALFORMED), 15):  # below the limit of events at once
            async with tab.http.ws_connect("/ws/") as socket:
                for payload in MALFORMED[first : first + 15]:
                    await (socket.send_bytes if isinstance(payload, bytes) else socket.send_str)(payload)
                    assert (await _next(socket))["kind"] == "error", payload[:80]
                    await _ping(socket)
        await _ping(other)


async def test_huge_event_closes_that_socket_alone(live, case):
    async with _tab(live, case, "alice") as tab, tab.http.ws_connect("/ws/") as other:
        async with tab.http.ws_connect("/ws/") as socket:
            await socket.send_str("x" * 70_000)  # above the bound, and sent whole before the server closes
            assert await _closed(socket) == 1009
        await _ping(other)


async def test_too_many_events_are_refused(live, case):
    async with _tab(live, case, "alice") as tab, tab.http.ws_connect("/ws/") as socket:
        for _ in range(200):
            await socket.send_json({"type": "ping"})
        kinds = [(await _next(socket))["kind"] for _ in range(200)]
        assert kinds.count("error") > 50
        assert kinds[:20] == ["pong"] * 20


async def test_stranger_hears_nothing_while_a_reply_streams(live, case):
    async with (
        _tab(live, case, "alice") as alice,
        _tab(live, case, "carol") as carol,
        carol.http.ws_connect("/ws/") as strange,
    ):
        chat = await alice.begin("Hello", "fake-plain-n20")
        await strange.send_json({"type": "join", "topic": f"chat:{chat}", "after": {}})
        assert (await _next(strange))["kind"] == "error"
        async with alice.follow(chat, {}) as receive:
            await alice.post(f"/app/chats/{chat}/messages/", text="Again")
            while (await receive())["kind"] != "end":
                pass
        await _ping(strange)  # the next thing that Carol hears


async def _who(socket) -> list[str]:
    """The next that the socket hears of who is here."""
    while (frame := await _next(socket))["kind"] != "here":
        pass
    return sorted(person["name"] for person in frame["people"])


async def test_a_team_sees_who_has_the_chat_open(live, cases):
    case = cases.pop()
    topic = f"chat:{case['shared']}"
    async with _tab(live, case, "alice") as tab, _tab(live, case, "bob") as other:
        first, second = await _watched(tab, topic), await _watched(other, topic)
        assert await _who(first) == ["alice", "bob"]
        third = await _watched(other, topic)  # Bob's second tab changes nothing
        await second.close()
        await third.close()
        assert await _who(first) == ["alice"]


async def _watched(tab: Tab, topic: str):
    """A socket that follows a topic."""
    socket = await tab.http.ws_connect("/ws/")
    await socket.send_json({"type": "join", "topic": topic, "after": {}})
    await _settled(socket)
    return socket


async def _sign_out(live: Live, tab: Tab, person: str) -> None:
    status, _, _ = await tab.post("/accounts/logout/")
    assert status in {200, 204, 302}


async def _deactivate(live: Live, tab: Tab, person: str) -> None:
    live.sql("UPDATE users SET is_active = false WHERE id = %s", person)


async def _change_password(live: Live, tab: Tab, person: str) -> None:
    live.sql("UPDATE users SET password = 'changed' WHERE id = %s", person)


async def _leave_the_team(live: Live, tab: Tab, person: str) -> None:
    live.sql("DELETE FROM team_members WHERE user_id = %s", person)


async def test_whoever_loses_a_right_loses_the_socket_and_nobody_else(live, cases):
    """Each in a team of their own, where a colleague goes on; all at once, since each takes seconds."""

    async def lost(act) -> None:
        case = cases.pop()
        async with _tab(live, case, "alice") as tab, _tab(live, case, "bob") as other:
            socket, kept = [await _watched(each, f"chat:{case['shared']}") for each in (tab, other)]
            await act(live, tab, case["people"]["alice"]["id"])
            assert await _closed(socket) == 4401, act.__name__
            await _settled(kept)

    await asyncio.gather(*(lost(act) for act in (_sign_out, _deactivate, _change_password, _leave_the_team)))
