"""Folders: the tree in the rail, a page for each, and what is done with them."""

from urllib.parse import urlsplit

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chats.filing import folder_tree, folders
from chats.filing.breadcrumbs import shown_of
from chats.forms.filing import DeleteFolderForm, FolderSettingsForm
from chats.models import Chat, Folder
from chats.views import chat_lists, chat_page
from chats.views.trash import undo_url
from teams import access
from teams.folders import create_folder, move_folder, path, rename_folder, without
from teams.forms.folders import FolderForm, NameForm, NewFolderForm
from teams.views import answers
from teams.views.dialogs import ask


def _folder(request, folder_id, level=access.WRITE) -> Folder:
    return access.get(request, Folder.objects.all(), level, pk=folder_id)


def rail(request) -> dict:
    """`folders` of the workspace, as the rail shows them."""
    current = str(request.resolver_match.kwargs.get("folder_id", ""))
    return {"folders": folder_tree.listed(access.rows(request, Folder.objects.all()), current)}


@never_cache
@require_GET
def folder_list(request):
    """The tree for the rail; they are no page by themselves."""
    if not request.htmx:
        return redirect(request.workspace.url("chat_list"))
    return render(request, "chats/_folders.html", rail(request))


@never_cache
@require_GET
def folder(request, folder_id):
    """A folder's chats, and the folders in it."""
    found = _folder(request, folder_id, access.READ)
    chats = access.rows(request, Chat.objects.filter(folder=found))
    below = folder_tree.listed(access.rows(request, Folder.objects.filter(parent=found)))
    context = {"folder": found, "folder_path": path(found), "below": below}
    return render(request, "chats/folder.html", context | chat_lists.listed(request, chats, folder=found.pk))


@never_cache
@require_http_methods(["GET", "POST"])
def folder_new(request):
    """Make a folder, in another one if the address names it."""
    form = NewFolderForm(request.POST or None, initial={"parent": chat_page.as_uuid(request.GET.get("parent", ""))})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        parent = given["parent"] and _folder(request, given["parent"])
        made = create_folder(Folder, workspace=request.workspace, name=given["name"], parent=parent)
        return _done(request, _("The folder is there."), request.workspace.url("folder", made.pk))
    to = request.workspace.url("folder_new")
    return ask(request, _("New folder"), to=to, submit=_("Make folder"), back=_home(request), form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def folder_rename(request, folder_id):
    found = _folder(request, folder_id)
    form = NameForm(request.POST or None, initial={"name": found.name})
    to, page = request.workspace.url("folder_rename", found.pk), request.workspace.url("folder", found.pk)
    if request.method == "POST" and form.is_valid():
        rename_folder(folder=found, name=form.cleaned_data["name"])
        return _done(request, _("The folder has been renamed."), page)
    return ask(request, _("Rename folder"), to=to, submit=_("Rename"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def folder_settings(request, folder_id):
    """What chats in the folder begin with, and how long they stay."""
    found = _folder(request, folder_id)
    form = FolderSettingsForm(request.POST or None, workspace=request.workspace, folder=found)
    to, page = request.workspace.url("folder_settings", found.pk), request.workspace.url("folder", found.pk)
    if request.method == "POST" and form.is_valid():
        folders.set_settings(folder=found, **form.cleaned_data)
        return _done(request, _("The settings are kept."), page)
    return ask(request, _("Folder settings"), to=to, submit=_("Save"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def folder_move(request, folder_id):
    """Put the folder into another one, or at the top."""
    found = _folder(request, folder_id)
    rows = without(folder_tree.listed(access.rows(request, Folder.objects.all())), found.pk)
    form = FolderForm(request.POST or None, rows=rows, none=_("At the top"), initial={"folder": found.parent_id or ""})
    to, page = request.workspace.url("folder_move", found.pk), request.workspace.url("folder", found.pk)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["folder"]
        move_folder(folder=found, to=chosen and _folder(request, chosen))
        return _done(request, _("The folder has been moved."), page)
    return ask(request, _("Move folder"), to=to, submit=_("Move"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def folder_delete(request, folder_id):
    """Ask what becomes of what lies in it, and put the folder away; the notice takes it back."""
    found = _folder(request, folder_id)
    form = DeleteFolderForm(request.POST or None)
    to, page = request.workspace.url("folder_delete", found.pk), request.workspace.url("folder", found.pk)
    if request.method == "POST" and form.is_valid():
        moment = folders.delete(folder=found, with_content=form.cleaned_data["content"] == "with")
        after = request.workspace.url("folder", found.parent_id) if found.parent_id else _home(request)
        text = _("“%(name)s” has been deleted.") % {"name": found}
        return _done(request, text, after, undo=undo_url(request.workspace, moment), stays=False)
    title = _("Delete the folder “%(name)s”?") % {"name": found}
    return ask(request, title, to=to, submit=_("Delete"), back=page, form=form, is_danger=True)


@never_cache
@require_http_methods(["GET", "POST"])
def chat_place(request, chat_id):
    """Put a chat into a folder, or out of any."""
    found = access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id)
    rows = folder_tree.listed(access.rows(request, Folder.objects.all()))
    form = FolderForm(request.POST or None, rows=rows, initial={"folder": found.folder_id or ""})
    to, page = request.workspace.url("chat_place", found.pk), request.workspace.url("chat", found.pk)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["folder"]
        chosen = chosen and _folder(request, chosen)
        folders.place(chats=access.rows(request, Chat.objects.filter(pk=found.pk)), folder=chosen)
        text = _("The chat lies in “%(name)s” now.") % {"name": chosen} if chosen else _("The chat lies in no folder.")
        return _done(request, text, page)
    return ask(request, _("Move to folder"), to=to, submit=_("Move"), back=page, form=form)


@never_cache
@require_GET
def chat_filed(request, chat_id):
    """Where a chat is kept, for the line above it."""
    found = access.get(request, Chat.objects.all(), pk=chat_id)
    if not request.htmx:
        return redirect(request.workspace.url("chat", found.pk))
    return render(request, "chats/_filed.html", {"chat": found, **shown_of(request, found)})


def _home(request) -> str:
    return request.workspace.url("chat_list")


def _done(request, text: str, to: str, *, undo: str = "", stays: bool = True):
    """Say what was done. A page that lists folders and chats is shown anew, unless what it shows may be gone."""
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    if not request.htmx or here == request.path:
        return answers.done(request, text, to, undo_url=undo)
    if here == _home(request) or here.startswith(request.workspace.url("folder_list")):
        return answers.done(request, text, here if stays else to, undo_url=undo)
    return chat_page.toast(request, text, to, undo_url=undo)
