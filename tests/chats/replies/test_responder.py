"""Who answers in a chat: models under keys, agents, and an agent for one message."""

import uuid

import pytest

from agents import catalog, engine, keys
from agents.catalog import Reference, servers
from agents.errors import Unavailable
from agents.generation import context
from agents.generation.report import Report
from agents.models import Agent, ApiKey
from chats.actions import housekeeping, sending
from chats.messages import presenter
from chats.messages.permissions import reader
from chats.models import Chat
from chats.replies import kind as replying
from chats.replies import responder
from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7
from teams.models import TeamMember
from teams.workspace import Workspace
from tests.chats.steps import PLAIN, send
from tests.factories import ChatFactory, begin

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def server(monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: [PLAIN])
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))


def key(label: str = "Mine", models=("gpt-4o", "o3"), **scope) -> ApiKey:
    cache = [{"id": name, "label": name.upper(), "context_window": 100_000, "tools": True} for name in models]
    given = {"provider": "openai", "label": label, "base_url": "https://api.openai.com/v1"}
    return ApiKey.objects.create(id=uuid7(), model_cache=cache, **given | scope)


def agent(user, **fields) -> Agent:
    return Agent.objects.create(user=user, **{"name": "Pirate", "instructions": "Talk like a pirate."} | fields)


# ---- models under keys ----------------------------------------------------------------------------------
def test_two_keys_of_one_provider_are_told_apart(alice, workspace):
    first, second = key("First", user=alice), key("Second", user=alice)
    found = catalog.offered(workspace)
    assert [(m.key_label, m.id) for m in found[:4]] == [
        *(("First", "gpt-4o"), ("First", "o3")),
        *(("Second", "gpt-4o"), ("Second", "o3")),
    ]
    chat = ChatFactory(user=alice)
    responder.set_model(chat=chat, model=catalog.parse(f"{second.pk}:o3", workspace))
    _, reply = send(chat, alice)
    chat.refresh_from_db()
    assert chat.api_key == reply.run.api_key == second != first
    assert (reply.metadata["label"], reply.metadata["key"]) == ("O3", "Second")
    assert presenter.usage(reply)["key_label"] == "Second"


def test_a_list_that_is_known_is_read_once(alice, workspace, django_assert_num_queries):
    row = key(user=alice)
    catalog.usable(workspace)
    with django_assert_num_queries(1):
        catalog.usable(workspace)
    row.label = "Renamed"
    row.save()
    assert catalog.usable(workspace)[0].key_label == "Renamed"


def test_whose_keys_are_offered_where(alice, bob, carol, team):
    key("Alice's", user=alice)
    key("The team's", user=alice, team=team)
    key("The instance's")
    key("Resting", user=alice, is_active=False)

    def labels(user, place=None):
        return {m.key_label for m in catalog.offered(Workspace(user, place))} - {""}

    assert labels(alice) == {"Alice's", "The instance's"}
    assert labels(alice, team) == {"Alice's", "The team's", "The instance's"}
    assert labels(bob, team) == {"The team's", "The instance's"}
    assert labels(bob) == labels(carol) == labels(carol, team) == {"The instance's"}


def test_the_right_to_a_key_is_asked_again_when_it_is_used(alice, bob, team):
    """Bob's message in the team's chat does not go out under Alice's own key; an ex-member uses no team's key."""
    own, shared = key("Alice's", user=alice), key("The team's", user=alice, team=team)
    here = Workspace(bob, team)
    with pytest.raises(Unavailable, match="key_not_yours"):
        catalog._under_key(Reference(own.pk, "openai", "o3"), here)
    assert catalog._under_key(Reference(shared.pk, "openai", "o3"), here)[0].id == "o3"
    TeamMember.objects.filter(user=bob, team=team).delete()
    with pytest.raises(Unavailable):
        catalog._under_key(Reference(shared.pk, "openai", "o3"), here)


async def test_who_has_gone_uses_no_key():
    with pytest.raises(Unavailable):
        await catalog.reach(Reference(uuid7(), "openai", "o3"), None)


def test_how_a_key_fared_is_kept(alice, chat, answer):
    row = key(user=alice)
    Chat.objects.filter(pk=chat.pk).update(api_key=row, provider="openai", model="gpt-4o")
    _, reply = send(chat, alice)
    answered = catalog.find(Reference.of_row(reply.run), Workspace(alice))
    report = Report(limits={"requests_left": 9}, answered=answered)
    answer(reply, report=report, usage={"input_tokens": 10, "output_tokens": 1})
    row.refresh_from_db()
    assert (row.last_error_code, row.limits) == ("", {"requests_left": 9})
    assert row.last_success_at == row.last_used_at is not None
    _, reply = send(chat, alice)
    answer(reply, "", "failed", error=Failure("quota_exceeded"), report=Report(asked=answered))
    row.refresh_from_db()
    assert row.last_problem == "The account behind this key has used up its quota."


