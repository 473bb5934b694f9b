"""Prompts: what each act changes, keeps and refuses."""

import json

import pytest

from chats.actions import personal_data
from chats.models import Prompt
from chats.prompts import portable, prompts
from sambung.lib.errors import Refused
from teams import accounts
from teams.models import AuditEntry
from teams.workspace import Workspace
from tests.factories import TeamMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def prompt(write, alice) -> Prompt:
    return write(alice)


def versions(prompt: Prompt) -> list[tuple]:
    return list(prompt.versions.values_list("number", "name", "content", "variables"))


def test_a_new_prompt_knows_its_variables_and_its_place(alice, team, write):
    assert write(alice).variables == ["code", "language"]
    made = write(alice, team, content="None")
    assert (made.user, made.team, made.variables, made.is_public) == (alice, team, [], False)
    made.full_clean()


def test_a_change_keeps_what_was(prompt, alice, bob):
    prompts.change(by=alice, prompt=prompt, content={"content": "Look at {this}"})
    now = prompts.change(by=bob, prompt=prompt, content={"name": "Look", "content": "Look at {this}"})
    assert (now.name, now.content, now.variables) == ("Look", "Look at {this}", ["this"])
    first = (1, "Review", "Review {code} in {language}.", ["code", "language"])
    assert versions(prompt) == [(2, "Review", "Look at {this}", ["this"]), first]
    assert [version.created_by for version in prompt.versions.all()] == [bob, alice]


def test_no_difference_is_no_change(prompt, alice):
    same = {"name": prompt.name, "content": prompt.content}
    now = prompts.change(by=alice, prompt=prompt, content=same | {"category": "coding"})
    assert (now.updated_at, versions(prompt)) == (prompt.updated_at, [])


def test_another_category_is_no_version(prompt, alice):
    now = prompts.change(by=alice, prompt=prompt, content={"category": "writing"})
    assert (now.category, versions(prompt)) == ("writing", [])
    assert now.updated_at > prompt.updated_at


def test_the_second_of_two_is_told(prompt, alice, bob):
    """C67: whoever comes second overwrites nothing without knowing."""
    seen = prompt.updated_at
    prompts.change(by=alice, prompt=prompt, content={"content": "Alice's"}, seen=seen)
    with pytest.raises(prompts.Outdated) as raised:
        prompts.change(by=bob, prompt=prompt, content={"content": "Bob's"}, seen=seen)
    assert raised.value.prompt.content == "Alice's"
    prompts.change(by=bob, prompt=prompt, content={"content": "Bob's"}, seen=raised.value.prompt.updated_at)
    prompt.refresh_from_db()
    assert prompt.content == "Bob's"
    assert [row[2] for row in versions(prompt)] == ["Alice's", "Review {code} in {language}."]


def test_a_version_comes_back_as_a_change(prompt, alice):
    prompts.change(by=alice, prompt=prompt, content={"name": "Other", "content": "Other", "category": "writing"})
    now = prompts.restore_version(by=alice, version=prompt.versions.get())
    assert (now.name, now.content, now.variables) == ("Review", "Review {code} in {language}.", ["code", "language"])
    assert (now.category, [row[1] for row in versions(prompt)]) == ("writing", ["Other", "Review"])


def test_what_is_deleted_comes_back_and_is_not_changed_meanwhile(prompt, alice):
    prompts.delete_prompt(prompt=prompt)
    with pytest.raises(Refused, match="deleted meanwhile"):
        prompts.change(by=alice, prompt=prompt, content={"name": "New"})
    prompts.restore_prompt(prompt=prompt)
    assert prompts.change(by=alice, prompt=prompt, content={"name": "New"}).deleted_at is None


def test_a_copy_is_private_and_another(prompt, bob, alice):
    prompts.set_public(by=alice, prompt=prompt, is_public=True)
    made = prompts.copy(by=bob, prompt=prompt, workspace=Workspace(bob))
    assert (made.user, made.team, made.is_public) == (bob, None, False)
    assert [getattr(made, name) for name in prompts.CONTENT] == [getattr(prompt, name) for name in prompts.CONTENT]
    prompts.change(by=bob, prompt=made, content={"content": "Mine"})
    prompt.refresh_from_db()
    assert prompt.content != "Mine"


def test_publishing_is_written_down(prompt, alice):
    for is_public in (True, True, False):
        prompts.set_public(by=alice, prompt=prompt, is_public=is_public)
    written = AuditEntry.objects.filter(data__prompt=str(prompt.pk)).values_list("action", flat=True)
    assert sorted(written) == ["prompt.published", "prompt.unpublished"]


def test_nothing_is_written_twice(alice, team, write):
    write(alice, name="Here", content="a")
    write(alice, name="Gone", content="a", deleted_at="2026-01-01T00:00Z")
    write(alice, team, name="Team's", content="a")
    names = ("Here", "Gone", "Team's", "New", "New")
    contents = [{"name": name, "content": "a", "category": "general"} for name in names]
    contents += [{"name": "Here", "content": "{b}", "category": "general"}]
    assert prompts.create_missing(by=alice, workspace=Workspace(alice), contents=contents) == (4, 2)
    assert prompts.create_missing(by=alice, workspace=Workspace(alice), contents=contents) == (0, 6)
    here = Prompt.objects.filter(team=None, deleted_at=None).order_by("name", "content")
    assert list(here.values_list("name", flat=True)) == ["Gone", "Here", "Here", "New", "Team's"]
    assert here.get(content="{b}").variables == ["b"]


def test_prompts_leave_with_their_person(alice, carol, team, write):
    """Their own as a file, which others can import; a team's stays."""
    write(carol, name="Own")
    TeamMemberFactory(team=team, user=carol)
    write(carol, team, name="Team's")
    files = dict(personal_data.export(carol))
    assert [row["name"] for row in portable.read(json.dumps(files["prompts.json"]))] == ["Own"]
    accounts.delete(by=carol)
    left = Prompt.objects.get()
    assert (left.name, left.user, left.team) == ("Team's", None, team)
