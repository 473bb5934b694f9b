"""Documents: listed, read, made, named, filed, taken along, deleted."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents import exporting, listing, reviewing, showing
from documents.actions import deleting, folders, writing
from documents.forms.documents import NewDocumentForm, TitleForm
from documents.models import WRITTEN, Document, DocumentFolder, Kind
from documents.views.file_page import file_page
from sambung.lib.ids import as_uuid
from teams import access
from teams.folders import path
from teams.forms.folders import FolderForm
from teams.views import answers
from teams.views.dialogs import ask

PAGE = 50


def find(request, document_id, level: access.Level = access.WRITE) -> Document:
    """A document of this workspace. Raises Http404."""
    rows = Document.objects.select_related("folder", "current_version__created_by").defer("current_version__content")
    return access.get(request, rows, level, pk=document_id)


def written(request, document_id, level: access.Level = access.WRITE) -> Document:
    """A document of this workspace that people write, which is no file. Raises Http404."""
    found = find(request, document_id, level)
    if found.is_file:
        raise Http404("A file is not written.")
    return found


def folder_of(request, folder_id, level: access.Level = access.WRITE) -> DocumentFolder | None:
    """A folder of this workspace, None for none. Raises Http404."""
    return folder_id and access.get(request, DocumentFolder.objects.all(), level, pk=folder_id)


def home(request, folder: DocumentFolder | None) -> str:
    """The list that a document stands in."""
    return request.workspace.url("document_folder", folder.pk) if folder else request.workspace.url("document_list")


def picture_address(request):
    """Where the pictures of this workspace's texts are, by their ids."""
    return lambda pk: request.workspace.url("document_picture", UUID(pk))


# ---- found ----------------------------------------------------------------------------------------------
@never_cache
@require_GET
def document_list(request):
    """What lies at the top; where words are asked for, all that has them."""
    return shelf(request, None)


def shelf(request, folder: DocumentFolder | None):
    """The page of a folder, or of what lies in none."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    order = request.GET.get("order", "")
    order = order if order in listing.ORDERS else next(iter(listing.ORDERS))
    among = Document.objects.all() if asked else Document.objects.filter(folder=folder)
    found = listing.listed(access.rows(request, among), asked=asked, order=order)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    below = access.rows(request, DocumentFolder.objects.filter(parent=folder))
    context = {
        "folder": folder,
        "folder_path": path(folder) if folder else [],
        "below": [] if asked else listing.folders(below),
        "orders": [(name, order.label) for name, order in listing.ORDERS.items()],
        "order": order,
        "q": asked,
        "page": page,
        "rows": [(document, "globe" if document.url else showing.ICONS[document.kind]) for document in page],
        "kinds": [(kind.value, kind.label, showing.ICONS[kind]) for kind in WRITTEN],
    }
    template = (
        "documents/_rows.html"
        if request.htmx and request.htmx.target == "documents-found"
        else "documents/documents.html"
    )
    return render(request, template, context)


@never_cache
@require_GET
def document(request, document_id):
    """One document, to read."""
    found = find(request, document_id, access.READ)
    context = {
        "document": found,
        "forms": [(name, form.label) for name, form in exporting.offered(found.kind).items()],
        "folder_path": [*path(found.folder), found.folder] if found.folder else [],
    }
    if found.is_file:
        return file_page(request, found, context)
    context["reviews"] = reviewing.reviews(found)
    address = picture_address(request)
    context["html"] = showing.html(found.kind, found.language, found.content, found.pk, address)
    return render(request, "documents/document.html", context)


@never_cache
@require_GET
def document_export(request, document_id):
    """A document as a file; `as` names the form."""
    found = find(request, document_id, access.READ)
    forms = exporting.offered(found.kind)
    name = request.GET.get("as", next(iter(forms), ""))
    if name not in forms:
        raise Http404("There is no such form.")
    named = content_disposition_header(True, exporting.file_name(found, name))
    text = forms[name].write(found)
    return HttpResponse(text, content_type=forms[name].mime_type, headers={"Content-Disposition": named})


# ---- made, named, filed ---------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def document_new(request):
    """Write a new document, of the kind and in the folder that the address names."""
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("kind", "")
    kind = kind if kind in WRITTEN else Kind.TEXT
    folder = folder_of(request, as_uuid(asked.get("folder", "")))
    data = request.POST if request.method == "POST" else None
    form = NewDocumentForm(data, kind=kind, initial={"folder": folder and folder.pk})
    if not form.is_valid():
        context = {"form": form, "kind": kind, "kind_label": Kind(kind).label, "back": home(request, folder)}
        return render(request, "documents/new.html", context, status=422 if form.is_bound else 200)
    given = {name: form.cleaned_data[name] for name in ("title", "content")}
    language = form.cleaned_data.get("language", "")
    place = {"workspace": request.workspace, "folder": folder}
    made = writing.create(by=request.user, kind=kind, language=language, **given, **place)
    return answers.done(request, _("“%(title)s” is saved.") % {"title": made}, _page(request, made))


@never_cache
@require_http_methods(["GET", "POST"])
def document_rename(request, document_id):
    found = find(request, document_id)
    form = TitleForm(request.POST or None, initial={"title": found.title})
    to, page = request.workspace.url("document_rename", found.pk), _page(request, found)
    if request.method == "POST" and form.is_valid():
        writing.describe(document=found, title=form.cleaned_data["title"])
        return answers.done(request, _("The document has been renamed."), page)
    return ask(request, _("Rename document"), to=to, submit=_("Rename"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def document_place(request, document_id):
    """Put a document into a folder, or out of any."""
    found = find(request, document_id)
    rows = listing.folders(access.rows(request, DocumentFolder.objects.all()))
    form = FolderForm(request.POST or None, rows=rows, initial={"folder": found.folder_id or ""})
    to, page = request.workspace.url("document_place", found.pk), _page(request, found)
    if request.method == "POST" and form.is_valid():
        chosen = folder_of(request, form.cleaned_data["folder"])
        folders.place(document=found, folder=chosen)
        said = _("The document lies in “%(name)s” now.") if chosen else _("The document lies in no folder.")
        return answers.done(request, said % {"name": chosen}, page)
    return ask(request, _("Move to folder"), to=to, submit=_("Move"), back=page, form=form)


# ---- deleted --------------------------------------------------------------------------------------------
@require_POST
def document_delete(request, document_id):
    """Put a document away; the notice takes it back."""
    found = find(request, document_id)
    deleting.delete_document(document=found)
    undo_url = request.workspace.url("document_restore", found.pk)
    said = _("“%(title)s” has been deleted.") % {"title": found}
    return answers.done(request, said, home(request, found.folder), undo_url=undo_url)


@require_POST
def document_restore(request, document_id):
    """Take a deleted document back."""
    found = access.get_deleted(request, Document.objects.defer("content"), access.WRITE, pk=document_id)
    deleting.restore_documents(access.deleted_rows(request, Document.objects.filter(pk=found.pk)))
    return answers.go(request, _page(request, found))


def _page(request, document: Document) -> str:
    return request.workspace.url("document", document.pk)