def test_a_chat_that_moves_leaves_a_key_behind_that_does_not_fit(alice, team, workspace):
    shared, own = key("The team's", user=alice, team=team), key("Own", user=alice, models=("gpt-4o",))
    chats = [ChatFactory(user=alice, team=team, api_key=shared, provider="openai", model=m) for m in ("gpt-4o", "o3")]
    for chat in chats:
        housekeeping.move_chat(chat=chat, by=alice, to=workspace)
        chat.refresh_from_db()
    assert [(chat.api_key, chat.model) for chat in chats] == [(own, "gpt-4o"), (None, "")]


# ---- what a workspace offers ----------------------------------------------------------------------------
def test_a_team_offers_what_its_admins_chose(alice, bob, team):
    row = key("The team's", user=alice, team=team)
    chosen = f"{row.pk}:o3"
    known = [chosen.partition(":")[0], "openai_compatible"]
    team.settings = {"models": {"offered": [chosen], "known": known, "default": chosen}}
    team.save()
    here = Workspace(bob, team)
    assert [m.value for m in catalog.offered(here)] == [chosen]
    assert catalog.default(here).value == chosen
    assert catalog.parse(PLAIN.value, here) is None


def test_a_usual_model_of_a_key_is_preferred_to_its_first(alice, workspace):
    key(models=("babbage", "gpt-4o"), user=alice)
    assert catalog.default(workspace).id == "gpt-4o"


# ---- agents ---------------------------------------------------------------------------------------------
def test_an_agent_answers_with_its_instructions_its_model_and_its_settings(alice, workspace, sign_in):
    row = key(user=alice)
    chosen = {"api_key": str(row.pk), "provider": "openai", "model": "o3", "settings": {"temperature": 0.5}}
    pirate = agent(alice, chat_model=chosen)
    client = sign_in(alice)
    page = client.get(f"/app/?agent={pirate.pk}").content.decode()
    assert "Pirate · O3" in page
    value = page.split('name="model" value="')[1].split('"')[0]
    client.post("/app/chats/new/", {"text": "Hello", "agent": str(pirate.pk), "model": value})
    chat = Chat.objects.get(user=alice)
    assert (chat.agent, chat.api_key, chat.model) == (pirate, row, "o3")
    question = replying.work(chat.current_message.run, chat.current_message).context
    assert question.settings == {"temperature": 0.5}
    prompts = context.prompts(PLAIN, question.settings, "", question.agent)
    assert prompts == {"instructions": "Talk like a pirate.", "system": "", "tools": "", "documents": ""}
    shown = presenter.view(chat.current_message, reader(chat, alice))
    assert shown.agent_name == "Pirate"


def test_the_chats_own_settings_come_before_the_agents(alice, chat):
    chosen = {"provider": "openai_compatible", "model": "fake-plain", "settings": {"temperature": 0.5, "max_tokens": 9}}
    Chat.objects.filter(pk=chat.pk).update(agent=agent(alice, chat_model=chosen), settings={"temperature": 1})
    _, reply = send(chat, alice)
    assert begin(reply.run_id, "here").context.settings == {"temperature": 1, "max_tokens": 9}


def test_switching_agents_in_the_middle(alice, chat, sign_in):
    first, second = agent(alice), agent(alice, name="Poet")
    client, path = sign_in(alice), f"/app/chats/{chat.pk}/agent/"
    for chosen, said in ((first, "Pirate answers"), (second, "Poet answers"), (None, "without an agent")):
        data = {"agent": str(chosen.pk)} if chosen else {}
        assert said in client.post(path, data, headers=HTMX).headers["HX-Trigger"]
        chat.refresh_from_db()
        assert chat.agent == chosen


def test_an_agent_of_somebody_else_is_refused(alice, carol, chat, sign_in):
    theirs = agent(carol)
    path = f"/app/chats/{chat.pk}/agent/"
    assert sign_in(alice).post(path, {"agent": str(theirs.pk)}, headers=HTMX).status_code == 409
    data = {"text": "Hello", "agent": str(theirs.pk)}
    assert sign_in(alice).post("/app/chats/new/", data, headers=HTMX).status_code == 422
    assert "Pirate" not in sign_in(alice).get(f"/app/?agent={theirs.pk}").content.decode()
    assert not Chat.objects.filter(agent=theirs).exists()


def test_an_agent_that_cannot_be_used_any_more_is_left_out_visibly(alice, carol, chat):
    shared = agent(carol, visibility="readonly")
    responder.set_agent(chat=chat, agent=shared, by=alice)
    Agent.objects.filter(pk=shared.pk).update(visibility="private")
    chat.refresh_from_db()
    _, reply = send(chat, alice)
    assert "agent" not in reply.metadata
    assert "cannot be used any more" in presenter.view(reply, reader(chat, alice)).notices[0]
    assert begin(reply.run_id, "here").context.agent is None


