"""A chat's one public link: made, changed, found, ended."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chats.actions import Refused
from chats.models import Chat, LinkMode, Message, PublicLink
from chats.sharing import shown
from teams import access, audit
from teams.models import Instance, Team, User
from teams.workspace import Workspace

BYTES = 24  # of a token


def is_allowed(team: Team | None) -> bool:
    """Whether chats of the team, or personal ones, may be public: the instance and the team can forbid it."""
    return Instance.present().public_links and (team is None or team.settings.get("public_links", True))


def share(*, chat: Chat, by: User, password: str | None = None, **options) -> PublicLink:
    """Give the chat its link, or change the one that it has, whose address stays. A snapshot is taken anew.

    `password`: "" = none, None = as it was; `options` are those of `_shared`. Raises Refused where links are forbidden,
    and for temporary chats, and Busy.
    """
    kept = make_password(password) if password else password  # before the transaction: it is slow
    return _shared(chat, by, kept, **options)


@transaction.atomic
def _shared(
    chat: Chat,
    by: User,
    password: str | None,
    *,
    mode: str,
    until: Message | None = None,
    with_attachments: bool = False,
    expires_at: datetime | None = None,
) -> PublicLink:
    chat = Chat.objects.held().select_related("team").get(pk=chat.pk)
    if not is_allowed(chat.team):
        raise Refused(_("Public links are not allowed here."))
    if chat.is_temporary:
        raise Refused(_("A temporary chat cannot be shared."))
    link = PublicLink.objects.filter(chat=chat).first() or PublicLink(chat=chat, created_by=by)
    link.mode, link.until_message, link.with_attachments = mode, until, with_attachments
    link.expires_at = expires_at
    if password is not None:
        link.password = password
    link.snapshot = shown.taken(chat, link) if mode == LinkMode.SNAPSHOT else None
    link.save()
    token = chat.public_token if chat.is_public else secrets.token_urlsafe(BYTES)
    Chat.objects.filter(pk=chat.pk).update(public_token=token, is_public=True)
    chat.public_token, chat.is_public = token, True
    audit.record("link.shared", by=by, target=chat.pk, team=chat.team, mode=mode)
    return link


@transaction.atomic
def revoke(*, chats: QuerySet[Chat], by: User) -> int:
    """End the links of these chats at once and for good; return how many."""
    ended = list(Chat.objects.filter(pk__in=chats.order_by().values("pk"), is_public=True).select_related("team"))
    PublicLink.objects.filter(chat__in=ended).delete()
    for chat in ended:
        audit.record("link.revoked", by=by, target=chat.pk, team=chat.team)
    return len(ended)


def gone(sender, instance: PublicLink, **kwargs) -> None:
    """A link has been deleted, by itself or with the message that it ended with: its address never opens again."""
    Chat.objects.filter(pk=instance.chat_id).update(is_public=False, public_token=None)


def find(token: str) -> PublicLink | None:
    """The link of that token, while it opens something. A team's link stays when whoever made it leaves."""
    living = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    held = Q(chat__team__isnull=False) | Q(chat__user__is_active=True)
    there = {"chat__public_token": token, "chat__is_public": True, "chat__deleted_at": None}
    link = PublicLink.objects.filter(living, held, **there).select_related("chat__team").first()
    return link if link and is_allowed(link.chat.team) else None


def count_view(link: PublicLink, reader: User) -> None:
    """Somebody has looked; those who can open the chat anyway are not counted."""
    if not access.rows(reader, Chat.objects.filter(pk=link.chat_id)).exists():
        PublicLink.objects.filter(pk=link.pk).update(views=F("views") + 1)


def of(workspace: Workspace) -> QuerySet[PublicLink]:
    """The links of a workspace's chats, the newest first."""
    here = PublicLink.objects.filter(chat__is_public=True, chat__deleted_at=None)
    return access.rows(workspace.user, here.filter(chat__in=Chat.objects.filter(workspace.q))).order_by("-updated_at")
