"""Two people in one chat of their team: each sees the other, the words and the stream; who is removed is out."""

import uuid
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from teams.models import Team, TeamMember
from tests.browser.chromium import HELD, HELD_TEXT, WHOLE_TEXT, Room
from tests.browser.servers import signed_in


@pytest.fixture
def team(new_page, live):
    """Alice, its admin, and Bob, each with a page of their own."""
    slug = f"kopi-{uuid.uuid4().hex[:8]}"
    made = Team(name="Kopi", slug=slug)
    live.insert(made)
    rooms = {}
    for name, role in (("Alice Owner", "admin"), ("Bob Member", "member")):
        cookie = signed_in(live, name=name, email=f"{slug}-{role}@example.org")
        ((pk,),) = live.sql("SELECT id FROM users WHERE email = %s", f"{slug}-{role}@example.org")
        live.insert(TeamMember(team=made, user_id=pk, role=role))
        rooms[role] = Room(new_page(cookie), live)
    return SimpleNamespace(path=f"/team/{slug}/", alice=rooms["admin"], bob=rooms["member"], id=made.pk)


def test_two_people_share_a_chat_until_one_is_removed(team, live, scripted):
    alice, bob = team.alice, team.bob
    alice.open(team.path)
    alice.choose(HELD)
    alice.send("Shall we? @bob")
    alice.page.wait_for_url("**/chats/**")
    address = alice.page.url

    bob.open(team.path)
    expect(bob.page.get_by_role("link", name="Notifications").filter(has_text="1 new")).to_be_visible()
    expect(bob.row("Shall we?").get_by_text("New messages")).to_have_count(1)
    bob.row("Shall we?").get_by_role("link").click()
    expect(bob.page.get_by_role("article", name="Alice Owner")).to_contain_text("Shall we?")
    expect(bob.body()).to_have_text(HELD_TEXT)
    for room, other in ((alice, "Bob Member"), (bob, "Alice Owner")):
        expect(room.page.get_by_role("list", name="Also here").get_by_label(other)).to_be_visible()

    scripted.release()
    for room in (alice, bob):
        expect(room.body()).to_have_text(WHOLE_TEXT)
        room.ended()
    bob.send("And now I")
    expect(alice.page.get_by_role("article", name="Bob Member")).to_contain_text("And now I")
    expect(alice.replies).to_have_count(2)
    scripted.release()
    alice.ended()
    first = bob.page.get_by_role("article", name="Alice Owner")
    expect(first.get_by_role("button", name="Copy message")).to_have_count(1)
    expect(first.get_by_role("button", name="Edit message")).to_have_count(0)

    live.sql("DELETE FROM team_members WHERE team_id = %s AND role = 'member'", team.id)
    expect(alice.page.get_by_role("list", name="Also here").get_by_role("listitem")).to_have_count(0)
    answer = bob.page.request.get(address)
    assert answer.status == 404