def test_the_key_of_a_shared_agent_stays_its_owners(alice, carol, workspace):
    """The same model under a key of one's own answers; without one the chat's model stays."""
    theirs = key(user=carol)
    shared = agent(
        carol, visibility="readonly", chat_model={"api_key": str(theirs.pk), "provider": "openai", "model": "o3"}
    )
    assert responder.model_of(shared, workspace) is None
    mine = key("Own", user=alice)
    assert responder.model_of(shared, workspace).api_key == mine.pk


# ---- an agent for one message ---------------------------------------------------------------------------
def test_a_named_agent_answers_one_message(alice, chat):
    agent(alice, name="Ada Poet", chat_model={"provider": "openai_compatible", "model": "fake-plain"})
    agent(alice, name="Ada")
    _, reply = send(chat, alice, "Hello @ada poet, and you?")
    assert reply.metadata["agent"]["name"] == "Ada Poet"
    reply.run.status = "succeeded"
    chat.refresh_from_db()
    assert chat.agent is None
    _, again = send(ChatFactory(user=alice), alice, "An address: me@ada.example")
    assert "agent" not in again.metadata


def test_an_agent_of_somebody_else_cannot_be_named(alice, carol, chat):
    agent(carol)
    _, reply = send(chat, alice, "@Pirate hello")
    assert "agent" not in reply.metadata


def test_the_composer_offers_agents_after_an_at(alice, carol, sign_in):
    agent(alice, description="Says arr")
    agent(alice, name="Asleep", is_active=False)
    agent(carol, name="Hers")
    page = sign_in(alice).get("/app/mentions/", headers=HTMX).content.decode()
    assert 'data-kind="agent" data-name="Pirate"' in page
    assert "Says arr" in page
    assert "Asleep" not in page
    assert "Hers" not in page


# ---- the choice -----------------------------------------------------------------------------------------
def test_the_picker_finds_models_and_agents(alice, sign_in, chat):
    row = key(user=alice)
    agent(alice)
    client = sign_in(alice)
    page = client.get(f"/app/picker/?chat={chat.pk}", headers=HTMX).content.decode()
    for wanted in ("Pirate", "GPT-4O", "Mine", "100k", "Uses tools", f"{row.pk}:o3", "Fake"):
        assert wanted in page
    found = client.get(f"/app/picker/?chat={chat.pk}&q=mine o3", headers=HTMX).content.decode()
    assert "O3" in found
    assert "GPT-4O" not in found
    assert "Nothing found." in client.get("/app/picker/?q=zzz", headers=HTMX).content.decode()


def test_the_picker_of_a_new_chat_leads_to_one(alice, sign_in):
    row = key(user=alice)
    page = sign_in(alice).get("/app/picker/?q=o3").content.decode()
    assert f'href="/app/?model={row.pk}%3Ao3"' in page
    chosen = sign_in(alice).get(f"/app/?model={row.pk}%3Ao3").content.decode()
    assert f'name="model" value="{row.pk}:o3"' in chosen


def test_a_long_list_is_narrowed_by_typing(alice, sign_in):
    key(models=[f"model-{n}" for n in range(400)], user=alice)
    page = sign_in(alice).get("/app/picker/", headers=HTMX).content.decode()
    assert page.count('id="picker-1-') == 60
    assert "341 more models: type to find them." in page


def test_favourites_come_first(alice, sign_in):
    row = key(user=alice)
    alice.preferences = {"favourite_models": [f"{row.pk}:o3"]}
    alice.save()
    page = sign_in(alice).get("/app/picker/", headers=HTMX).content.decode()
    assert page.index("Favourites") < page.index("O3") < page.index("GPT-4O")


def test_a_foreign_chat_has_no_picker(carol, chat, sign_in):
    assert sign_in(carol).get(f"/app/picker/?chat={chat.pk}").status_code == 404
    assert sign_in(carol).get(f"/app/gauge/?chat={chat.pk}").status_code == 404
    assert sign_in(carol).get(f"/app/picker/button/?chat={uuid.uuid4()}").status_code == 404


def test_a_reply_without_agent_or_key_needs_no_further_query(alice, chat, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):  # with the chat itself
        sending.send(chat=Chat.objects.filter(pk=chat.pk), by=alice, text="Hello", client_id=uuid.uuid4())


def test_a_key_that_was_deleted_is_told(alice, chat):
    row = key(user=alice)
    reference = Reference(row.pk, "openai", "o3")
    keys.delete(by=alice, key=row)
    with pytest.raises(Unavailable):
        catalog._under_key(reference, Workspace(alice))
