"""Public links: who makes them, what they show, and how they end. C33, C55, C56."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chats.actions import housekeeping
from chats.files import store
from chats.files.parts import part_of
from chats.messages.content import write
from chats.models import Attachment, Chat, Message, PublicLink, Role
from chats.sharing import chat_links, public_page
from sambung.lib.errors import Refused
from teams import links
from teams.models import AuditEntry, Instance
from teams.workspace import Workspace
from tests import corpus
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, exchange, message, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(alice) -> Chat:
    found = ChatFactory(user=alice, title="Roasting", settings={"system_prompt": "CANARYprompt"})
    exchange(found, "Which bean?", "Gayo.")
    return found


def texts(link: PublicLink) -> list[str]:
    link = links.find(link.chat.public_token)
    return [one.parts[0]["text"] for one in public_page.page(link).messages]


def live(chat: Chat, by, **options) -> PublicLink:
    return chat_links.share(chat=chat, by=by, mode="live", **options)


# ---- what it shows --------------------------------------------------------------------------------------
def test_a_snapshot_stays_and_a_live_link_goes_on(chat, alice, bob):
    other = ChatFactory(user=alice)
    exchange(other, "Which bean?", "Gayo.")
    still, going = chat_links.share(chat=chat, by=alice, mode="snapshot"), live(other, alice)
    for one in (chat, other):
        exchange(one, "And then?", "Toraja.", parent=one.current_message)
        housekeeping.rename(chat=one, title="Another title")
    assert texts(still) == ["Which bean?", "Gayo."]
    assert texts(going) == ["Which bean?", "Gayo.", "And then?", "Toraja."]
    assert [public_page.page(links.find(one.chat.public_token)).title for one in (still, going)] == [
        "Roasting",
        "Another title",
    ]


def test_it_ends_with_the_chosen_message(chat, alice):
    first = chat.current_message
    exchange(chat, "CANARYlater", "Toraja.", parent=first)
    for mode in ("snapshot", "live"):
        assert texts(chat_links.share(chat=chat, by=alice, mode=mode, until=first)) == ["Which bean?", "Gayo."]


def test_a_link_goes_with_the_message_that_it_ends_with(chat, alice, sign_in):
    link = live(chat, alice, until=chat.current_message)
    token = link.chat.public_token
    chat.current_message.delete()
    assert links.find(token) is None
    chat.refresh_from_db()
    assert (chat.is_public, chat.public_token) == (False, None)
    assert sign_in(alice).get(f"/app/chats/{chat.pk}/share/").status_code == 200
    assert live(chat, alice).chat.public_token != token


def test_it_shows_words_and_nothing_else(chat, alice):
    reply = Message(chat=chat, parent=chat.current_message, role=Role.ASSISTANT)
    write(
        reply,
        [
            {"type": "reasoning", "text": "CANARYthought"},
            {"type": "tool-call", "toolCallId": "1", "toolName": "CANARYtool", "args": {"q": "CANARYargument"}},
            {"type": "tool-result", "toolCallId": "1", "result": "CANARYresult"},
            {"type": "text", "text": "Said", "providerMetadata": {"x": {"signature": "CANARYsigned"}}},
        ],
    )
    reply.metadata = {
        "model": "gayo-1",
        "key": "CANARYkey",
        "cost": "CANARYcost",
        "agent": {"id": None, "name": "CANARYagent"},
    }
    reply.save()
    message(chat, Role.ASSISTANT, "CANARYvariant", parent=chat.current_message)
    Chat.objects.filter(pk=chat.pk).update(current_message=reply)
    for mode in ("live", "snapshot"):
        link = chat_links.share(chat=chat, by=alice, mode=mode)
        found = public_page.page(links.find(link.chat.public_token))
        assert "CANARY" not in repr(found) + repr(link.snapshot)
        assert found.messages[-1].parts == [{"type": "text", "text": "Said"}]
        assert found.messages[-1].model == "gayo-1"


def test_a_reply_that_is_being_written_is_not_shown(chat, alice):
    link = live(chat, alice)
    asked = message(chat, Role.USER, "More?", parent=chat.current_message)
    message(chat, Role.ASSISTANT, "CANARY", parent=asked, run=run(chat, status="running", attempt=1))
    assert texts(link) == ["Which bean?", "Gayo.", "More?"]


def test_files_are_shown_where_the_link_says_so(chat, alice):
    file = store.keep(by=alice, workspace=Workspace(alice), name="CANARY.png", data=corpus.picture())
    Attachment.objects.filter(pk=file.pk).update(chat=chat)
    asked = message(chat, Role.USER, "See", parent=chat.current_message)
    Message.objects.filter(pk=asked.pk).update(parts=[*asked.parts, part_of(file)])
    without = chat_links.share(chat=chat, by=alice, mode="snapshot")
    assert public_page.page(without).files == {}
    assert str(file.pk) not in repr(without.snapshot)
    link = chat_links.share(chat=chat, by=alice, mode="live", with_attachments=True)
    assert set(public_page.page(link).files) == {file.pk}


# ---- who, and how long ----------------------------------------------------------------------------------
def test_the_address_is_long_and_stays_until_it_is_revoked(chat, alice):
    first = live(chat, alice).chat.public_token
    assert len(first) >= 32
    assert chat_links.share(chat=chat, by=alice, mode="snapshot").chat.public_token == first
    assert links.revoke(PublicLink.objects.filter(chat=chat), by=alice) == 1
    assert links.find(first) is None
    assert not PublicLink.objects.exists()
    chat.refresh_from_db()
    assert (chat.is_public, chat.public_token) == (False, None)
    assert live(chat, alice).chat.public_token != first
    assert list(AuditEntry.objects.order_by("created_at").values_list("action", flat=True)) == [
        *("link.shared", "link.shared", "link.revoked", "link.shared")
    ]


def test_it_opens_until_it_expires(chat, alice):
    token = live(chat, alice, expires_at=timezone.now() + timedelta(hours=1)).chat.public_token
    assert links.find(token)
    PublicLink.objects.update(expires_at=timezone.now())
    assert links.find(token) is None


def test_what_is_deleted_or_moved_is_not_public(chat, alice):
    team = TeamFactory()
    TeamMemberFactory(team=team, user=alice)
    token = live(chat, alice).chat.public_token
    housekeeping.delete_chat(chat=chat)
    assert links.find(token) is None
    housekeeping.restore_chat(chat=Chat.objects.get(pk=chat.pk))
    housekeeping.move_chat(chat=Chat.objects.get(pk=chat.pk), by=alice, to=Workspace(alice, team))
    assert links.find(token) is None
    assert not Chat.objects.get(pk=chat.pk).is_public


def test_a_temporary_chat_is_not_shared(alice):
    with pytest.raises(Refused, match="temporary"):
        live(ChatFactory(user=alice, is_temporary=True), alice)


def test_the_instance_and_a_team_can_forbid_links(chat, alice):
    team = TeamFactory()
    TeamMemberFactory(team=team, user=alice)
    ours = ChatFactory(user=alice, team=team)
    tokens = [live(one, alice).chat.public_token for one in (chat, ours)]
    team.settings = {"public_links": False}
    team.save()
    assert [bool(links.find(token)) for token in tokens] == [True, False]
    with pytest.raises(Refused, match="not allowed"):
        live(Chat.objects.get(pk=ours.pk), alice)
    Instance.present()
    Instance.objects.update(public_links=False)
    assert [bool(links.find(token)) for token in tokens] == [False, False]
    Instance.objects.update(public_links=True)
    assert links.find(tokens[0]), "they open again"


def test_what_somebody_shared_who_was_deactivated_is_closed(chat, alice):
    team = TeamFactory()
    TeamMemberFactory(team=team, user=alice)
    mine, teams = (live(one, alice).chat.public_token for one in (chat, ChatFactory(user=alice, team=team)))
    alice.is_active = False
    alice.save()
    assert links.find(mine) is None
    assert links.find(teams), "it is the team's"


def test_a_list_holds_the_links_of_its_workspace(chat, alice, bob):
    team = TeamFactory()
    for user in (alice, bob):
        TeamMemberFactory(team=team, user=user)
    ours = ChatFactory(user=bob, team=team)
    mine, teams, _theirs = live(chat, alice), live(ours, bob), live(ChatFactory(user=bob), bob)
    for place, expected in ((Workspace(alice), mine), (Workspace(alice, team), teams)):
        assert [row.link for row in links.listed(links.newest(place))] == [expected]


def test_old_html_of_a_snapshot_is_made_again(chat, alice):
    link = chat_links.share(chat=chat, by=alice, mode="snapshot")
    for one in link.snapshot["messages"]:
        one |= {"html": "<script>old</script>", "html_version": 0}
    link.save()
    assert "<p" in public_page.page(links.find(link.chat.public_token)).messages[0].html
    assert "script" not in repr(public_page.page(links.find(link.chat.public_token)))


def test_stored_html_is_taken_where_it_shows_what_is_shown(chat, alice, monkeypatch):
    link = live(chat, alice)
    monkeypatch.setattr(public_page.content, "html", lambda *args: pytest.fail("It was made anew."))
    assert "Gayo." in public_page.page(links.find(link.chat.public_token)).messages[-1].html
