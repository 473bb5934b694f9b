"""Pages and requests: what is read, where requests may go, and what they take along."""

import io

import pytest
from PIL import Image

from agents import tools
from agents.toolkits import fetching
from agents.toolkits.web import toolkit
from agents.tools import Asks, Failure
from sambung.lib import egress
from teams.models import Instance, WebAccess
from teams.workspace import Workspace
from tests.agents.toolkits.places import Answer, serving

PAGE = b"""<html><head><title>Kopi - The site</title></head><body><nav>Menu</nav><article><h1>Kopi</h1>
<p>Coffee grows in the highlands of Gayo, and it has done so for more than a hundred years by now.</p>
<p>More stands in <a href="/more">the second part</a>, which tells of the roasting and of the people.</p>
</article><script>alert(1)</script></body></html>"""


@pytest.fixture
def place(monkeypatch):
    """The first place, which this test's server may reach."""
    with serving() as found:
        monkeypatch.setattr(fetching, "policy", egress.trusted("127.0.0.1", found.server_port))
        yield found


@pytest.fixture
def elsewhere(place, monkeypatch):
    """A second one, which may be reached too."""
    with serving() as found:
        named = frozenset({("127.0.0.1", place.server_port), ("127.0.0.1", found.server_port)})
        monkeypatch.setattr(fetching, "policy", egress.Policy(named))
        yield found


@pytest.fixture(autouse=True)
def rules(monkeypatch):
    """What admins allow, without a database."""
    allowed = [WebAccess.ANY, []]
    monkeypatch.setattr(fetching, "_rules", lambda: tuple(allowed))
    return allowed


def _to(url: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": url})


# ---- pages ----------------------------------------------------------------------------------------------
async def test_a_page_is_read_as_text_with_its_title_and_links(run, place):
    place.answers["/"] = Answer(PAGE)
    text = (await run(toolkit, "read_page", url=place.url)).content
    assert text.startswith(f"# Kopi\n{place.url}\n\n")
    assert "highlands of Gayo" in text
    assert f"({place.url}/more)" in text
    assert "alert" not in text


async def test_text_is_read_as_it_is_and_cut(run, place):
    place.answers["/t"] = Answer(b"x" * 100_000, headers={"Content-Type": "text/plain"})
    text = (await run(toolkit, "read_page", url=f"{place.url}/t")).content
    assert text.endswith("[… 40000 characters more]")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(b"gone", 404), "answered 404"),
        (Answer(b"\x00", headers={"Content-Type": "application/zip"}), "no page that can be read (application/zip)"),
        (Answer(b"<html></html>"), "no text"),
    ],
)
async def test_what_is_no_page_is_told(run, place, answer, told):
    place.answers["/"] = answer
    result = await run(toolkit, "read_page", url=place.url)
    assert result.is_error
    assert told in result.content


# ---- where requests may go ------------------------------------------------------------------------------
INSIDE = [
    *("http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::1]:{}/", "http://127.1:{}/", "http://0x7f000001:{}/"),
    *("http://2130706433:{}/", "http://0:{}/", "http://[::ffff:127.0.0.1]:{}/", "http://[64:ff9b::7f00:1]:{}/"),
    *("http://169.254.169.254/", "http://user:pw@127.0.0.1:{}/", "http://0177.0.0.1:{}/", "http://localhost.:{}/"),
]
NO_ADDRESS = [
    "file:///etc/passwd",
    "gopher://127.0.0.1:{}/",
    "ftp://127.0.0.1/",
    "//127.0.0.1:{}/",
    "x",
    "http://",
    "http:///x",
]


@pytest.mark.parametrize("url", INSIDE + NO_ADDRESS)
@pytest.mark.parametrize("name", ["read_page", "http_request"])
async def test_nothing_inside_is_reached(run, place, monkeypatch, url, name):
    monkeypatch.setattr(fetching, "policy", egress.PUBLIC)
    result = await run(toolkit, name, url=url.format(place.server_port))
    assert result.is_error
    assert not place.asked


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_leads_nowhere_inside(run, place, status):
    with serving() as inside:
        place.answers["/"] = _to(inside.url, status)
        result = await run(toolkit, "http_request", url=place.url)
        assert "does not connect" in result.content
        assert not inside.asked


async def test_redirects_are_followed_five_times(run, place):
    for n in range(7):
        place.answers[f"/{n}"] = _to(f"/{n + 1}")
    place.answers["/7"] = Answer(PAGE)
    assert "Gayo" in (await run(toolkit, "read_page", url=f"{place.url}/2")).content
    result = await run(toolkit, "read_page", url=f"{place.url}/1")
    assert "without end" in result.content


async def test_a_redirect_to_nowhere_is_told(run, place):
    place.answers["/"] = Answer(status=302)
    assert (await run(toolkit, "read_page", url=place.url)).is_error


