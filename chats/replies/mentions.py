"""`@name` in a message: an agent answers it, collections and documents are searched for it; in a team's chat a
person is told in the app, and by mail if they want."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import regex
from django.conf import settings
from django.db.models import CharField, F, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import override

from agents.models import Agent
from agents.policies import hidden_from
from agents.tools import Source, sources
from chats.models import Chat, Message
from documents.actions.collections import available
from documents.knowledge import places
from documents.models import Document, Kind
from documents.showing import ICONS
from teams import access, mails
from teams.models import Notification, User
from teams.workspace import Workspace

KIND = "mention"
MAIL_LASTS = timedelta(days=1)  # after which nobody need be told by mail any more
OFFERED = 200  # collections, and documents, that the composer's list offers
MOST_NAMED, TITLE = 20, 200  # things that one message names to be searched; characters of a title
#: A name may follow. An address has letters before it, a path, a package or a handle one of these signs.
_BEFORE = r"(?<![\w/.+-])"
_MARK = re.compile(rf"{_BEFORE}@\w")
#: What stands behind a name in a longer one, in a package (`@budi/core`) and in addresses (`@budi:server.org`).
_BEHIND = r"(?![\w\p{M}]|[-./:@]\w)"
#: Where nobody is spoken to: code in fences, of which an open one goes to the end, and in lines; quotes; addresses.
_ELSEWHERE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$(?:.*?^ {0,3}(?P=fence)[`~]*[ \t]*$|.*)"
    r"|^ {0,3}>[^\n]*"
    r"|(?P<ticks>(?<!`)`+(?!`))[^\n]*?(?<!`)(?P=ticks)(?!`)"
    r"|\b(?:[a-z][a-z0-9+.-]{0,20}://|www\.)\S+",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be named: `name` is what stands after the @, `hint` tells those apart who share one."""

    kind: str
    name: str
    hint: str
    initials: str = ""
    picture: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom and what a message names: tools by their references, an agent to answer it, members of the team, and
    what is to be searched, by its references."""

    tools: list[str] = field(default_factory=list)
    agent: Agent | None = None
    people: list[User] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)


def found(text: str, workspace: Workspace) -> Named:
    """Return what a message of the workspace's person names."""
    text = meant(text)
    if not _MARK.search(text):
        return Named()
    called = (tools(text, workspace), agent(text, workspace), _members(text, workspace))
    return Named(*called, searched(text, workspace))


def meant(text: str) -> str:
    """The text with blanks in place of what speaks to nobody."""
    return _ELSEWHERE.sub(lambda found: " " * len(found[0]), text) if "@" in text else text


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
    text = meant(text)
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


def tools(text: str, workspace: Workspace) -> list[str]:
    """The references of the tools, and of sources with all of theirs, that a text names."""
    text = meant(text)
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


# ---- what is searched -----------------------------------------------------------------------------------
def of_collections(workspace: Workspace) -> list[Entry]:
    """The collections that a person can have searched for one message."""
    found = available(workspace).only("name", "description")[:OFFERED]
    return [Entry("collection", one.name, one.description, icon="library") for one in found]


def of_documents(workspace: Workspace) -> list[Entry]:
    """The documents that can be searched for one message, those changed last first."""
    rows = access.rows(workspace, Document.objects.exclude(title="")).order_by("-updated_at", "-id")
    return [
        Entry("document", " ".join(title.split()), folder or str(Kind(kind).label), icon=ICONS[kind])
        for title, kind, folder in rows.values_list("title", "kind", "folder__name")[:OFFERED]
    ]


def searched(text: str, workspace: Workspace) -> list[str]:
    """The references of the collections and documents that a text names; of two with one name both."""
    text, known = meant(text), defaultdict(list)
    for pk, name in available(workspace).values_list("pk", "name"):
        known[name.casefold().strip()].append(places.reference("collection", pk))
    for mark in list(_MARK.finditer(text))[:MOST_NAMED]:
        behind = text[mark.end() - 1 :][:TITLE]
        rows = access.rows(workspace, Document.objects.exclude(title="")).annotate(said=Value(behind, CharField()))
        for pk, title in rows.filter(said__istartswith=F("title")).values_list("pk", "title")[:OFFERED]:
            known[title.casefold().strip()].append(places.reference("document", pk))
    named = (ref for name in _called(text, filter(None, known)) for ref in known[name])
    return list(dict.fromkeys(named))[:MOST_NAMED]


# ---- people ---------------------------------------------------------------------------------------------
def _called(text: str, names: Iterable[str]) -> list[str]:
    """Which of the names, in lower case, stand behind an @ in the text, in its order. The longer name counts."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return regex.findall(rf"{_BEFORE}@({either}){_BEHIND}", meant(text).casefold()) if either else []


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


def _members(text: str, workspace: Workspace) -> list[User]:
    """The other members of the workspace's team whom a text names."""
    if workspace.team is None:
        return []
    here = User.objects.filter(memberships__team=workspace.team, is_active=True).exclude(pk=workspace.user.pk)
    return people(text, list(here))


def tell(message: Message, chat: Chat, by: User, named: Iterable[User]) -> None:
    """Tell the members whom a message of a team's chat names, in the present transaction."""
    if not (named := list(named)):
        return
    data = {"by": str(by), "chat": str(chat.pk), "message": str(message.pk), "title": str(chat), "team": chat.team.name}
    made = [Notification(user=person, kind=KIND, data=data) for person in named]
    Notification.objects.bulk_create(made)
    for person in named:
        if person.preferences.get("mention_mail"):
            mails.post(letter(person, str(by), chat), [person], lasts=MAIL_LASTS)


def _address(person: User, chat: Chat) -> str:
    return f"{settings.PUBLIC_URL}{Workspace(person, chat.team).url('chat', chat.pk)}"


def letter(person: User, by: str, chat: Chat) -> mails.Letter:
    """The mail: who, where, and the way there; never the words of the message."""
    with override(person.preferences.get("language", settings.LANGUAGE_CODE)):
        said = {"by": mails.plain(by), "team": mails.plain(chat.team.name)}
        subject = _("%(by)s mentioned you in %(team)s") % said
        words = _("%(by)s mentioned you in a chat of %(team)s.") % said
        return mails.short(subject, words, link=_address(person, chat), label=_("Look at the chat"))
