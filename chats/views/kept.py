"""Lists of chats that are kept somewhere, with what can be done to many of them at once."""

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet

from chats.forms_filing import ChatsForm
from chats.models import Archive, Chat, Folder, Tag
from teams import access

PAGE = 50


def listed(request, chats: QuerySet[Chat], **where) -> dict:
    """`page` of chats with their folders and tags, and `where`: the pairs that say which all of them are."""
    shown = (
        chats.listed().select_related("folder").only("title", "is_pinned", "updated_at", "warned_at", "folder__name")
    )
    shown = shown.prefetch_related(Prefetch("chat_tags__tag"))
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    return {"page": page, "where": [(name, value) for name, value in where.items() if value]}


def asked(request, data) -> ChatsForm:
    """The form that says which chats are meant; what it names that is not there means nothing."""
    form = ChatsForm(
        data,
        folders=access.rows(request, Folder.objects.all()),
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
