"""Chats that a team shares: whose words are whose, and who may change them."""

import re
import uuid

import pytest
from django.conf import settings
from django.db import InternalError
from psycopg.errors import ReadOnlySqlTransaction

from chats.actions import editing, sending
from chats.messages import presenter
from chats.messages.permissions import reader
from chats.models import Chat, ChatRead, Message, Role
from chats.replies import mentions
from sambung.lib.errors import Refused
from teams.models import Notification, User
from tests.factories import ChatFactory, TeamMemberFactory, exchange, message, run
from tests.indonesian import indonesian  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(alice, bob, team):
    """A chat of the team: Bob asked, the assistant answered. Alice is the team's admin."""
    return ChatFactory(user=alice, team=team)


@pytest.fixture
def asked(shared, bob) -> Message:
    return message(shared, Role.USER, "Bob's question", user=bob)


@pytest.fixture
def answered(shared, asked, bob) -> Message:
    done = run(shared, requested_by=bob, status="succeeded", finished_at=asked.created_at)
    return message(shared, Role.ASSISTANT, "An answer", parent=asked, run=done)


@pytest.fixture
def dave(team):
    """Another member, who is no admin."""
    return TeamMemberFactory(team=team).user


def may(found: Message, user) -> tuple[bool, bool]:
    """Whether the person is offered to edit and to delete it."""
    (shown,) = presenter.views([found], reader(found.chat, user))
    return shown.can_edit, shown.can_delete


def test_people_change_their_own_words_and_admins_all(asked, answered, alice, bob, dave):
    assert may(asked, bob) == may(asked, alice) == (True, True)
    assert may(asked, dave) == (False, False)
    assert may(answered, bob) == may(answered, alice) == (True, True)
    assert may(answered, dave) == (True, False)  # an edit of a reply is a variant beside it


def test_what_is_not_offered_is_refused_too(sign_in, shared, asked, answered, dave, team):
    client = sign_in(dave, HX_Request="true")
    path = f"/team/{team.slug}/messages/"
    for found, act in ((asked, "edit"), (asked, "delete"), (answered, "delete")):
        refused = client.post(f"{path}{found.pk}/{act}/", {"text": "Mine now", "client_id": uuid.uuid4()})
        assert refused.status_code == 409, (found.role, act)
        assert "Somebody else wrote this" in refused.headers["HX-Trigger"]
    assert list(shared.messages.values_list("content", flat=True)) == ["Bob's question", "An answer"]


def test_what_others_wrote_below_is_not_deleted_along(shared, asked, answered, alice, bob, dave):
    message(shared, Role.USER, "Dave's question", parent=answered, user=dave)
    with pytest.raises(Refused, match="Somebody else") as refused:
        editing.delete_message(message=asked, by=bob)
    assert refused.value.code == "not_yours"
    editing.delete_message(message=asked, by=alice)
    assert not shared.messages.exists()


def test_a_waiting_message_is_taken_back_by_whoever_wrote_it(shared, asked, bob, dave):
    waiting = message(shared, Role.USER, "Later", user=bob, queued_at=asked.created_at)
    with pytest.raises(Refused, match="Somebody else"):
        sending.withdraw(message=waiting, by=dave)
    assert sending.withdraw(message=waiting, by=bob) == "Later"


def test_at_home_everything_is_ones_own(chat, alice):
    mine = message(chat, Role.USER, "Mine", user=None)  # as after an import
    assert may(mine, alice) == (True, True)


def only(chat: Chat):
    """The row as access gives it."""
    return Chat.objects.filter(pk=chat.pk)


# ---- what is new --------------------------------------------------------------------------------------------
def unread(client, team) -> bool:
    return "New messages" in client.get(f"/team/{team.slug}/chats/", headers={"HX-Request": "true"}).content.decode()


def test_a_chat_is_unread_until_it_was_seen_and_again_after_the_next_message(sign_in, shared, asked, bob, dave, team):
    client = sign_in(dave)
    assert unread(client, team)
    client.get(f"/team/{team.slug}/chats/{shared.pk}/")
    assert not unread(client, team)
    sending.send(chat=only(shared), by=bob, text="More", client_id=uuid.uuid4())
    assert unread(client, team)


def test_what_happens_in_the_open_chat_has_been_seen(sign_in, shared, asked, dave, team):
    client, page = sign_in(dave), f"http://testserver/team/{team.slug}/chats/{shared.pk}/"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    client.get(f"/team/{team.slug}/chats/", headers=headers)
    assert not unread(client, team)


def test_at_home_nothing_is_unread(sign_in, chat, alice):
    exchange(chat)
    assert "New messages" not in sign_in(alice).get("/app/chats/").content.decode()
    assert not chat.reads.exists()