@pytest.mark.parametrize(
    ("access", "hosts", "host", "is_allowed"),
    [
        ("any", [], "example.org", True),
        ("off", ["example.org"], "example.org", False),
        ("listed", [], "example.org", False),
        ("listed", ["example.org"], "example.org", True),
        ("listed", ["example.org"], "EXAMPLE.org.", True),
        ("listed", ["example.org"], "www.example.org", False),
        ("listed", ["*.example.org"], "www.example.org", True),
        ("listed", ["*.example.org"], "example.org", False),
        ("listed", ["*.example.org"], "badexample.org", False),
        ("listed", ["example.org"], "example.org.evil.test", False),
    ],
)
def test_admins_say_which_hosts(access, hosts, host, is_allowed):
    url = fetching._address(f"https://{host}/path")
    if is_allowed:
        fetching._allow(url, access, hosts)
    else:
        with pytest.raises(tools.Failed):
            fetching._allow(url, access, hosts)


async def test_a_redirect_is_held_to_the_same_hosts(run, place, elsewhere, rules):
    rules[:] = [WebAccess.LISTED, ["127.0.0.1"]]
    place.answers["/"] = _to(elsewhere.url.replace("127.0.0.1", "localhost"))
    assert "from localhost" in (await run(toolkit, "read_page", url=place.url)).content


@pytest.mark.django_db
def test_where_nothing_may_be_fetched_there_is_no_tool():
    Instance.objects.update_or_create(is_only=True, defaults={"web_access": WebAccess.OFF})
    source = toolkit.source(Workspace(None))
    assert not source.tools
    assert source.problem == Failure("web_off")


# ---- what requests take along ---------------------------------------------------------------------------
async def test_a_request_is_sent_and_its_json_read(run, place):
    place.answers["/api"] = Answer(b'{"id": 7}', 201, {"Content-Type": "application/json"})
    args = {"method": "POST", "headers": {"Authorization": "Bearer s3", "X-A": "b"}, "body": '{"a": 1}'}
    result = await run(toolkit, "http_request", url=f"{place.url}/api", **args)
    assert (result.content["status"], result.content["body"]) == (201, {"id": 7})
    asked = place.asked[0]
    assert (asked.method, asked.body, asked.headers["authorization"]) == ("POST", b'{"a": 1}', "Bearer s3")
    assert "cookie" not in asked.headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "b\r\nX-Evil: 1"),
        ("X-A", "b\nX-Evil: 1"),
        ("X-A\r\nX-Evil", "1"),
        ("X A", "1"),
        ("X-A", "b\x00"),
        ("X-A", "bé\u2028"),
        ("Host", "inside"),
        ("Cookie", "a=b"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
    ],
)
async def test_headers_that_are_none_are_refused(run, place, name, value):
    result = await run(toolkit, "http_request", url=place.url, headers={name: value})
    assert "cannot be sent" in result.content
    assert not place.asked


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/a\r\nX-Evil: 1", "http://127.0.0.1:{}/ HTTP/1.1\r\nX-Evil: 1\r\n"]
)
async def test_an_address_brings_no_header(run, place, url):
    await run(toolkit, "http_request", url=url.format(place.server_port))
    assert all("x-evil" not in asked.headers for asked in place.asked)


@pytest.mark.parametrize("status", [302, 307])
async def test_credentials_and_body_stay_with_the_first_place(run, place, elsewhere, status):
    place.answers["/"] = _to(elsewhere.url, status)
    elsewhere.answers["/"] = Answer(b"ok")
    args = {"method": "POST", "headers": {"Authorization": "Bearer s3", "X-Api-Key": "s4"}, "body": "secret"}
    await run(toolkit, "http_request", url=place.url, **args)
    (asked,) = elsewhere.asked
    assert (asked.method, asked.body) == ("GET", b"")
    assert not {"authorization", "x-api-key"} & set(asked.headers)


async def test_the_same_place_gets_them_again(run, place):
    place.answers["/"] = _to("/b", 307)
    place.answers["/b"] = Answer(b"ok")
    await run(toolkit, "http_request", url=place.url, method="PUT", headers={"Authorization": "Bearer s3"}, body="x")
    asked = place.asked[1]
    assert (asked.method, asked.body, asked.headers["authorization"]) == ("PUT", b"x", "Bearer s3")


async def test_an_answer_is_bounded(run, place, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_BYTES", 200_000)
    place.answers["/"] = Answer(b"x" * 5_000_000, headers={"Content-Type": "text/plain"})
    result = await run(toolkit, "http_request", url=place.url)
    assert len(result.content["body"]) < 31_000


async def test_an_image_is_shown(run, place):
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    place.answers["/"] = Answer(file.getvalue(), headers={"Content-Type": "image/png"})
    result = await run(toolkit, "http_request", url=place.url)
    assert result.show.images == (("image/png", file.getvalue()),)


def test_requests_ask_always_and_pages_for_what_nobody_named():
    assert toolkit.members["http_request"].asks == Asks.ALWAYS
    assert toolkit.members["read_page"].asks == Asks.ELSEWHERE
