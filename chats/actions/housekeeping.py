"""What people do with a chat as a whole: name it, set it, pin it, see it, move it, put it away."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents import catalog
from agents.catalog import Reference
from agents.models import ACTIVE, Run
from chats.canvas import pins
from chats.files import store
from chats.filing import deleting
from chats.models import ArchiveItem, Attachment, Chat, ChatDocument, ChatRead, ChatTag, PublicLink
from chats.replies import responder, tool_choice
from chats.validators import validate_settings
from sambung.lib.database import incidental
from sambung.lib.errors import Refused
from teams import access, audit, links
from teams.models import User
from teams.workspace import Workspace


def set_settings(*, chat: Chat, settings: dict) -> None:
    """Set how the next replies are asked for; the tools stay as they are. Raises ValidationError naming the path."""
    settings = {name: chat.settings[name] for name in tool_choice.NAMES if name in chat.settings} | settings
    validate_settings(settings)
    Chat.objects.filter(pk=chat.pk).update(settings=settings)
    chat.settings = settings


def rename(*, chat: Chat, title: str) -> None:
    """Give the chat a title; the model gives it none after that. Does not count as activity."""
    chat.title, chat.metadata = title, chat.metadata | {"title_by": "person"}
    Chat.objects.filter(pk=chat.pk).update(title=chat.title, metadata=chat.metadata)


def set_pinned(*, chat: Chat, is_pinned: bool) -> None:
    Chat.objects.filter(pk=chat.pk).update(is_pinned=is_pinned)
    chat.is_pinned = is_pinned


def see(*, chat: Chat, by: User) -> None:
    """The person has seen all of a team's chat. At home nothing is unread."""
    if not chat.team_id:
        return
    with incidental():
        ChatRead.objects.bulk_create(
            [ChatRead(chat=chat, user=by, seen_at=timezone.now())],
            update_conflicts=True,
            unique_fields=["chat", "user"],
            update_fields=["seen_at"],
        )


@transaction.atomic
def move_chat(*, chat: Chat, by: User, to: Workspace) -> None:
    """Take a chat with all its messages and runs to another workspace of the person's.

    Its folder, and the tags and documents of the former workspace, stay behind; so do archives of people who cannot
    read it any more.
    Raises Refused while a reply is being written, and when somebody takes away what another one began.
    """
    chat = Chat.objects.held().get(pk=chat.pk)
    if chat.team and chat.user_id != by.pk and not access.rows(by, Chat.objects.all(), access.MANAGE).contains(chat):
        raise Refused(_("Only whoever began this chat, or an admin of the team, can move it."), code="not_yours")
    runs = Run.objects.filter(messages__chat=chat)
    if runs.filter(status__in=ACTIVE).exists():
        raise Refused(_("A reply is being written here. Stop it first."), code="reply_running")
    audit.record("chat.moved", by=by, target=chat.pk, team=to.team or chat.team, to="team" if to.team else "personal")
    Run.objects.filter(pk__in=runs.values("pk")).update(team=to.team)
    owner = {} if to.team else {"user": by}  # in a team it stays with whoever began it
    store.take_along(chat, to)
    was_imported_there = Chat.objects.filter(to.q, origin=chat.origin).exclude(pk=chat.pk).exists()
    origin = "" if was_imported_there else chat.origin
    metadata = {name: value for name, value in chat.metadata.items() if name != pins.HAS_PINS}
    Chat.objects.filter(pk=chat.pk).update(team=to.team, folder=None, origin=origin, metadata=metadata, **owner)
    links.revoke(PublicLink.objects.filter(chat=chat), by=by)
    Attachment.objects.filter(chat=chat).update(team=to.team, **owner)
    ChatTag.objects.filter(chat=chat).exclude(tag__user=None, tag__team=None).delete()
    ChatDocument.objects.filter(chat=chat).delete()
    if not to.team:
        ArchiveItem.objects.filter(chat=chat).exclude(archive__user=by).delete()
    if chat.api_key_id:
        _find_model(chat, to)


def _find_model(chat: Chat, to: Workspace) -> None:
    """Keep a chat's model where it can be used in its new workspace, under this key or another; else forget it."""
    model = catalog.alike(Reference.of_row(chat), to)
    if model:
        responder.set_model(chat=chat, model=model)
    else:
        Chat.objects.filter(pk=chat.pk).update(api_key=None, provider="", model="")


def delete_chat(*, chat: Chat) -> None:
    """Put the chat away: hidden at once, removed for good after 30 days. What runs in it is stopped."""
    deleting.delete_chats(Chat.objects.filter(pk=chat.pk))


def restore_chat(*, chat: Chat) -> None:
    """Take a deleted chat back."""
    deleting.restore_chats(Chat.objects.filter(pk=chat.pk))


def clean_up() -> int:
    """Remove temporary chats for good 24 h after their last activity."""
    idle = Chat.objects.filter(is_temporary=True, updated_at__lt=timezone.now() - timedelta(hours=24))
    idle = idle.exclude(messages__run__status__in=ACTIVE)
    return sum(chat.delete()[0] for chat in idle)
