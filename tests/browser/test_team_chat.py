"""Two people in one chat of their team: each sees the other, the words and the stream."""

import uuid
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from teams.models import Team, TeamMember
from tests.browser.axe import assert_clean
from tests.browser.chromium import ANY, DESKTOP, HELD, HELD_TEXT, WHOLE_TEXT, Room
from tests.browser.servers import signed_in


@pytest.fixture
def team(new_page, live):
    """Alice, its admin, and Bob, each with a page of their own, and Zoé, who is away."""
    slug = f"kopi-{uuid.uuid4().hex[:8]}"
    made = Team(name="Kopi", slug=slug)
    live.insert(made)
    cookies = {}
    for name, role in (("Alice Owner", "admin"), ("Bob Member", "member"), ("Zoé Member", "member")):
        email = f"{slug}-{name[:3].lower()}@example.org"
        cookie = signed_in(live, name=name, email=email)
        ((pk,),) = live.sql("SELECT id FROM users WHERE email = %s", email)
        live.insert(TeamMember(team=made, user_id=pk, role=role))
        cookies[name] = cookie
    alice, bob = (Room(new_page(cookies[name]), live) for name in ("Alice Owner", "Bob Member"))
    return SimpleNamespace(path=f"/team/{slug}/", alice=alice, bob=bob)


def _name_bob(alice: Room) -> None:
    """Ask Bob by the list that an @ opens: with keys, by mouse; Escape leaves what is typed."""
    names = alice.page.get_by_role("listbox", name="Mention")
    options = names.get_by_role("option")
    alice.composer.fill("Hello @")
    expect(options.first).to_contain_text("Bob Member")
    alice.composer.fill("Hello @mem")
    expect(options).to_have_count(2)
    expect(alice.composer).to_have_attribute("aria-activedescendant", ANY)
    assert_clean(alice.page)
    assert names.bounding_box()["y"] + names.bounding_box()["height"] <= alice.composer.bounding_box()["y"]
    alice.page.set_viewport_size(DESKTOP)
    alice.composer.press("ArrowUp")
    alice.composer.press("Tab")
    expect(alice.composer).to_have_value("Hello @Zoé Member ")
    expect(alice.composer).to_be_focused()

    alice.composer.fill("@ZOE")
    expect(options).to_have_count(1)
    alice.composer.press("Escape")
    expect(names).to_be_hidden()
    alice.composer.press("!")
    expect(names).to_be_hidden()
    alice.composer.fill("zoe@")
    expect(names).to_be_hidden()

    alice.composer.fill("Shall we? @mem")
    expect(options).to_have_count(2)
    alice.composer.blur()
    expect(names).to_be_hidden()
    alice.composer.fill("Shall we? @b")
    options.filter(has_text="Bob Member").click()
    expect(alice.composer).to_have_value("Shall we? @Bob Member ")
    alice.composer.fill("Shall we? @bo")
    expect(options).to_have_count(1)
    alice.composer.press("Enter")
    expect(alice.composer).to_have_value("Shall we? @Bob Member ")
    alice.composer.press("Enter")


def test_two_people_share_a_chat(team, scripted):
    alice, bob = team.alice, team.bob
    alice.open(team.path)
    alice.choose(HELD)
    _name_bob(alice)
    alice.page.wait_for_url("**/chats/**")

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
