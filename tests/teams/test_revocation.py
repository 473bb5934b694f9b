"""Rights that end do so at the next request, and at the next look at open sockets (`consumer.watch_rights`)."""

import re
from dataclasses import dataclass

import pytest
from django.urls import reverse

from agents.runs import consumer
from chats.models import Message
from teams import groups, instance
from teams.models import TeamRole, UserRole
from tests import factories
from tests.factories import ChatFactory, UserFactory
from tests.guards.routes import INSTANCE
from tests.guards.world import SCRIPT

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    """An admin of the instance."""
    return UserFactory(role=UserRole.ADMIN)


@pytest.fixture
def shared(alice, team):
    """A chat of the team's, with a reply."""
    chat = ChatFactory(user=alice, team=team)
    Message.objects.filter(pk=factories.exchange(chat).pk).update(run=factories.run(chat))
    return chat


def pages(chat) -> dict[str, str]:
    """What a page of the chat asks for, with a socket and without."""
    root, reply = f"/team/{chat.team.slug}/", chat.messages.get(role="assistant")
    return {
        "chat": f"{root}chats/{chat.pk}/",
        "standing": f"{root}chats/{chat.pk}/standing/",
        "frames": f"{root}messages/{reply.pk}/frames/",
    }


def statuses(client, chat, headers=None) -> list[int]:
    return [client.get(path, headers=headers).status_code for path in pages(chat).values()]


@dataclass(eq=False)
class Socket:
    """What the watch reads of a socket."""

    session_key: str


def is_barred(client, chat) -> bool:
    """Whether the watch would close a tab that follows the chat."""
    socket = Socket(client.session.session_key)
    return consumer._barred({socket: {f"chat:{chat.pk}"}}) == [socket]


def test_an_instance_admin_who_is_one_no_more(ada, alice, sign_in):
    instance.set_role(by=ada, person=alice, role=UserRole.ADMIN)
    client = sign_in(alice)
    assert [client.get(path).status_code for path in ("/instance/", "/admin/")] == [200, 200]
    instance.set_role(by=ada, person=alice, role=UserRole.USER)
    for name, row in INSTANCE.items():
        is_of_one = re.match(r"instance_(person|key|tool_key|mcp)(_(?!list|new|paste|key)|$)", name)
        args = ["openai"] if name == "instance_server_forget" else [ada.pk] if is_of_one else []
        path = reverse(name, args=args)
        for send, status in zip((client.get, client.post), row.holder.split(), strict=False):
            assert send(path, row.data).status_code == (405 if status == "405" else 404), name
    assert client.get("/admin/").status_code == 302  # to a door that is shut
    assert client.get("/admin/login/").status_code == 403


def test_a_teams_admin_who_is_a_member_now(alice, bob, team, shared, sign_in):
    place = team.members.get(user=bob)
    groups.set_role(member=place, by=alice, role=TeamRole.ADMIN)
    client, root = sign_in(bob), f"/team/{team.slug}/"
    paths = [f"{root}settings/", f"{root}invites/", f"{root}members/{team.members.get(user=alice).pk}/remove/"]
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]
    groups.set_role(member=place, by=alice, role=TeamRole.MEMBER)
    assert [send(path).status_code for path in paths for send in (client.get, client.post)] == [404] * 6
    assert statuses(client, shared) == [200, 200, 200]
    assert not is_barred(client, shared), "a member may read on"


def test_a_member_who_was_removed(alice, bob, team, shared, sign_in):
    client, kept = sign_in(bob), sign_in(alice)
    assert statuses(client, shared) == [200, 200, 200]
    assert not is_barred(client, shared)
    groups.remove(member=team.members.get(user=bob), by=alice)
    assert statuses(client, shared) == statuses(client, shared, SCRIPT) == [404, 404, 404]
    assert is_barred(client, shared)
    assert statuses(kept, shared) == [200, 200, 200]
    assert not is_barred(kept, shared)


def test_somebody_who_was_deactivated(ada, bob, shared, sign_in):
    client = sign_in(bob)
    assert not is_barred(client, shared)
    instance.set_active(by=ada, person=bob, is_active=False)
    assert statuses(client, shared) == [302, 302, 302]
    assert statuses(client, shared, SCRIPT) == [401, 401, 401]
    assert is_barred(client, shared)
