"""Examples to look at: a believable team with all that a team keeps. Made once; run again it adds nothing."""

from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from chats.canvas import pins
from chats.messages.content import write
from chats.models import Chat, ChatTag, Folder, Message, Prompt, Role, Tag
from chats.prompts.variables import names
from documents.actions import collections, uploading, writing
from documents.actions.writing import Writer
from documents.models import Collection, Document, DocumentFolder
from sambung.examples import workflows
from sambung.examples.content import (
    AGENT,
    CHATS,
    COLLECTION,
    DOCUMENT_FOLDERS,
    DOCUMENTS,
    FILE,
    FILE_TEXT,
    FOLDERS,
    MODEL,
    PEOPLE,
    PROMPTS,
    TAGS,
    TEAM,
    ExampleChat,
)
from teams.models import Team, TeamMember, TeamRole, User, UserRole
from teams.workspace import Workspace


@transaction.atomic
def seed() -> int:
    """Make the example team; instance admins become members. Return how many chats were added."""
    team, _ = Team.objects.get_or_create(slug=TEAM["slug"], defaults=TEAM)
    people = _people(team)
    folders: dict[str, Folder] = {}
    for name, above in FOLDERS.items():
        folders[name], _ = Folder.objects.get_or_create(team=team, name=name, parent=folders.get(above))
    tags = {name: Tag.objects.get_or_create(team=team, name=name, defaults={"color": TAGS[name]})[0] for name in TAGS}
    Agent.objects.get_or_create(team=team, name=AGENT["name"], defaults=AGENT | {"user": people[PEOPLE[0][0]]})
    for prompt in PROMPTS:
        content = {"category": prompt.category, "content": prompt.content, "variables": names(prompt.content)}
        Prompt.objects.get_or_create(team=team, name=prompt.name, defaults=content | {"user": people[prompt.by]})
    _documents(team, people)
    _knowledge(team, people)
    workflows.seed(team, people[PEOPLE[0][0]])
    new = [example for example in CHATS if not Chat.objects.filter(team=team, title=example.title).exists()]
    for example in new:
        chat = _chat(team, people[example.by], folders.get(example.folder), example)
        ChatTag.objects.bulk_create([ChatTag(chat=chat, tag=tags[name]) for name in example.tags])
        for document in Document.objects.filter(team=team, title=example.pinned) if example.pinned else ():
            pins.pin(chat=chat, document=document)
    return len(new)


def _people(team: Team) -> dict[str, User]:
    """Those of the example by their addresses; the instance's admins see the team, too."""
    people = {}
    for email, name, role in PEOPLE:
        people[email] = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)
        TeamMember.objects.get_or_create(team=team, user=people[email], defaults={"role": role})
    for admin in User.objects.filter(role=UserRole.ADMIN, is_active=True):
        TeamMember.objects.get_or_create(team=team, user=admin, defaults={"role": TeamRole.ADMIN})
    return people


def _documents(team: Team, people: dict[str, User]) -> None:
    """Those that are not there yet, saved one after the other."""
    folders = {name: DocumentFolder.objects.get_or_create(team=team, name=name)[0] for name in DOCUMENT_FOLDERS}
    for example in DOCUMENTS:
        if Document.objects.filter(team=team, title=example.title).exists():
            continue
        (author, text), *later = example.texts
        facts = {"title": example.title, "kind": example.kind, "language": example.language}
        workspace = Workspace(people[author], team)
        folder = folders.get(example.folder)
        made = writing.create(by=people[author], workspace=workspace, content=text, folder=folder, **facts)
        for number, (author, text) in enumerate(later, 1):
            writing.save(by=people[author], document=made, content=text, base=number)
        if example.by_model:
            given = {"content": example.by_model, "base": len(example.texts), "writer": Writer(MODEL)}
            writing.save(by=people[author], document=made, **given)


def _knowledge(team: Team, people: dict[str, User]) -> None:
    """A file, and a collection of the team's documents that its agent searches."""
    name, by, folder = FILE
    workspace = Workspace(people[by], team)
    if not Document.objects.filter(team=team, title=name).exists():
        place = DocumentFolder.objects.get(team=team, name=folder)
        uploading.add(workspace=workspace, name=name, data=FILE_TEXT.encode(), folder=place)
    if Collection.objects.filter(team=team, name=COLLECTION["name"]).exists():
        return
    made = collections.create(by=people[by], workspace=workspace, **COLLECTION)
    collections.add(collection=made, documents=Document.objects.filter(team=team))
    collections.give(by=people[by], collection=made, agent=Agent.objects.get(team=team, name=AGENT["name"]))


def _chat(team: Team, by: User, folder: Folder | None, example: ExampleChat) -> Chat:
    chat = Chat.objects.create(
        team=team, user=by, folder=folder, title=example.title, is_pinned=example.is_pinned, updated_at=timezone.now()
    )
    parent = None
    for turn, text in enumerate(example.texts):
        role = Role.ASSISTANT if turn % 2 else Role.USER
        parent = Message(chat=chat, parent=parent, role=role, user=None if turn % 2 else by)
        write(parent, [{"type": "text", "text": text}]).save()
    Chat.objects.filter(pk=chat.pk).update(current_message=parent)
    return chat
