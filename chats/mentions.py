"""`@name` in a message: an agent answers it; in a team's chat a person is told in the app, and by mail if they want."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from agents.models import Agent
from chats.models import Chat, Message
from teams import access
from teams.models import Notification, User
from teams.workspace import Workspace

KIND = "mention"


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
    """The agents that a person can call."""
    return access.rows(user, Agent.objects.filter(is_active=True)).order_by("name", "id")


def agent(text: str, by: User) -> Agent | None:
    """The agent that a text names first; of two with one name, the person's own."""
    if "@" not in text:
        return None
    found = sorted(agents_of(by), key=lambda agent: agent.user_id == by.pk)
    known = {agent.name.casefold().strip(): agent for agent in found}
    return next((known[name] for name in _called(text, known)), None)


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
