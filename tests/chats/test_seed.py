import pytest

from chats import seed
from chats.models import Chat
from teams.models import Team, UserRole
from tests.factories import UserFactory


@pytest.mark.django_db
def test_seed_makes_a_team_with_chats_that_an_admin_sees(sign_in):
    admin = UserFactory(role=UserRole.ADMIN)
    assert seed.seed() == len(seed.EXAMPLES)
    page = sign_in(admin).get("/team/kopi-nusantara/").content.decode()
    assert "Roasting schedule, week 48" in page
    sample = Chat.objects.get(title="Sample Chat")
    texts = list(sample.messages.order_by("created_at", "id").values_list("content", flat=True))
    assert texts == ["Hello, AI!", "Hello! How can I help you today?"]


@pytest.mark.django_db
def test_a_second_seed_adds_nothing():
    seed.seed()
    before = (Team.objects.count(), Chat.objects.count())
    assert seed.seed() == 0
    assert (Team.objects.count(), Chat.objects.count()) == before
