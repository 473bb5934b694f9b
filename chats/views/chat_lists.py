"""Lists of chats that are kept somewhere, with what can be done to many of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from chats.filing import folder_tree
from chats.forms.filing import ChatsForm
from chats.models import Archive, Chat, Folder, Tag
from teams import access
from teams.templatetags.fast_rows import repeat

PAGE = 50


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One chat as a list shows it; `folder` is empty on the folder's own page."""

    SLOTS: ClassVar = ("id", "title", "tags", "folder_id", "folder", "moment", "day")

    id: UUID
    title: str
    tags: SafeString
    folder_id: UUID | None
    folder: str
    moment: str  # ISO 8601
    day: str
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class TagChip:
    """One tag of a chat."""

    SLOTS: ClassVar = ("id", "name", "color")

    id: UUID
    name: str
    color: str | None


def listed(request, chats: QuerySet[Chat], **where) -> dict:
    """`page` of chats, `rows` that show them with folders and tags, and `where`: the pairs that say which all are."""
    shown = chats.listed().select_related("folder").only("title", "is_pinned", "updated_at", "folder__name")
    shown = shown.prefetch_related(Prefetch("chat_tags__tag"))
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    rows = [_row(request, chat, has_folder=not where.get("folder")) for chat in page]
    return {"page": page, "rows": rows, "where": [(name, value) for name, value in where.items() if value]}


def _row(request, chat: Chat, *, has_folder: bool) -> KeptRow:
    folder, at = chat.folder if has_folder else None, timezone.localtime(chat.updated_at)
    return KeptRow(
        id=chat.pk,
        title=str(chat),
        tags=_chips(request, [row.tag for row in chat.chat_tags.all()]),
        folder_id=folder and folder.pk,
        folder=str(folder or ""),
        moment=at.isoformat(),
        day=date_format(at, "SHORT_DATE_FORMAT"),
        is_pinned=chat.is_pinned,
    )


def _chips(request, of_chat: Iterable[Tag]) -> SafeString:
    chips = [TagChip(tag.pk, tag.name, tag.color) for tag in of_chat]
    return repeat({"workspace": request.workspace}, "chats/_tag_chip.html", tag=chips)


def asked(request, data) -> ChatsForm:
    """The form that says which chats are meant; what it names that is not there means nothing."""
    form = ChatsForm(
        data,
        folders=folder_tree.listed(access.rows(request, Folder.objects.all())),
        found_tags=tags(request),
        archives=access.rows(request.user, Archive.objects.all()),
    )
    if not form.is_valid():
        for name in form.errors:
            form.cleaned_data[name] = ""
    return form


def tags(request) -> QuerySet[Tag]:
    """The tags that chats here can have: the workspace's, and public ones."""
    here = Tag.objects.filter(request.workspace.q) | Tag.objects.filter(team=None, user=None)
    return access.rows(request.user, here)
