"""`@name` in a team's chat: the person is told in the app, and by mail if they want that."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from chats.models import Chat, Message
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


def entries(members: Iterable[User]) -> list[Entry]:
    """What the composer offers after an @: everybody who has a name."""
    return [
        Entry("person", member.name, member.email, member.initials, member.picture_url)
        for member in members
        if member.name.strip()
    ]


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
    names = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True))
    said = set(re.findall(rf"(?<!\w)@({names})(?!\w)", text.casefold()))
    named = {member for name in said & called.keys() for member in called[name]}
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
