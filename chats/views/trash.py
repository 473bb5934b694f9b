"""What was deleted: for 30 days it is taken back, one by one, together, or by the moment of the act that deleted it."""

from datetime import UTC, datetime, timedelta

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chats.views import chat_page
from teams import access, links
from teams import trash as deleted
from teams.views import answers
from teams.views.dialogs import ask
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
    here = {kind: found.order_by("-deleted_at")[:SHOWN] for kind, found in deleted.rows(request).items()}
    items = [_item(kind, row) for kind, found in here.items() for row in found]
    items.sort(key=lambda item: item["deleted_at"], reverse=True)
    may_remove = any(found.exists() for found in deleted.rows(request, access.MANAGE).values())
    context = {"items": items, "may_remove": may_remove}
    return render(request, "chats/trash.html", context)


@require_POST
def deleted_undo(request, moment):
    """Take back what was deleted in one act."""
    try:
        at = _EPOCH + timedelta(microseconds=moment)
    except OverflowError:
        raise Http404("There is no such moment.") from None
    rows = {kind: found.filter(deleted_at=at) for kind, found in deleted.rows(request).items()}
    if not any(found.exists() for found in rows.values()):
        raise Http404("Nothing was deleted then.")
    text = _("It is back.") + _take_back(request, rows)
    return answers.done(request, text, _back(request))


@require_POST
def deleted_restore(request):
    """Take back what was chosen."""
    rows = _chosen(request, access.WRITE, request.POST)
    many = sum(found.count() for found in rows.values())
    opened = _take_back(request, rows)
    text = ngettext("%(n)s thing is back.", "%(n)s things are back.", many) % {"n": many}
    return answers.done(request, f"{text}{opened}", request.workspace.url("trash"))


@never_cache
@require_http_methods(["GET", "POST"])
def deleted_remove(request):
    """Ask, and remove for good what was chosen, or everything."""
    data = request.POST if request.method == "POST" else request.GET
    rows = deleted.rows(request, access.MANAGE) if data.get("all") else _chosen(request, access.MANAGE, data)
    to, back = request.workspace.url("deleted_remove"), request.workspace.url("trash")
    if request.method == "POST":
        many = deleted.remove(rows)
        text = ngettext("%(n)s thing is gone for good.", "%(n)s things are gone for good.", many) % {"n": many}
        return answers.done(request, text, back)
    many = sum(found.count() for found in rows.values())
    title = ngettext("Delete %(n)s thing for good?", "Delete %(n)s things for good?", many) % {"n": many}
    hidden = [(name, value) for name in (*deleted.listed(), "all") for value in data.getlist(name)]
    text = _("Nobody can take this back.")
    submit = _("Delete for good")
    return ask(request, title, to=to, submit=submit, back=back, text=text, hidden=hidden, is_danger=True)


def _take_back(request, rows: deleted.Rows) -> str:
    """Take rows back; return what is to be said of public links that open again with them."""
    before = links.count_open(request)
    deleted.restore(rows)
    if (many := links.count_open(request) - before) <= 0:
        return ""
    told = ngettext("%(n)s public link opens again.", "%(n)s public links open again.", many) % {"n": many}
    return f" {told}"


def _chosen(request, level: access.Level, data) -> deleted.Rows:
    """Of what was deleted here, by kind, what the form names."""
    found = {}
    for kind, rows in deleted.rows(request, level).items():
        found[kind] = rows.filter(pk__in=[pk for text in data.getlist(kind) if (pk := chat_page.as_uuid(text))])
    return found


def _item(kind: str, row) -> dict:
    goes_at = row.deleted_at + deleted.KEPT
    icon = deleted.listed()[kind].icon
    return {"kind": kind, "icon": icon, "row": row, "deleted_at": row.deleted_at, "goes_at": goes_at}


def _back(request) -> str:
    """The page that is open, as far as it is one of lists."""
    here = request.htmx.current_url_abs_path if request.htmx else ""
    return here or request.workspace.url("chat_list")
