"""Retention: the fewest days that apply, a word a week before, and nothing without it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chats.actions import housekeeping
from chats.filing import retention
from chats.models import Chat, Folder
from teams.models import Instance, Notification, Team
from teams.retention import enforce
from tests.factories import ChatFactory, message, run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def later(monkeypatch):
    """Let days pass."""
    begun = timezone.now()

    def pass_days(days: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: begun + days * DAY)

    return pass_days


def keep_for(days: int | None) -> None:
    Instance.present()
    Instance.objects.update(retention_days=days)


def aged(user, days: float, **fields) -> Chat:
    return ChatFactory(user=user, updated_at=timezone.now() - days * DAY, **fields)


def is_there(chat: Chat) -> bool:
    return Chat.objects.filter(pk=chat.pk, deleted_at=None).exists()


def told(person) -> list[int]:
    """The numbers of chats that a person was told of."""
    return [row.data["count"] for row in Notification.objects.filter(user=person, kind=retention.KIND)]


def test_turning_it_on_announces_and_deletes_nothing(alice, later):
    old, young = aged(alice, 400), aged(alice, 5)
    keep_for(30)
    assert enforce() == (1, 0)
    assert enforce() == (0, 0)
    later(6.9)
    assert enforce() == (0, 0)
    assert (is_there(old), told(alice)) == (True, [1])
    later(7.1)
    assert enforce() == (0, 1)
    assert (is_there(old), is_there(young)) == (False, True)


def test_a_chat_is_announced_a_week_before_its_day(alice, later):
    chat = aged(alice, 0)
    keep_for(30)
    later(22.9)
    assert enforce() == (0, 0)
    later(23.1)
    assert enforce() == (1, 0)
    chat.refresh_from_db()
    assert retention.ends_at(chat) - chat.updated_at == pytest.approx(30.1 * DAY, abs=DAY / 100)
    later(30.2)
    assert enforce() == (0, 1)


def test_what_happens_in_a_chat_ends_its_announcement(alice, later):
    chat = aged(alice, 400)
    keep_for(30)
    enforce()
    later(8)
    Chat.objects.filter(pk=chat.pk).update(updated_at=timezone.now() - DAY)
    assert enforce() == (0, 0)
    chat.refresh_from_db()
    assert (is_there(chat), chat.warned_at, retention.ends_at(chat)) == (True, None, None)


def test_turned_off_and_on_again_it_is_announced_anew(alice, later):
    chat = aged(alice, 400)
    keep_for(30)
    enforce()
    keep_for(None)
    later(3)
    enforce()
    keep_for(30)
    later(20)
    assert enforce() == (1, 0)
    assert is_there(chat)


def test_a_chat_that_was_taken_back_is_announced_anew(alice, later):
    chat = aged(alice, 400)
    keep_for(30)
    enforce()
    later(8)
    enforce()
    housekeeping.restore_chat(chat=chat)
    assert enforce() == (1, 0)
    assert is_there(chat)


def test_a_chat_that_is_being_answered_is_left(alice, later):
    chat = aged(alice, 400)
    keep_for(30)
    enforce()
    later(8)
    message(chat, "assistant", "", run=run(chat, lock_key="x"))
    assert enforce() == (0, 0)
    assert is_there(chat)


@pytest.mark.parametrize(
    ("instance", "of_team", "of_top", "of_folder", "days"),
    [
        (90, None, None, None, 90),
        (90, 60, None, None, 60),
        (30, 60, 90, None, 30),
        (None, None, 40, None, 40),
        (None, None, 40, 50, 50),
        (None, 45, 40, 50, 45),
        (None, None, None, None, None),
    ],
)
def test_the_fewest_days_count_and_the_nearest_folder(alice, team, instance, of_team, of_top, of_folder, days):
    keep_for(instance)
    Team.objects.filter(pk=team.pk).update(settings={"retention_days": of_team} if of_team else {})
    top = Folder.objects.create(name="Top", team=team, retention_days=of_top)
    folder = Folder.objects.create(name="Below", team=team, parent=top, retention_days=of_folder)
    now = timezone.now()
    chat = aged(alice, 1, team=team, folder=folder, warned_at=now)
    ends = retention.ends_at(chat)
    assert (ends and round((ends - chat.updated_at) / DAY)) == days


def test_each_person_is_told_once_for_each_workspace(alice, bob, carol, team):
    for _ in range(3):
        aged(alice, 400, team=team)
    aged(alice, 400)
    keep_for(30)
    enforce()
    assert (sorted(told(alice)), told(bob), told(carol)) == ([1, 3], [3], [])
    aged(bob, 400, team=team)
    enforce()
    assert (sorted(told(alice)), told(bob)) == ([1, 4], [4])
    Notification.objects.filter(user=bob).update(read_at=timezone.now())
    aged(bob, 400, team=team)
    enforce()
    assert sorted(told(bob)) == [1, 4]


def test_a_chat_of_the_future_is_announced_once(alice):
    aged(alice, -3)
    keep_for(1)
    assert enforce() == (1, 0)
    assert enforce() == (0, 0)


def test_many_chats_go_in_batches(alice, later, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        aged(alice, 400)
    keep_for(30)
    assert enforce() == (5, 0)
    later(8)
    assert enforce() == (0, 5)


def test_the_bell_leads_to_the_chats_that_go(alice, sign_in):
    chat = aged(alice, 400)
    keep_for(30)
    enforce()
    client = sign_in(alice)
    assert "1 chat will be deleted in a week" in client.get("/notifications/").content.decode()
    url = Notification.objects.get().data["url"]
    assert url in client.get("/notifications/").content.decode()
    assert chat.title in client.get(url).content.decode()


def test_a_team_says_how_long_its_chats_stay(alice, bob, team, sign_in):
    path = f"/team/{team.slug}/settings/"
    given = {"name": "Kopi", "description": "", "retention_days": "60", "public_links": "on"}
    assert sign_in(bob).post(path, given).status_code == 404
    assert sign_in(alice).post(path, given | {"retention_days": "6"}).status_code == 422
    assert sign_in(alice).post(path, given).status_code == 302
    assert Team.objects.get().settings == {"retention_days": 60}
    assert 'value="60"' in sign_in(alice).get(path).content.decode()
    sign_in(alice).post(path, given | {"retention_days": ""})
    assert Team.objects.get().settings == {}


def test_the_instance_says_how_long_chats_stay(alice, sign_in):
    alice.role = "admin"
    alice.save()
    given = {"sign_up": "invite", "second_factor": "nobody", "web_access": "any", "retention_days": "90"}
    assert sign_in(alice).post("/instance/", given).status_code == 302
    assert Instance.present().retention_days == 90
