"""Which tools an agent may use: kept by its editor, told on its page, brought by its file."""

import json

import pytest

from agents.models import Agent, McpServer
from tests.agents.test_mcp_views import server, tool

pytestmark = pytest.mark.django_db

FORM = {"name": "Clerk", "icon_id": "default"}


@pytest.fixture
def weather(alice) -> McpServer:
    return server(user=alice, tool_cache=[tool(), tool("ask")])


@pytest.fixture
def agent(alice) -> Agent:
    return Agent.objects.create(user=alice, name="Clerk")


def save(client, agent: Agent, **data) -> Agent:
    client.force_login(agent.user)
    answer = client.post(f"/app/agents/{agent.pk}/edit/", FORM | data)
    assert answer.status_code == 302, answer.content.decode()
    agent.refresh_from_db()
    return agent


def kept(agent: Agent) -> tuple:
    return agent.allowed_app_default_toolkit, agent.allowed_mcp_servers


def test_an_agent_keeps_the_toolkits_servers_and_tools_that_are_chosen(client, agent, weather):
    chosen = ["toolkit:calculator", f"mcp:{weather.pk}:ask"]
    save(client, agent, tools_are="chosen", tools=chosen)
    assert kept(agent) == (["calculator"], {str(weather.pk): {"enabledToolNames": ["ask"]}})
    page = client.get(f"/app/agents/{agent.pk}/edit/").content.decode()
    assert (
        'value="toolkit:calculator" data-tools-whole checked' in page
        and 'value="toolkit:clock" data-tools-whole>' in page
    )
    assert "It may use: Calculator, weather" in client.get(f"/app/agents/{agent.pk}/").content.decode()
    save(client, agent, tools_are="chosen", tools=[f"mcp:{weather.pk}"])
    assert kept(agent) == ([], {str(weather.pk): {}})
    save(client, agent, tools_are="chosen")
    assert kept(agent) == ([], {}) and "uses no tools" in client.get(f"/app/agents/{agent.pk}/").content.decode()
    save(client, agent, tools_are="all")
    assert kept(agent) == (None, None)


def test_what_the_editor_does_not_show_stays(client, agent, weather):
    agent.allowed_app_default_toolkit, agent.allowed_mcp_servers = ["gone"], {"of-somebody": {}}
    agent.save()
    save(client, agent, tools_are="chosen", tools=["toolkit:clock"])
    assert kept(agent) == (["clock", "gone"], {"of-somebody": {}})
    save(client, agent)  # a form without tools
    assert kept(agent) == (["clock", "gone"], {"of-somebody": {}})


def test_a_file_brings_only_servers_that_are_here(client, alice, weather):
    file = {
        "format": "sambung.agent",
        "version": 1,
        "name": "New",
        "allowed_mcp_servers": {str(weather.pk): {}, "far": {}},
    }
    client.force_login(alice)
    answer = client.post("/app/agents/import/", {"text": json.dumps(file)}, follow=True)
    assert Agent.objects.get().allowed_mcp_servers == {str(weather.pk): {}}
    assert "1 MCP server is not here." in answer.content.decode()
