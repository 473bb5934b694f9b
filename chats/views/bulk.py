"""What is done to many chats of a list at once: to those ticked, or to all that the list is of."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chats.actions import bulk
from chats.filing import archives, deleting, folder_tree, folders, tags
from chats.forms.chats import MoveForm
from chats.forms.filing import ArchiveChoiceForm, TagChoiceForm, TagNameForm
from chats.models import Archive, Chat, Folder
from chats.views import chat_lists, chat_page, move
from chats.views.trash import undo_url
from sambung.lib.errors import Refused
from teams import access
from teams.forms.folders import FolderForm
from teams.views import answers
from teams.views.dialogs import ask

AT_MOST = 500  # chats that one form names
_WHERE = ("folder", "tag", "archive", "are")


@dataclass(frozen=True)
class Act:
    """`do` takes the request, the chats and what the form says; it returns how many, or how many and where to undo."""

    do: Callable
    title: Promise | str = ""
    form: Callable | None = None  # of what must be chosen first


@require_POST
def chat_bulk(request):
    """Do one act to the chosen chats; ask first what an act needs to know."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404("There is no such act.")
    form = act.form and act.form(request, request.POST if "done" in request.POST else None)
    if form is not None and not form.is_valid():
        return _ask(request, act, form)
    done = act.do(request, _chosen(request, request.POST), form.cleaned_data if form else {})
    many, undo = done if isinstance(done, tuple) else (done, "")
    text = ngettext("Done for %(n)s chat.", "Done for %(n)s chats.", many) % {"n": many}
    return answers.done(request, text, _back(request), undo_url=undo if many else "")


def _ask(request, act: Act, form):
    """What must be chosen first. The chats go along in the form."""
    names = ("chat", "all", "act", *(f"in-{name}" for name in _WHERE))
    hidden = [(name, value) for name in names for value in request.POST.getlist(name)] + [("done", "1")]
    to, back = request.workspace.url("chat_bulk"), _back(request)
    return ask(request, str(act.title), to=to, submit=_("Save"), back=back, form=form, hidden=hidden)


def _chosen(request, data) -> QuerySet[Chat]:
    """The chats that are ticked, or all that the list is of. Raises Refused where what it is of is gone."""
    mine = access.rows(request, Chat.objects.filter(is_temporary=False), access.WRITE)
    if data.get("all"):
        form = chat_lists.asked(request, _where(data))
        if form.errors:  # without it, all chats would be meant
            raise Refused(gettext("What the list was of is not there any more. Choose again."), code="gone")
        meant = form.among(mine)
        return mine.filter(pk__in=list(meant.values_list("pk", flat=True)))  # as they are now, before the act
    ids = [pk for text in data.getlist("chat")[:AT_MOST] if (pk := chat_page.as_uuid(text))]
    return mine.filter(pk__in=ids)


def _where(data) -> dict:
    """What the list was filtered by."""
    return {name: data.get(f"in-{name}", "") for name in _WHERE}


def _back(request) -> str:
    """The list that the chats were chosen from."""
    if request.htmx and request.htmx.current_url_abs_path:
        return request.htmx.current_url_abs_path
    return request.workspace.url("chat_list")


# ---- the acts -------------------------------------------------------------------------------------------
def _folder_form(request, data):
    return FolderForm(data, rows=folder_tree.listed(access.rows(request, Folder.objects.all())))


def _tag_name_form(request, data):
    return TagNameForm(data)


def _tag_form(request, data):
    return TagChoiceForm(data, found=chat_lists.tags(request).order_by("name"))


def _archive_form(request, data):
    return ArchiveChoiceForm(data, found=access.rows(request.user, Archive.objects.all()))


def _move_form(request, data):
    return MoveForm(data, places=move.places_of(request))


def _place(request, chats, given):
    chosen = given["folder"]
    to = chosen and access.get(request, Folder.objects.all(), access.WRITE, pk=chosen)
    return folders.place(chats=chats, folder=to)


def _tag(request, chats, given):
    tags.add_named(chats=chats, name=given["name"], workspace=request.workspace)
    return chats.count()


def _archive(request, chats, given):
    chosen = given["archive"] or archives.create(by=request.user, name=given["name"])
    return archives.add(archive=chosen, chats=chats)


def _move(request, chats, given):
    return bulk.move(chats=chats, by=request.user, to=move.places_of(request)[given["to"]])


def _unarchive(request, chats, given):
    found = access.get(request.user, Archive.objects.all(), access.WRITE, pk=request.POST.get("in-archive"))
    return archives.remove(archive=found, chats=chats)


def _delete(request, chats, given):
    moment = timezone.now()
    return deleting.delete_chats(chats, at=moment), undo_url(request.workspace, moment)


ACTS = {
    "pin": Act(lambda request, chats, given: bulk.set_pinned(chats=chats, is_pinned=True)),
    "unpin": Act(lambda request, chats, given: bulk.set_pinned(chats=chats, is_pinned=False)),
    "folder": Act(_place, _("Move to folder"), _folder_form),
    "tag": Act(_tag, _("Add a tag"), _tag_name_form),
    "untag": Act(
        lambda request, chats, given: tags.remove(chats=chats, tag=given["tag"]), _("Remove a tag"), _tag_form
    ),
    "archive": Act(_archive, _("Add to an archive"), _archive_form),
    "unarchive": Act(_unarchive),
    "move": Act(_move, _("Move to another workspace"), _move_form),
    "delete": Act(_delete),
}
