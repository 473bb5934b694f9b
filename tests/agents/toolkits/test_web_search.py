"""Web search: the services' own formats, and what goes wrong with them."""

import json

import pytest

from agents import tool_keys
from agents.toolkits import web_search
from sambung.lib import egress
from tests.agents.toolkits.places import Answer, serving

ROW = {"title": "A &amp; <b>B</b>", "url": "https://a.example/1"}
FOUND = {"title": "A & B", "url": "https://a.example/1", "text": "An excerpt"}
ANSWERS = {
    "searxng": ("/search", {"query": "kopi", "results": [ROW | {"content": "An excerpt", "engine": "x"}]}),
    "brave": (
        "/res/v1/web/search",
        {"type": "search", "web": {"results": [ROW | {"description": "An <strong>excerpt</strong>"}]}},
    ),
    "exa": ("/search", {"requestId": "1", "results": [ROW | {"id": "1", "text": "An excerpt"}]}),
    "tavily": ("/search", {"query": "kopi", "results": [ROW | {"content": "An excerpt", "score": 0.9}]}),
}


@pytest.fixture
def place(monkeypatch):
    """The service, at a place of this test's."""
    with serving() as found:
        yield found


@pytest.fixture
def search(run, place, monkeypatch):
    """Search by a service that lies there."""

    async def asked(service: str, **args):
        policy = egress.trusted("127.0.0.1", place.server_port)
        access = tool_keys.Access(service, place.url, "the-key", policy)
        monkeypatch.setattr(tool_keys, "chosen", lambda workspace: access)
        return await run(web_search.toolkit, "search_web", query="kopi gayo", **args)

    return asked


@pytest.mark.parametrize("service", ANSWERS)
async def test_each_service_is_asked_and_read_in_its_own_way(search, place, service):
    path, body = ANSWERS[service]
    place.answers[path] = Answer(json.dumps(body).encode())
    result = await search(service, count=3)
    assert result.content["results"] == [FOUND]
    (asked,) = place.asked
    told = {
        "searxng": ("GET", "/search?q=kopi+gayo&format=json", None, None),
        "brave": ("GET", "/res/v1/web/search?q=kopi+gayo&count=3", "x-subscription-token", "the-key"),
        "exa": ("POST", "/search", "x-api-key", "the-key"),
        "tavily": ("POST", "/search", "authorization", "Bearer the-key"),
    }
    method, address, header, value = told[service]
    assert (asked.method, asked.path) == (method, address)
    assert header is None or asked.headers[header] == value
    sent = json.loads(asked.body or "{}")
    assert sent.get("query") == (None if method == "GET" else "kopi gayo")
    assert sent.get("numResults" if service == "exa" else "max_results") == (None if method == "GET" else 3)


@pytest.mark.parametrize(
    ("service", "answer", "told"),
    [
        ("brave", Answer(b"{}", 401), "Brave did not accept the key"),
        ("tavily", Answer(b"{}", 429), "Tavily is asked too often"),
        ("tavily", Answer(b"{}", 432), "Tavily is asked too often"),
        ("searxng", Answer(b"Forbidden", 403), "gives no JSON"),
        ("exa", Answer(b"<html>", 200), "Exa gave no answer"),
        ("exa", Answer(b"[]", 200), "Exa gave no answer"),
        ("exa", Answer(b"{}", 500), "Exa gave no answer"),
        ("searxng", Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}), "SearXNG gave no answer"),
    ],
)
async def test_what_goes_wrong_is_told(search, place, service, answer, told):
    place.answers[ANSWERS[service][0]] = answer
    result = await search(service)
    assert result.is_error
    assert told in result.content
    assert "the-key" not in result.content


@pytest.mark.parametrize("body", [{}, {"results": None}, {"results": [1, {"title": "no address"}]}, {"web": []}])
@pytest.mark.parametrize("service", ANSWERS)
async def test_an_answer_of_another_form_finds_nothing(search, place, service, body):
    place.answers[ANSWERS[service][0]] = Answer(json.dumps(body).encode())
    assert (await search(service)).content["results"] == []


async def test_without_a_service_the_tool_says_so(run, monkeypatch):
    monkeypatch.setattr(tool_keys, "chosen", lambda workspace: None)
    result = await run(web_search.toolkit, "search_web", query="kopi")
    assert "needs a service" in result.content
