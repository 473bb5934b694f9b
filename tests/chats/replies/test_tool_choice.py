"""The tools of a chat: chosen, kept under a name, named by @."""

import json

import pytest

from agents.generation import context
from agents.models import Agent, ToolPreset
from agents.toolkits.limits import ToolkitLimits
from agents.tools import Away, Failure, Source, Tool, registry
from chats.actions import housekeeping
from chats.models import Chat, Message
from chats.replies import mentions, questions, tool_choice
from chats.replies.tool_choice import Chosen
from tests.chats.steps import PLAIN
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
AWAY = Failure("other", {"text": "It is away."})
SCHEMA = {"type": "object", "properties": {}}


class Shelf:
    """A kind whose sources a test says."""

    noun = ""
    limits = ToolkitLimits()

    def __init__(self, *found: Source):
        self.found = list(found)

    def sources(self, workspace):
        return self.found


def source(id: str, *names: str, **fields) -> Source:
    tools = tuple(Tool("toolkit", id, name, name.title(), f"Does {name}.", SCHEMA) for name in names)
    return Source("toolkit", id, id.title(), f"All of {id}.", "wrench", tools, **fields)


@pytest.fixture
def shelf(monkeypatch):
    """Two sources that work, and one that does not."""
    shelf = Shelf(source("sums", "add", "halve"), source("words", "spell"), source("far", problem=AWAY))
    monkeypatch.setattr(registry, "_kinds", {"toolkit": shelf})
    return shelf


@pytest.fixture
def chat(alice, shelf):
    return ChatFactory(user=alice)


def url(chat: Chat | None = None, more: str = "") -> str:
    return f"/app/tool-choice/{more}" + (f"?chat={chat.pk}" if chat else "")


def post(client, user, address: str, htmx: bool = True, **data):
    client.force_login(user)
    return client.post(address, data, headers=HTMX if htmx else {})


def settings(chat: Chat) -> dict:
    chat.refresh_from_db()
    return chat.settings


# ---- choosing -------------------------------------------------------------------------------------------
def test_a_source_stands_for_all_of_its_tools(client, alice, chat):
    answer = post(client, alice, url(chat), tool_choice="auto", tools=["toolkit:sums", "toolkit:words:spell"])
    assert answer.status_code == 204 and "who-answers" in json.loads(answer["HX-Trigger"])
    assert settings(chat) == {"tools": ["toolkit:sums", "toolkit:words:spell"]}
    bound = context.tools_of(chat.settings, None, tool_choice.Workspace(alice))
    assert list(bound.tools) == ["add", "halve", "spell"]


def test_all_sources_are_whatever_there_will_be(client, alice, chat, shelf):
    chosen = ["toolkit:sums", "toolkit:words", "toolkit:far"]
    post(client, alice, url(chat), tool_choice="manual", tools=chosen)
    assert settings(chat) == {"tool_choice": "manual"}


def test_tools_of_a_source_that_is_away_stay_chosen(client, alice, chat):
    chat.settings = {"tools": ["toolkit:far:fly", "toolkit:sums"]}
    chat.save()
    post(client, alice, url(chat), tool_choice="auto", tools=["toolkit:words"])
    assert settings(chat)["tools"] == ["toolkit:words", "toolkit:far:fly"]


@pytest.mark.parametrize(
    "given", [{"tool_choice": "auto"}, {"tool_choice": "always"}, {"tool_choice": "auto", "tools": ["x"]}]
)
def test_what_cannot_be_chosen_comes_back(client, alice, chat, given):
    answer = post(client, alice, url(chat), **given)
    assert answer.status_code == 422 and settings(chat) == {}


def test_none_needs_no_tool(client, alice, chat):
    assert post(client, alice, url(chat), tool_choice="none").status_code == 204
    assert settings(chat) == {"tool_choice": "none"}


