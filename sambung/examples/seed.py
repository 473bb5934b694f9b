"""Examples to look at: a believable team with all that a team keeps. Made once; run again it adds nothing."""

from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from chats.messages.content import write
from chats.models import Chat, ChatTag, Folder, Message, Prompt, Role, Tag
from chats.prompts.variables import names
from sambung.examples.content import AGENT, CHATS, FOLDERS, PEOPLE, PROMPTS, TAGS, TEAM, ExampleChat
from teams.models import Team, TeamMember, TeamRole, User, UserRole


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
    new = [example for example in CHATS if not Chat.objects.filter(team=team, title=example.title).exists()]
    for example in new:
        chat = _chat(team, people[example.by], folders.get(example.folder), example)
        ChatTag.objects.bulk_create([ChatTag(chat=chat, tag=tags[name]) for name in example.tags])
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
