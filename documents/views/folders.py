"""Folders of documents: a page for each, and what is done with them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents import listing
from documents.actions import deleting
from documents.models import DocumentFolder
from documents.views.documents import folder_of, home, shelf
from sambung.lib.ids import as_uuid
from teams import access
from teams.folders import create_folder, move_folder, rename_folder, without
from teams.forms.folders import FolderForm, NameForm, NewFolderForm
from teams.views import answers
from teams.views.dialogs import ask


@never_cache
@require_GET
def document_folder(request, folder_id):
    """What lies in a folder."""
    return shelf(request, folder_of(request, folder_id, access.READ))


@never_cache
@require_http_methods(["GET", "POST"])
def document_folder_new(request):
    """Make a folder, in another one if the address names it."""
    above = folder_of(request, as_uuid(request.GET.get("parent", "")))
    form = NewFolderForm(request.POST or None, initial={"parent": above and above.pk})
    if request.method == "POST" and form.is_valid():
        parent = folder_of(request, form.cleaned_data["parent"])
        with answers.told_by(form):
            made = create_folder(
                DocumentFolder, workspace=request.workspace, name=form.cleaned_data["name"], parent=parent
            )
            return answers.done(request, _("The folder is there."), home(request, made))
    to = request.workspace.url("document_folder_new")
    return ask(request, _("New folder"), to=to, submit=_("Make folder"), back=home(request, above), form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def document_folder_rename(request, folder_id):
    found = folder_of(request, folder_id)
    form = NameForm(request.POST or None, initial={"name": found.name})
    to, page = request.workspace.url("document_folder_rename", found.pk), home(request, found)
    if request.method == "POST" and form.is_valid():
        rename_folder(folder=found, name=form.cleaned_data["name"])
        return answers.done(request, _("The folder has been renamed."), page)
    return ask(request, _("Rename folder"), to=to, submit=_("Rename"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def document_folder_move(request, folder_id):
    """Put the folder into another one, or at the top."""
    found = folder_of(request, folder_id)
    rows = without(listing.folders(access.rows(request, DocumentFolder.objects.all())), found.pk)
    form = FolderForm(request.POST or None, rows=rows, none=_("At the top"), initial={"folder": found.parent_id or ""})
    to, page = request.workspace.url("document_folder_move", found.pk), home(request, found)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form, "folder"):
            move_folder(folder=found, to=folder_of(request, form.cleaned_data["folder"]))
            return answers.done(request, _("The folder has been moved."), page)
    return ask(request, _("Move folder"), to=to, submit=_("Move"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def document_folder_delete(request, folder_id):
    """Say what goes with it, and put the folder away; the notice takes it back."""
    found = folder_of(request, folder_id)
    to, page = request.workspace.url("document_folder_delete", found.pk), home(request, found)
    if request.method == "POST":
        deleting.delete_folder(folder=found)
        said = _("“%(name)s” has been deleted.") % {"name": found}
        undo_url = request.workspace.url("document_folder_restore", found.pk)
        return answers.done(request, said, home(request, found.parent), undo_url=undo_url)
    title = _("Delete the folder “%(name)s”?") % {"name": found}
    many = deleting.count(folder=found)
    text = ngettext("%(n)s document goes with it.", "%(n)s documents go with it.", many) % {"n": many}
    text = f"{text} {_('For 30 days you can take all of it back.')}"
    return ask(request, title, to=to, submit=_("Delete"), back=page, text=text, is_danger=True)


@require_POST
def document_folder_restore(request, folder_id):
    """Take a deleted folder back, with what went along with it."""
    found = access.get_deleted(request, DocumentFolder.objects.all(), access.WRITE, pk=folder_id)
    deleting.restore_folders(access.deleted_rows(request, DocumentFolder.objects.filter(pk=found.pk)))
    return answers.go(request, home(request, found))