def test_the_dialog_shows_what_is_chosen_and_what_is_wrong(client, alice, chat):
    chat.settings = {"tools": ["toolkit:sums:add"]}
    chat.save()
    client.force_login(alice)
    page = client.get(url(chat), headers=HTMX).content.decode()
    assert 'value="toolkit:sums:add" checked' in page and 'value="toolkit:sums" data-tools-whole>' in page
    assert "It is away." in page and "form_page.html" not in page
    assert "<html" in client.get(url(chat)).content.decode()  # a page of its own without a script


def test_without_a_script_the_choice_leads_back(client, alice, chat):
    answer = post(client, alice, url(chat), htmx=False, tool_choice="none")
    assert (answer.status_code, answer["Location"]) == (302, f"/app/chats/{chat.pk}/")


def test_nobody_else_chooses(client, carol, chat):
    assert post(client, carol, url(chat), tool_choice="none").status_code == 404
    assert settings(chat) == {}


def test_an_agent_offers_what_it_allows(client, alice, chat):
    chat.agent = Agent.objects.create(user=alice, name="Clerk", allowed_app_default_toolkit=["words"])
    chat.save()
    client.force_login(alice)
    page = client.get(url(chat), headers=HTMX).content.decode()
    assert "toolkit:words" in page and "toolkit:sums" not in page
    assert "· 1" in client.get(url(chat, "button/"), headers=HTMX).content.decode()


def test_settings_of_the_model_leave_the_tools(alice, chat):
    tool_choice.choose(chat=chat, by=alice, to=Chosen("manual", ("toolkit:sums",)))
    housekeeping.set_settings(chat=chat, settings={"temperature": 1})
    assert settings(chat) == {"tool_choice": "manual", "tools": ["toolkit:sums"], "temperature": 1}


# ---- new chats ------------------------------------------------------------------------------------------
def test_the_last_choice_is_the_next_new_chats(client, alice, shelf):
    assert post(client, alice, url(), tool_choice="manual", tools=["toolkit:sums"]).status_code == 204
    page = " ".join(client.get("/app/").content.decode().split())
    assert '<input type="hidden" name="tool_choice" value="manual"' in page
    assert '<input type="hidden" name="tools" value="toolkit:sums"' in page and "Ask first" in page
    post(client, alice, url(), tool_choice="auto", tools=["toolkit:sums", "toolkit:words", "toolkit:far"])
    alice.refresh_from_db()
    assert not {"tool_choice", "tools"} & alice.preferences.keys()


def test_the_first_message_brings_the_choice(client, alice, shelf, monkeypatch):
    monkeypatch.setattr("agents.catalog.servers.models", lambda: [PLAIN])
    given = {"text": "Hello", "model": PLAIN.value, "tool_choice": "manual", "tools": ["toolkit:sums"]}
    post(client, alice, "/app/chats/new/", **given)
    assert Chat.objects.get().settings == {"tool_choice": "manual", "tools": ["toolkit:sums"]}


# ---- the button -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("chosen", "label"),
    [
        (Chosen(), "Tools · 3"),
        (Chosen(tools=("toolkit:sums",)), "Tools · 2"),
        (Chosen("manual", ("toolkit:sums:add", "toolkit:gone")), "Ask first · 1"),
        (Chosen("none"), "No tools"),
    ],
)
def test_the_button_tells_how_many(shelf, chosen, label):
    assert tool_choice.told(chosen, None, shelf.found) == label


# ---- presets --------------------------------------------------------------------------------------------
def test_a_choice_is_kept_used_renamed_and_deleted(client, alice, chat):
    post(client, alice, url(chat, "presets/"), tool_choice="manual", tools=["toolkit:sums"], preset_name="Numbers")
    preset = ToolPreset.objects.get()
    assert (preset.name, preset.tool_choice, preset.tools) == ("Numbers", "manual", ["toolkit:sums"])
    other = ChatFactory(user=alice)
    post(client, alice, url(other, f"presets/{preset.pk}/use/"))
    assert settings(other) == {"tool_choice": "manual", "tools": ["toolkit:sums"]}
    post(client, alice, url(chat, f"presets/{preset.pk}/"), name="Sums")
    preset.refresh_from_db()
    assert preset.name == "Sums"
    post(client, alice, url(chat, f"presets/{preset.pk}/delete/"))
    assert not ToolPreset.objects.exists() and settings(other)["tools"] == ["toolkit:sums"]


