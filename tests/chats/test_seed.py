import pytest

from agents.models import Agent
from chats.models import Chat, Folder, Message, Prompt, Tag
from sambung.examples import seed
from sambung.examples.content import CHATS
from teams.models import Team, User, UserRole
from tests.factories import UserFactory

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


def test_all_of_it_is_what_people_could_have_made():
    seed.seed()
    for model in (Folder, Tag, Prompt, Agent):
        for row in model.objects.all():
            row.full_clean()


def test_a_second_seed_adds_nothing():
    kinds = (User, Team, Chat, Message, Folder, Tag, Prompt, Agent)
    seed.seed()
    before = [model.objects.count() for model in kinds]
    assert seed.seed() == 0
    assert [model.objects.count() for model in kinds] == before
