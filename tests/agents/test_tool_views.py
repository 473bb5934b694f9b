"""The pages of tools: what is listed, and what trying one gives."""

import pytest

from agents.models import ToolKey
from teams import limits
from teams.models import UserRole

pytestmark = pytest.mark.django_db
LIST, KEYS = "/app/tools/", "/app/tools/keys/"


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


def html(response) -> str:
    return response.content.decode()


def _try(page, toolkit: str, tool: str, *values: str):
    fields = {f"arg_{n}": value for n, value in enumerate(values)}
    return page.post(f"{LIST}{toolkit}/", {"tool": tool, **fields})


# ---- what there is --------------------------------------------------------------------------------------
def test_the_list_leads_to_each_toolkit(page):
    shown = html(page.get(LIST))
    for toolkit in ("calculator", "clock", "code", "web", "web_search", "chart", "table", "past", "data"):
        assert f'href="{LIST}{toolkit}/"' in shown
        assert page.get(f"{LIST}{toolkit}/").status_code == 200


def test_what_is_no_toolkit_is_not_there(page):
    assert page.get(f"{LIST}nothing/").status_code == 404
    assert _try(page, "calculator", "run_python", "1").status_code == 404


def test_web_search_without_a_service_says_how_to_get_one(page):
    shown = html(page.get(f"{LIST}web_search/"))
    assert "needs a service" in shown
    assert f'href="{KEYS}"' in shown


# ---- tried ----------------------------------------------------------------------------------------------
def test_a_tool_is_tried(page):
    answer = _try(page, "calculator", "calculate", "6 * 7")
    assert ">\n42 (exact)</pre>" in html(answer)


def test_a_form_that_is_wrong_says_where(page):
    answer = _try(page, "calculator", "calculate", "")
    assert answer.status_code == 422
    assert "field-error" in html(answer)


def test_what_does_not_fit_the_schema_is_told(page):
    answer = _try(page, "calculator", "calculate", "1" * 3000)
    assert "do not fit the tool" in html(answer)


def test_a_chart_is_drawn(page):
    answer = _try(page, "chart", "make_chart", "0", "Title", '["a", "b"]', '[{"name": "s", "values": [1, -2]}]')
    assert "<svg" in html(answer)
    assert "Title" in html(answer)


def test_what_a_tool_gives_is_text(page):
    answer = _try(page, "code", "run_python", "print('<script>alert(1)</script>')")
    assert "&lt;script&gt;alert(1)" in html(answer)
    assert "<script>alert" not in html(answer)


def test_trying_is_counted(page, monkeypatch):
    monkeypatch.setitem(limits.RATES, "tool", {"person": limits.parse("1/minute")})
    assert _try(page, "calculator", "calculate", "1").status_code == 200
    assert _try(page, "calculator", "calculate", "1").status_code == 429


# ---- search services ------------------------------------------------------------------------------------
BRAVE = {"service": "brave", "secret": "BSA-0123456789-wxyz"}


def test_a_service_is_connected_and_its_key_never_shown(page, alice):
    shown = html(page.post(KEYS, BRAVE, follow=True))
    assert "…wxyz" in shown
    assert BRAVE["secret"] not in shown
    assert ToolKey.objects.get().user == alice
    assert "search_web" in html(page.get(f"{LIST}web_search/"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"secret": ""}, "needs a key"),
        ({"secret": "with space"}, "no spaces"),
        ({"service": "searxng"}, "address of its own"),
        ({"service": "searxng", "base_url": "http://127.0.0.1:1"}, "EGRESS_ALLOW"),
        ({"base_url": "https://127.0.0.1/"}, "EGRESS_ALLOW"),
    ],
)
def test_what_cannot_be_connected_is_told(page, changes, told):
    answer = page.post(KEYS, BRAVE | changes)
    assert answer.status_code == 422
    assert told in html(answer)
    assert not ToolKey.objects.exists()


def test_a_service_is_disconnected(page):
    page.post(KEYS, BRAVE)
    page.post(f"{KEYS}{ToolKey.objects.get().pk}/delete/")
    assert not ToolKey.objects.exists()


def test_a_teams_services_are_its_admins(sign_in, alice, bob, team):
    keys = f"/team/{team.slug}/tools/keys/"
    assert sign_in(bob).post(keys, BRAVE).status_code == 404
    sign_in(alice).post(keys, BRAVE)
    shown = html(sign_in(bob).get(keys))
    assert "…wxyz" in shown
    assert "Disconnect" not in shown
    assert sign_in(bob).post(f"{keys}{ToolKey.objects.get().pk}/delete/").status_code == 404


def test_the_instances_services_are_everybodys(page, sign_in, carol):
    assert page.post("/instance/tools/keys/", BRAVE).status_code == 404
    carol.role = UserRole.ADMIN
    carol.save()
    sign_in(carol).post("/instance/tools/keys/", BRAVE)
    assert (ToolKey.objects.get().user, ToolKey.objects.get().team) == (None, None)
    assert "search_web" in html(page.get(f"{LIST}web_search/"))
