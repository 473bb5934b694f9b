"""`@name` in a team's chat: the person is told in the app, and by mail if they want that."""

import re

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from chats.models import Chat, Message
from teams.models import Notification, User
from teams.workspace import Workspace

KIND = "mention"


def people(text: str, members: list[User]) -> list[User]:
    """Those of the members whom a text names: by their whole name, or by a first name that only one of them has."""
    folded = text.casefold()
    firsts = [member.name.casefold().split()[:1] for member in members]
    found = []
    for member, first in zip(members, firsts, strict=True):
        names = [member.name.casefold()] + (first if firsts.count(first) == 1 else [])
        if any(re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", folded) for name in names if name):
            found.append(member)
    return found


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
