"""Example data: made once, seen by whoever may, and nothing of it twice."""

import pytest

from agents.models import Agent
from chats.models import Chat, ChatDocument, Folder, Message, Prompt, Tag
from documents.models import Collection, Document, DocumentFolder, DocumentVersion, Kind
from sambung.examples import seed
from sambung.examples.content import CHATS
from teams.models import Team, User, UserRole
from tests.factories import UserFactory
from workflows.editing import draft
from workflows.models import Workflow
from workflows.nodes import checking

pytestmark = pytest.mark.django_db


def test_seed_makes_a_team_with_chats_that_an_admin_sees(sign_in):
    admin = UserFactory(role=UserRole.ADMIN)
    assert seed.seed() == len(CHATS)
    page = sign_in(admin).get("/team/kopi-nusantara/").content.decode()
    assert "Roasting schedule, week 48" in page
    sample = Chat.objects.get(title="Sample Chat")
    texts = list(sample.messages.order_by("created_at", "id").values_list("content", flat=True))
    assert texts == ["Hello, AI!", "Hello! How can I help you today?"]


def test_chats_lie_in_folders_and_have_tags():
    seed.seed()
    plan = Chat.objects.get(title="Roasting schedule, week 48")
    assert (plan.folder.name, plan.folder.parent.name, plan.is_pinned) == ("Orders", "Roastery", True)
    assert [row.tag.name for row in plan.chat_tags.all()] == ["planning"]


def test_there_are_prompts_and_an_agent():
    seed.seed()
    prompt = Prompt.objects.get(name="Code Review")
    assert (prompt.variables, prompt.category, prompt.team.slug) == (["code"], "coding", "kopi-nusantara")
    assert "{code}" in prompt.content
    assert Agent.objects.get(team=prompt.team).full_clean() is None


def test_there_are_documents_of_each_kind_with_what_they_were():
    seed.seed()
    assert set(Document.objects.values_list("kind", flat=True)) == set(Kind.values)
    guide = Document.objects.get(title="Roasting guide")
    authors = ["Nusantara Large for Bayu Wirawan", "Bayu Wirawan", "Sari Rahma"]
    assert [row.author for row in guide.versions.all()] == authors
    assert guide.current_version.open_hunks == [0, 1]
    assert [row.document for row in ChatDocument.objects.filter(is_pinned=True)] == [guide]
    assert (guide.folder.name, "10:05" in guide.content) == ("Roastery", True)


def test_there_is_a_file_in_a_collection_that_the_agent_searches():
    seed.seed()
    collection = Collection.objects.get(name="Handbook")
    assert collection.items.filter(document__kind="file", document__status="queued").count() == 1
    assert collection.items.count() == Document.objects.count()
    assert collection.agents.get().agent.team == collection.team


def test_all_of_it_is_what_people_could_have_made():
    seed.seed()
    for model in (Folder, Tag, Prompt, Agent, Document, DocumentVersion, DocumentFolder, Collection, ChatDocument):
        for row in model.objects.all():
            row.full_clean()


def test_a_second_seed_adds_nothing():
    kinds = (
        User,
        Team,
        Chat,
        Message,
        Folder,
        Tag,
        Prompt,
        Agent,
        Document,
        DocumentVersion,
        DocumentFolder,
        Collection,
        ChatDocument,
    )
    seed.seed()
    before = [model.objects.count() for model in kinds]
    assert seed.seed() == 0
    assert [model.objects.count() for model in kinds] == before


def test_there_is_a_workflow_that_nothing_is_wrong_with():
    for _n in range(2):
        seed.seed()
    workflow = Workflow.objects.get()
    assert checking.faults(draft.structure_of(workflow)) == []
    assert workflow.nodes.count() == 7


def test_its_workflow_has_run_to_every_kind_of_end_and_one_run_waits_for_somebody(sign_in):
    seed.seed()
    team = Team.objects.get(slug="kopi-nusantara")
    workflow = Workflow.objects.get(team=team)
    assert workflow.published
    assert sorted(workflow.runs.values_list("run__status", flat=True)) == ["failed", "succeeded", "waiting"]
    assert sorted(workflow.triggers.values_list("kind", "is_active")) == [("form", True), ("schedule", False)]
    sari = User.objects.get(email="sari@kopi.example")
    waiting = workflow.runs.get(run__status="waiting")
    page = sign_in(sari).get(f"/team/{team.slug}/workflows/runs/{waiting.pk}/").text
    assert "Answer to Dimas" in page
    assert 'value="send"' in page
    for address in ("runs", "triggers", "versions"):
        assert sign_in(sari).get(f"/team/{team.slug}/workflows/{workflow.pk}/{address}/").status_code == 200
