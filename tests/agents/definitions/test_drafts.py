"""An agent from one sentence: asked for, written by a scripted model, waited for, and what is said when it fails."""

import contextlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agents import catalog, engine
from agents.definitions import agents, drafts
from agents.definitions.drafts import write_draft
from agents.models import Agent, AgentDraft, UsageEntry
from agents.usage import meter
from sambung.lib.failures import Failure, columns
from teams.workspace import Workspace
from tests import factories
from tests.guards.world import SCRIPT

pytestmark = pytest.mark.django_db
NEW, DRAFT = "/app/agents/new/", "/app/agents/draft/"
SENTENCE = "Helps our baristas with the machine."
WRITTEN = {
    "name": "Machine helper",
    "description": "Helps baristas.",
    "instructions": "You help.",
    "icon": "wrench",
    "starters": ["It leaks."],
}


class Scripted:
    """A model that gives its answers in order, raising those that are errors; remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def complete(self, ask, limits, sink):
        self.asked.append(ask)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        sink(engine.Text("{"))
        sink(engine.Usage(100, 50))
        return answer if isinstance(answer, str) else json.dumps(answer)


@pytest.fixture
def scripted(monkeypatch):
    """Give a maker of models; database work of the job stays in this thread."""

    async def here(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(drafts, "in_thread", here)
    monkeypatch.setattr(catalog, "in_thread", here)
    monkeypatch.setattr(meter, "in_thread", here)

    def make(*answers) -> Scripted:
        found = Scripted(*answers)
        monkeypatch.setattr(engine, "complete", found.complete)
        return found

    return make


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


@pytest.fixture
def key(alice):
    return factories.api_key(alice)


def draft_of(by, team=None) -> AgentDraft:
    return AgentDraft.objects.create(user=by, team=team, sentence=SENTENCE)


def write(draft: AgentDraft, key) -> AgentDraft:
    """Run the job."""
    asked = {"api_key": str(key.pk), "provider": "openai", "model": "gpt-5-mini"}
    with contextlib.suppress(StopIteration):
        write_draft.func(str(draft.pk), asked).send(None)
    draft.refresh_from_db()
    return draft


# ---- asked for ------------------------------------------------------------------------------------------
def test_a_sentence_becomes_a_job_that_the_page_waits_for(page, key, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = page.post(DRAFT, {"sentence": SENTENCE})
    draft = AgentDraft.objects.get()
    job = ProcrastinateJob.objects.get()
    asked = {"api_key": str(key.pk), "provider": "openai", "model": "gpt-5-mini"}
    assert (job.task_name, job.args) == ("agents.write_draft", {"draft": str(draft.pk), "asked": asked})
    assert draft.sentence == SENTENCE
    assert answer.url == f"/app/agents/drafts/{draft.pk}/"
    shown = page.get(answer.url).content.decode()
    assert SENTENCE in shown
    assert f'hx-get="{answer.url}"' in shown
    assert page.get(answer.url, headers=SCRIPT).status_code == 204


def test_the_demo_model_offers_the_form_with_the_sentence(page, monkeypatch):
    demo = catalog.Model("bundled", "smollm2", "SmolLM2", 2048)
    monkeypatch.setattr(catalog, "default", lambda workspace: demo)
    assert "The demo model cannot" in page.get(NEW).content.decode()
    answer = page.post(DRAFT, {"sentence": SENTENCE})
    assert answer.status_code == 422
    assert answer.context["form"]["description"].value() == SENTENCE
    assert answer.context["draft_form"]["sentence"].value() == SENTENCE
    assert not AgentDraft.objects.exists()


def test_an_empty_sentence_is_refused(page, key):
    answer = page.post(DRAFT, {"sentence": " "})
    assert answer.status_code == 422
    assert answer.context["draft_form"].errors


# ---- written --------------------------------------------------------------------------------------------
def test_the_model_makes_a_private_agent_that_rests(alice, page, key, scripted):
    model = scripted(WRITTEN)
    draft = write(draft_of(alice), key)
    made = Agent.objects.get()
    assert draft.agent == made
    assert (made.user, made.team, made.visibility, made.is_active) == (alice, None, "private", False)
    assert (made.name, made.icon_id, made.starters, made.chat_model) == (
        "Machine helper",
        "wrench",
        ["It leaks."],
        None,
    )
    assert model.asked[0].turns[1].text == SENTENCE
    assert model.asked[0].output == drafts.SCHEMA
    path = f"/app/agents/drafts/{draft.pk}/"
    assert page.get(path).url == f"/app/agents/{made.pk}/edit/"
    assert page.get(path, headers=SCRIPT)["HX-Redirect"] == f"/app/agents/{made.pk}/edit/"


def test_what_is_no_agent_is_asked_for_once_more(alice, key, scripted):
    model = scripted("Sure! Here it is.", WRITTEN)
    assert write(draft_of(alice), key).agent is not None
    assert len(model.asked) == 2


def test_twice_no_agent_is_said_and_the_sentence_kept(alice, page, key, scripted):
    model = scripted("Sure!", "{}", WRITTEN)
    draft = write(draft_of(alice), key)
    assert (draft.agent, draft.failure) == (None, drafts.UNFIT)
    assert len(model.asked) == 2
    path = f"/app/agents/drafts/{draft.pk}/"
    assert page.get(path, headers=SCRIPT)["HX-Refresh"] == "true"
    shown = page.get(path).content.decode()
    assert "not with an agent" in shown
    assert SENTENCE in shown
    assert "every 1s" not in shown
    assert not Agent.objects.exists()


def test_each_try_is_paid_by_whoever_asked(alice, team, key, scripted):
    scripted("Sure! Here it is.", WRITTEN)
    write(draft_of(alice, team), key)
    entries = list(UsageEntry.objects.all())
    assert [(entry.kind, entry.run, entry.user, entry.team, entry.api_key) for entry in entries] == [
        ("draft", None, alice, team, key)
    ] * 2
    assert {(entry.input_tokens, entry.output_tokens, entry.is_estimate) for entry in entries} == {(100, 50, False)}


def test_an_error_of_the_model_is_said(alice, key, scripted):
    error = engine.RateLimited()
    scripted(error)
    draft = write(draft_of(alice), key)
    assert (draft.error_code, draft.problem) == ("rate_limited", Failure("rate_limited").sentence)


def test_a_key_that_is_gone_is_said(alice, key, scripted):
    scripted(WRITTEN)
    draft = draft_of(alice)
    key.is_active = False
    key.save()
    assert write(draft, key).error_code == "key_not_yours"


def test_whoever_left_the_team_gets_no_agent_there(bob, team, scripted):
    key = factories.api_key(bob)
    scripted(WRITTEN)
    draft = draft_of(bob, team)
    team.members.filter(user=bob).delete()
    assert write(draft, key).failure == drafts.NOT_HERE
    assert not Agent.objects.exists()


@pytest.mark.parametrize("what", ["agent", "error", "gone", "inactive"])
def test_the_job_does_nothing_twice_or_for_nobody(alice, key, scripted, what):
    model, draft = scripted(WRITTEN), draft_of(alice)
    match what:
        case "agent":
            AgentDraft.objects.update(agent=factories.agent(alice))
        case "error":
            AgentDraft.objects.update(**columns(drafts.UNFIT))
        case "gone":
            AgentDraft.objects.update(user=None, team=None)
        case "inactive":
            alice.is_active = False
            alice.save()
    write(draft, key)
    assert model.asked == []


def test_what_never_comes_is_said(alice, page):
    draft = draft_of(alice)
    AgentDraft.objects.update(created_at=timezone.now() - drafts.LATE - timedelta(seconds=1))
    assert "did not answer in time" in page.get(f"/app/agents/drafts/{draft.pk}/").content.decode()


def test_old_drafts_go_and_their_agents_stay(alice):
    agent = agents.create(by=alice, workspace=Workspace(alice), content={"name": "Editor"})
    AgentDraft.objects.create(user=alice, sentence=SENTENCE, agent=agent)
    AgentDraft.objects.update(created_at=timezone.now() - drafts.KEPT - timedelta(minutes=1))
    new = draft_of(alice)
    drafts.drop_old()
    assert AgentDraft.objects.get() == new
    assert Agent.objects.get() == agent


# ---- what counts as an agent ----------------------------------------------------------------------------
def test_answers_are_cut_to_what_is_kept():
    found = drafts.checked(
        json.dumps(
            WRITTEN
            | {"name": "a\n" * 99, "description": "b" * 999, "instructions": "c\x00d" * 9999}
            | {"starters": ["", " a\nb ", *"defghij"]}
        )
    )
    assert (len(found["name"]), len(found["description"]), len(found["instructions"])) == (100, 500, 19998)
    assert "\n" not in found["name"]
    assert found["starters"] == ["a b", *"defgh"]


@pytest.mark.parametrize("answer", [f"```json\n{json.dumps(WRITTEN)}\n```", f"  {json.dumps(WRITTEN)}\n"])
def test_answers_in_a_block_count(answer):
    assert drafts.checked(answer)["name"] == "Machine helper"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "[" * 100_000,
        json.dumps(WRITTEN | {"name": " "}),
        json.dumps(WRITTEN | {"icon": "bomb"}),
        json.dumps(WRITTEN | {"tools": []}),
        json.dumps(WRITTEN | {"instructions": "\ud800"}),
        json.dumps({**WRITTEN, "starters": "one"}),
    ],
    ids=lambda answer: answer[:10],
)
def test_what_is_no_agent_is_unfit(answer):
    with pytest.raises(drafts.Unfit):
        drafts.checked(answer)
