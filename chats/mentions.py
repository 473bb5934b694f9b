"""`@name` in a message: an agent answers it; in a team's chat a person is told in the app, and by mail if they want."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from agents.models import Agent
from agents.policies import hidden_from
from agents.tools import Source, sources
from chats.models import Chat, Message
from teams import access
from teams.models import Notification, User
from teams.workspace import Workspace

KIND = "mention"
_MARK = re.compile(r"(?<!\w)@\w")  # a name may follow; an address has letters before it


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be named: `name` is what stands after the @, `hint` tells those apart who share one."""

    kind: str
    name: str
    hint: str
    initials: str = ""
    picture: str = ""
    icon: str = ""


def entries(members: Iterable[User]) -> list[Entry]:
    """What the composer offers after an @: everybody who has a name."""
    return [
        Entry("person", member.name, member.email, member.initials, member.picture_url)
        for member in members
        if member.name.strip()
    ]


def of_agents(agents: Iterable[Agent]) -> list[Entry]:
    """The agents that can answer one message."""
    return [Entry("agent", agent.name, agent.description, icon=agent.icon_id) for agent in agents]


def agents_of(user: User) -> QuerySet[Agent]:
    """The agents that a person can call: not those that they have taken out of their lists."""
    found = access.rows(user, Agent.objects.filter(is_active=True)).exclude(hidden_from(user))
    return found.defer("instructions").order_by("name", "id")


def agent(text: str, workspace: Workspace) -> Agent | None:
    """The agent that a text names first; of two with one name the workspace's, then the person's own."""
    if not _MARK.search(text):
        return None
    by, team = workspace.user, workspace.team
    near = {(None, by.pk): 1} | ({(team.pk, None): 2} if team else {})
    found = sorted(
        agents_of(by), key=lambda agent: near.get((agent.team_id, None if agent.team_id else agent.user_id), 0)
    )
    known = {agent.name.casefold().strip(): agent.pk for agent in found}
    called = next((known[name] for name in _called(text, known)), None)
    return called and access.get(by, Agent.objects.all(), pk=called)  # whole: its instructions are read in the loop


def tools(text: str, by: User, workspace: Workspace) -> list[str]:
    """The references of the tools, and of sources with all of theirs, that a text names."""
    if not _MARK.search(text):
        return []
    found = sources(workspace, with_resting=True)
    known = {name.casefold(): ref for ref, name in _away(found)}
    known |= {entry.name.casefold(): ref for ref, entry in _tools(found).items()}
    return list(dict.fromkeys(known[name] for name in _called(text, known)))


def _away(found: Iterable[Source]) -> Iterator[tuple[str, str]]:
    """What a text may name though it cannot be used now: whoever named it is told so."""
    for source in found:
        yield from ((one.ref, one.title) for one in source.away)
        if not source.tools:
            yield source.ref, source.title


def of_tools(found: Iterable[Source]) -> list[Entry]:
    """The sources and tools that one message can be given."""
    return list(_tools(found).values())


def _tools(found: Iterable[Source]) -> dict[str, Entry]:
    """What can be named by reference; a name that another has already stands behind its source's."""
    entries, names = {}, set()
    for source in (source for source in found if source.tools):
        offered = [(source.ref, source.title, source.description)]
        offered += [(tool.ref, tool.title, source.title) for tool in source.tools]
        for ref, title, hint in offered:
            name = title if title.casefold() not in names else f"{hint} {title}" if ref != source.ref else source.id
            names.add(name.casefold())
            entries[ref] = Entry("tool", name, hint, icon=source.icon)
    return entries


def _called(text: str, names: Iterable[str]) -> list[str]:
    """Which of the names, in lower case, stand behind an @ in the text, in its order. The longer name counts."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.findall(rf"(?<!\w)@({either})(?!\w)", text.casefold()) if either else []


def people(text: str, members: list[User]) -> list[User]:
    """Those of the members whom a text names: by their whole name, or by a first name that only one of them has.

    The longer name counts: “@Ana Lee” is not Ana.
    """
    wholes, firsts = defaultdict(list), defaultdict(list)
    for member in members:
        if name := member.name.casefold().strip():
            wholes[name].append(member)
            firsts[name.split()[0]].append(member)
    called = {first: found for first, found in firsts.items() if len(found) == 1} | wholes
    named = {member for name in _called(text, called) for member in called[name]}
    return [member for member in members if member in named]


def tell(message: Message, chat: Chat, by: User) -> None:
    """Tell the members whom a message of a team's chat names, in the present transaction."""
    if chat.team_id is None or "@" not in message.content:
        return
    members = User.objects.filter(memberships__team=chat.team_id, is_active=True).exclude(pk=by.pk)
    named = people(message.content, list(members))
    data = {"by": str(by), "chat": str(chat.pk), "message": str(message.pk), "title": str(chat), "team": chat.team.name}
    made = [Notification(user=person, kind=KIND, data=data) for person in named]
    Notification.objects.bulk_create(made)
    for person in named:
        if person.preferences.get("mention_mail"):
            transaction.on_commit(lambda person=person: _mail(person, chat, message, by))


def _mail(person: User, chat: Chat, message: Message, by: User) -> None:
    from chats.tasks import mail_mention  # tasks import actions

    path = Workspace(person, chat.team).url("chat", chat.pk)
    mail_mention.defer(person=str(person.pk), by=str(by), team=chat.team.name, url=f"{settings.PUBLIC_URL}{path}")


def mail(person: User, by: str, team: str, url: str) -> None:
    """Send the mail: who, where, and the way there; never the words of the message."""
    with override(person.preferences.get("language", settings.LANGUAGE_CODE)):
        subject = _("%(by)s mentioned you in %(team)s") % {"by": by, "team": team}
        body = _("%(by)s mentioned you in a chat of %(team)s:\n%(url)s") % {"by": by, "team": team, "url": url}
    send_mail(subject.replace("\n", " "), body, None, [person.email])
