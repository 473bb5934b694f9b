"""Whom a message names, and where nobody is spoken to."""

from dataclasses import dataclass

import pytest

from agents.models import Agent
from chats.replies import mentions
from documents.models import Collection
from teams.workspace import Workspace
from tests.factories import TeamMemberFactory, UserFactory

#: The texts speak to no Budi, no Ana, and call nothing "Go".
NOBODY = {
    "page of a person": "https://medium.com/@budi/my-post",
    "page without more": "see https://www.tiktok.com/@budi",
    "page without a scheme": "www.tiktok.com/@budi and tiktok.com/@budi",
    "package": "npm i @budi/core",
    "handle with a server": "@budi:server.org and @budi@mastodon.example and @budi.bsky.example",
    "tagged address": "info+@budi x.@budi x-@budi",
    "mail": "budi@example.org",
    "longer name": "@Budi_x @Budi-san @Ana-Marie",
    "inline code": "Use `@Budi` and ``a ` @budi``",
    "media query": "```css\n@budi (max-width: 600px) {}\n```\nas above",
    "annotation": "~~~\n@Budi\n```\n@Ana\n~~~",
    "fence in a list": "- so:\n   ```\n   @Budi\n   ```",
    "longer fence": "````\n```\n@Budi\n````",
    "open fence": "It stops here:\n```\n@Budi\n\n@Ana",
    "quote": "> @Budi said so\n>@Ana too",
    "batch file": "```bat\n@go off\n```",
}
#: What the texts say, and who is told.
SOMEBODY = {
    "alone": ("@Budi", ["Budi Santoso"]),
    "sentence": ("Dear @budi, and @ana: thanks.", ["Budi Santoso", "Ana Lee"]),
    "possessive": ("@Budi's idea", ["Budi Santoso"]),
    "end of a sentence": ("Ask @Ana Lee. Or @Budi!", ["Budi Santoso", "Ana Lee"]),
    "brackets": ("(@Budi) **@Ana**", ["Budi Santoso", "Ana Lee"]),
    "behind code": ("```\n@Ana\n```\n@Budi", ["Budi Santoso"]),
    "below a quote": ("> @Ana said so\n\n@Budi: is it so?", ["Budi Santoso"]),
    "between single marks": ("it's ` odd @Budi", ["Budi Santoso"]),
    "other lengths of marks": ("a `` b @Budi ` c", ["Budi Santoso"]),
    "behind an address": ("https://a.example/x @Budi", ["Budi Santoso"]),
    "greater than": ("3 > 2 @Budi", ["Budi Santoso"]),
}


@dataclass(frozen=True)
class Person:
    name: str


MEMBERS = [Person("Budi Santoso"), Person("Ana Lee")]


@pytest.mark.parametrize("text", NOBODY.values(), ids=NOBODY)
def test_nobody_is_told(text):
    assert mentions.people(text, MEMBERS) == []


@pytest.mark.parametrize(("text", "names"), SOMEBODY.values(), ids=SOMEBODY)
def test_somebody_is_told(text, names):
    assert [person.name for person in mentions.people(text, MEMBERS)] == names


@pytest.mark.django_db
@pytest.mark.parametrize("text", NOBODY.values(), ids=NOBODY)
def test_no_agent_tool_or_collection_is_called(alice, team, text):
    TeamMemberFactory(team=team, user=UserFactory(name="Budi"))
    for name in ("Budi", "Ana", "Go"):
        Agent.objects.create(team=team, name=name, instructions="x")
        Collection.objects.create(team=team, name=name)
    workspace = Workspace(alice, team)
    assert mentions.found(text, workspace) == mentions.Named()
    assert mentions.agent(text, workspace) is None
    assert mentions.searched(text, workspace) == []
    assert mentions.found("@Budi", workspace) != mentions.Named()


@pytest.mark.parametrize(
    "text", ["`" * 20_000 + "@a", "` `` " * 5_000 + "@a", "> " * 9_000 + "@a", "```\n" * 9_000 + "@a"]
)
def test_what_is_left_out_keeps_its_place(text):
    assert len(mentions.meant(text)) == len(text)
