"""Agents as files: nothing secret goes out, nothing unexpected comes in."""

import json

import pytest

from agents.definitions import agents, portable
from agents.models import Agent
from sambung.lib.schema import Unreadable
from teams.workspace import Workspace
from tests import factories

FILE = {"format": "sambung.agent", "version": 1, "name": "Editor"}


def read(**fields) -> dict:
    return portable.read(json.dumps(FILE | fields))


def refused(**fields) -> str:
    """Why a file with these fields is no agent."""
    with pytest.raises(Unreadable) as raised:
        read(**fields)
    return str(raised.value)


@pytest.mark.django_db
def test_what_goes_out_comes_in_again_without_keys(alice, carol):
    key = factories.api_key(alice)
    named = {"api_key": str(key.pk), "provider": "openai", "model": "gpt-5-mini"}
    chosen = named | {"settings": {"temperature": 0.5, "max_tokens": 100, "reasoning": "low"}, "fallbacks": [named]}
    content = {"name": "Editor", "instructions": "You\nedit.", "icon_id": "scale", "starters": ["Hi"]}
    agent = factories.agent(alice, chat_model=chosen, allowed_mcp_servers={"a": {"disableAll": True}}, **content)
    text = json.dumps(portable.written(agent))
    assert "api_key" not in text
    assert str(key.pk) not in text
    made = agents.create(by=carol, workspace=Workspace(carol), content=portable.read(text))
    unkeyed = named | {"api_key": None}
    assert made.content == agent.content | {"chat_model": chosen | unkeyed | {"fallbacks": [unkeyed]}}
    assert (made.visibility, made.user) == ("private", carol)


def test_a_file_with_all_empty(alice):
    written = portable.written(Agent(name="Editor"))
    assert portable.read(json.dumps(written)) == Agent(name="Editor").content


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"secret": 1}, "$.secret is not known here."),
        ({"visibility": "public"}, "$.visibility is not known here."),
        ({"is_active": True}, "$.is_active is not known here."),
        (
            {"chat_model": {"provider": "openai", "model": "m", "api_key": None}},
            "$.chat_model.api_key is not known here.",
        ),
        ({"chat_model": {"provider": "openai"}}, "$.chat_model.model is missing."),
        (
            {
                "chat_model": {
                    "provider": "openai",
                    "model": "m",
                    "fallbacks": [{"provider": "x", "model": "m", "base_url": ""}],
                }
            },
            "$.chat_model.fallbacks[0].base_url is not known here.",
        ),
        ({"chat_model": {"provider": "openai", "model": "m", "settings": {"temperature": 1e999}}}, "not JSON"),
        ({"chat_model": {"provider": "openai", "model": "m", "settings": {"temperature": 3}}}, "2 at most"),
        ({"chat_model": {"provider": "openai", "model": "m", "settings": {"top_p": 1}}}, "settings.top_p is not known"),
        ({"name": " "}, "$.name does not hold"),
        ({"name": "a\nb"}, "$.name does not hold"),
        ({"name": "a" * 101}, "$.name is too large: 100 at most."),
        ({"name": ["a"]}, "$.name does not hold"),
        ({"description": "a" * 501}, "500 at most"),
        ({"instructions": "a\x00b"}, "$.instructions does not hold"),
        ({"instructions": "\ud800"}, "not JSON"),
        ({"starters": ["a"] * 7}, "$.starters is too large: 6 at most."),
        ({"starters": ["a\nb"]}, "$.starters[0] does not hold"),
        ({"starters": "a"}, "$.starters does not hold"),
        ({"allowed_mcp_servers": {"a": {"command": "sh"}}}, "is not known here"),
        ({"allowed_mcp_servers": {"\x00": {}}}, "does not hold"),
        ({"allowed_app_default_toolkit": [1]}, "does not hold"),
        ({"version": 2}, "$.version does not hold"),
        ({"version": True}, "$.version does not hold"),
        ({"format": "other"}, "$.format does not hold"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_not_known_is_refused_with_its_place(fields, sentence):
    assert sentence in refused(**fields)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '"sambung.agent"',
        "[" * 500_000,
        '{"a":' * 100_000,
        "1" * 5000,
        '{"format": NaN}',
        b"\xff\xfe\xff",
        b"\x80",
    ],
    ids=lambda text: str(text)[:12],
)
def test_what_is_no_agent_is_refused(text):
    with pytest.raises(Unreadable):
        portable.read(text)


def test_deep_values_are_refused():
    for depth in (50, 900, 20_000):
        deep = "[" * depth + "]" * depth
        with pytest.raises(Unreadable):
            portable.read(f'{{"format": "sambung.agent", "version": 1, "name": {deep}}}')


def test_a_sentence_stays_short():
    assert len(refused(**{"x" * 100_000: 1})) < 200


def test_a_whole_number_written_as_a_fraction_is_a_whole_number():
    chosen = {"provider": "openai", "model": "m", "settings": {"max_tokens": 5.0}}
    found = read(chat_model=chosen)["chat_model"]["settings"]["max_tokens"]
    assert (found, type(found)) == (5, int)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Kopi & Teh!", "kopi-teh.agent.json"),
        ("../../etc/passwd", "etcpasswd.agent.json"),
        ("日本", "agent.agent.json"),
        ('"\r\nX-Evil: 1', "x-evil-1.agent.json"),
        ("a" * 100, f"{'a' * 60}.agent.json"),
    ],
)
def test_file_names_are_plain(name, file):
    assert portable.file_name(Agent(name=name)) == file