# ---- @name --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Bob Member, look", ["Bob Member"]),
        ("look, @bob!", ["Bob Member"]),
        ("@BOB and @ana lee", ["Ana Lee", "Bob Member"]),
        ("@ana", []),  # there are two
        ("@kai", ["Kai"]),
        ("@Kai Lee Ann.", ["Kai Lee Ann"]),  # not Kai as well
        ("@Kai Lee, @kai", ["Kai"]),
        ("bob@example.org", []),
        ("@bobby", []),
        ("Bob", []),
        ("@", []),
    ],
)
def test_who_is_named(text, named):
    members = [User(name=name) for name in ("Bob Member", "Ana Lee", "Ana Maria", "Kai", "Kai Lee Ann", "")]
    assert sorted(person.name for person in mentions.people(text, members)) == named


def offered(client, path: str) -> list[str]:
    """The people whom the composer's list shows after an @, with their addresses."""
    html = client.get(f"{path}mentions/").content.decode()
    found = re.findall(r'data-name="(.*?)".*?<small>(.*?)</small>', html, re.DOTALL)
    return [(name, hint) for name, hint in found if "@" in hint]


def test_composer_offers_the_others_of_the_team(sign_in, alice, bob, carol, dave, team):
    client = sign_in(bob)
    others = sorted((person.name, person.email) for person in (alice, dave))
    assert sorted(offered(client, f"/team/{team.slug}/")) == others
    assert offered(client, "/app/") == []
    User.objects.filter(pk=dave.pk).update(is_active=False)
    assert offered(client, f"/team/{team.slug}/") == [(alice.name, alice.email)]
    assert sign_in(carol).get(f"/team/{team.slug}/mentions/").status_code == 404


def test_at_home_the_list_names_nobody(sign_in, shared, alice):
    assert offered(sign_in(alice), "/app/") == []


def test_whoever_is_named_is_told_once_and_by_mail_if_they_want(sign_in, shared, alice, bob, dave, team):
    bob.preferences = {"mention_mail": "yes"}
    bob.save()
    send = {"chat": only(shared), "by": alice, "text": "@Bob Member see this secret", "client_id": uuid.uuid4()}
    for _ in range(2):
        sending.send(**send)
    client = sign_in(bob)
    page = client.get("/notifications/").content.decode()
    assert page.count("Alice Owner mentioned you in") == 1
    assert f"/team/{team.slug}/chats/{shared.pk}/#m-" in page
    assert "1 new" in page
    client.post("/notifications/read/")
    assert "1 new" not in client.get("/notifications/").content.decode()
    assert not Notification.objects.filter(user=dave).exists()


@pytest.mark.usefixtures("indonesian")
def test_the_mail_says_who_and_where_and_no_more(
    shared, alice, bob, team, mailoutbox, django_capture_on_commit_callbacks
):
    """In the language of whoever is named."""
    User.objects.filter(pk=bob.pk).update(preferences={"mention_mail": "yes", "language": "id"})
    User.objects.filter(pk=alice.pk).update(name="See https://evil.example")
    alice.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        sending.send(chat=only(shared), by=alice, text="@Bob Member a secret", client_id=uuid.uuid4())
    (mail,) = mailoutbox
    ((html, kind),) = mail.alternatives
    assert (mail.to, kind) == ([bob.email], "text/html")
    assert "menyebut Anda" in mail.subject
    link = f"{settings.PUBLIC_URL}/team/{team.slug}/chats/{shared.pk}/"
    assert f'href="{link}"' in html
    for said in (mail.subject, mail.body, html):
        assert "See evil. example" in said
        assert "secret" not in said
    assert link in mail.body


def test_who_wants_no_mails_gets_none(shared, alice, bob, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sending.send(chat=only(shared), by=alice, text="@Bob Member", client_id=uuid.uuid4())
    assert mailoutbox == []


def test_a_chat_that_is_no_longer_ones_own_to_read_is_only_named(sign_in, shared, alice, bob, team):
    sending.send(chat=only(shared), by=alice, text="@Bob Member", client_id=uuid.uuid4())
    team.members.filter(user=bob).delete()
    page = sign_in(bob).get("/notifications/").content.decode()
    assert "You can no longer read that chat." in page
    assert str(shared.pk) not in page


def test_at_home_nobody_is_named(chat, alice, bob):
    sending.send(chat=only(chat), by=alice, text="@Bob Member", client_id=uuid.uuid4())
    assert not Notification.objects.exists()


def test_mail_about_mentions_is_a_choice(sign_in, bob):
    client = sign_in(bob)
    for given, kept in (({"mail": "on"}, "yes"), ({}, None)):
        client.post("/notifications/mail/", given)
        bob.refresh_from_db()
        assert bob.preferences.get("mention_mail") == kept


def test_a_chat_opens_though_the_database_does_not_take_that_it_was_seen(sign_in, alice, team, monkeypatch):
    def refuse(*args, **kwargs):
        raise InternalError from ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction")

    chat = ChatFactory(user=alice, team=team)
    monkeypatch.setattr(type(ChatRead.objects), "bulk_create", refuse)
    assert sign_in(alice).get(f"/team/{team.slug}/chats/{chat.pk}/").status_code == 200