def test_a_name_is_needed_and_is_one_presets(client, alice, chat):
    given = {"tool_choice": "none"}
    assert post(client, alice, url(chat, "presets/"), **given).status_code == 422
    for name in ("One", "Two", "One"):
        assert post(client, alice, url(chat, "presets/"), **given, preset_name=name).status_code == 204
    two = ToolPreset.objects.get(name="Two")
    assert post(client, alice, url(chat, f"presets/{two.pk}/"), name="One").status_code == 422
    assert list(ToolPreset.objects.values_list("name", flat=True)) == ["One", "Two"]


def test_a_preset_is_its_makers_alone(client, alice, carol, chat):
    preset = ToolPreset.objects.create(user=alice, name="Mine")
    for more in ("", "use/", "delete/"):
        assert post(client, carol, url(None, f"presets/{preset.pk}/{more}"), name="Taken").status_code == 404


# ---- named by @ -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("@Sums, what is it?", ["toolkit:sums"]),
        ("Please @halve and @Spell it", ["toolkit:sums:halve", "toolkit:words:spell"]),
        ("@Add @add", ["toolkit:sums:add"]),
        ("@Adder and mail@words", []),
        ("```bat\n@add off\n```\n`@Spell`", []),
        ("npm i @sums/core, see https://x.example/@words", []),
        ("No sums", []),
    ],
)
def test_a_message_names_tools(alice, workspace, shelf, text, refs):
    assert mentions.tools(text, workspace) == refs


def test_a_name_that_two_have_stands_behind_its_source(alice, workspace, shelf):
    shelf.found.append(source("more", "add"))
    names = [entry.name for entry in mentions.of_tools(shelf.found)]
    assert names == ["Sums", "Add", "Halve", "Words", "Spell", "More", "More Add"]
    assert mentions.tools("@More Add this", workspace) == ["toolkit:more:add"]


def test_what_a_message_names_is_kept_and_bound_alone(alice, workspace, chat):
    message = questions.of_person(chat, alice, "@Spell it", None, named=mentions.found("@Spell it", workspace))
    assert message.metadata == {"mentions": ["toolkit:words:spell"]}
    bound = context.tools_of({"tool_choice": "none"}, None, workspace, message.metadata["mentions"])
    assert list(bound.tools) == ["spell"] and not Message.objects.exists()


@pytest.mark.parametrize(("text", "ref"), [("@Far out", "toolkit:far"), ("@Fly there", "toolkit:far:fly")])
def test_what_is_named_and_away_is_told_and_nothing_takes_its_place(alice, workspace, chat, shelf, text, ref):
    fly = Away("toolkit:far:fly", "Fly", AWAY)
    shelf.found[2] = source("far", problem=AWAY, away=(fly,), is_resting=True)
    message = questions.of_person(chat, alice, text, None, named=mentions.found(text, workspace))
    assert message.metadata == {"mentions": [ref]}
    bound = context.tools_of({}, None, workspace, message.metadata["mentions"])
    assert (dict(bound.tools), [one.why for one in bound.missing]) == ({}, [AWAY])
    assert "It is away." in bound.instructions


def test_the_composer_tells_what_was_chosen_and_is_missing(client, alice, chat):
    chat.settings = {"tools": ["toolkit:far:fly", "toolkit:sums", "toolkit:words:gone"]}
    chat.save()
    client.force_login(alice)
    button = client.get(url(chat, "button/"), headers=HTMX).content.decode()
    assert "Tools · 2 · 2 missing" in button
    page = client.get(url(chat), headers=HTMX).content.decode()
    assert "Chosen, but not to be had now:" in page
    assert "<strong>gone</strong> – It is not here any more" in page


def test_the_list_of_the_composer_offers_tools(client, alice, shelf):
    client.force_login(alice)
    page = client.get("/app/mentions/", headers=HTMX).content.decode()
    assert 'data-kind="tool" data-name="Sums"' in page and 'data-kind="tool" data-name="Spell"' in page
    assert 'data-name="Far"' not in page
