"""What was deleted: for 30 days it is taken back, one by one, together, or by the moment of the act that deleted it."""

from datetime import UTC, datetime, timedelta

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chats.filing import deleting
from chats.models import Chat, Folder, Prompt
from chats.prompts import actions
from chats.views import chat_page
from chats.views.dialogs import ask
from teams import access
from teams.views import answers
from teams.workspace import Workspace

SHOWN = 200  # of each kind, the newest
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def undo_url(workspace: Workspace, moment: datetime) -> str:
    """Where the act of that moment is taken back."""
    return workspace.url("deleted_undo", (moment - _EPOCH) // timedelta(microseconds=1))


@never_cache
@require_GET
def trash(request):
    """What can be taken back here, newest first."""
    items = [_item(kind, row) for kind, rows in _rows(request).items() for row in rows.order_by("-deleted_at")[:SHOWN]]
    items.sort(key=lambda item: item["deleted_at"], reverse=True)
    context = {"items": items, "may_remove": any(_rows(request, access.MANAGE)[kind].exists() for kind in _KINDS)}
    return render(request, "chats/trash.html", context)


@require_POST
def deleted_undo(request, moment):
    """Take back what was deleted in one act."""
    try:
        at = _EPOCH + timedelta(microseconds=moment)
    except OverflowError:
        raise Http404("There is no such moment.") from None
    rows = {kind: found.filter(deleted_at=at) for kind, found in _rows(request).items()}
    if not any(found.exists() for found in rows.values()):
        raise Http404("Nothing was deleted then.")
    _restore(rows)
    return answers.done(request, _("It is back."), _back(request))


@require_POST
def deleted_restore(request):
    """Take back what was chosen."""
    rows = _chosen(request, access.WRITE, request.POST)
    many = sum(found.count() for found in rows.values())
    _restore(rows)
    text = ngettext("%(n)s thing is back.", "%(n)s things are back.", many) % {"n": many}
    return answers.done(request, text, request.workspace.url("trash"))


@never_cache
@require_http_methods(["GET", "POST"])
def deleted_remove(request):
    """Ask, and remove for good what was chosen, or everything."""
    data = request.POST if request.method == "POST" else request.GET
    rows = _rows(request, access.MANAGE) if data.get("all") else _chosen(request, access.MANAGE, data)
    to, back = request.workspace.url("deleted_remove"), request.workspace.url("trash")
    if request.method == "POST":
        many = deleting.remove(**{f"{kind}s": found for kind, found in rows.items()})
        text = ngettext("%(n)s thing is gone for good.", "%(n)s things are gone for good.", many) % {"n": many}
        return answers.done(request, text, back)
    many = sum(found.count() for found in rows.values())
    title = ngettext("Delete %(n)s thing for good?", "Delete %(n)s things for good?", many) % {"n": many}
    hidden = [(name, value) for name in (*_KINDS, "all") for value in data.getlist(name)]
    text = _("Nobody can take this back.")
    submit = _("Delete for good")
    return ask(request, title, to=to, submit=submit, back=back, text=text, hidden=hidden, is_danger=True)


_KINDS = {"chat": Chat, "folder": Folder, "prompt": Prompt}
_ICONS = {"chat": "message-square", "folder": "folder", "prompt": "notebook-text"}


def _rows(request, level: access.Level = access.WRITE) -> dict:
    """What was deleted here, by kind."""
    return {kind: access.deleted_rows(request, model.objects.all(), level) for kind, model in _KINDS.items()}


def _chosen(request, level: access.Level, data) -> dict:
    """Of these, what the form names."""
    ids = {kind: [pk for text in data.getlist(kind) if (pk := chat_page.as_uuid(text))] for kind in _KINDS}
    return {kind: found.filter(pk__in=ids[kind]) for kind, found in _rows(request, level).items()}


def _restore(rows: dict) -> None:
    deleting.restore(chats=rows["chat"], folders=rows["folder"])
    for prompt in rows["prompt"]:
        actions.restore_prompt(prompt=prompt)


def _item(kind: str, row) -> dict:
    goes_at = row.deleted_at + deleting.KEPT
    return {"kind": kind, "icon": _ICONS[kind], "row": row, "deleted_at": row.deleted_at, "goes_at": goes_at}


def _back(request) -> str:
    """The page that is open, as far as it is one of lists."""
    here = request.htmx.current_url_abs_path if request.htmx else ""
    return here or request.workspace.url("chat_list")
