"""What a document was: its versions listed, read, compared by words, named, and made its text again."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.definitions.versions import Change
from documents import showing
from documents.actions import versions
from documents.forms.documents import LabelForm
from documents.merging.difference import compared
from documents.models import Document, DocumentVersion
from documents.views.documents import picture_address, written
from sambung.lib.ids import as_uuid
from teams import access
from teams.views import answers
from teams.views.dialogs import ask

PAGE = 50


@never_cache
@require_GET
def document_versions(request, document_id):
    """The versions, newest first, and how one of two became the other: those that the address names, else the last."""
    found = written(request, document_id, access.READ)
    shown = _shown(request, found)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    old, new = _pair(request, found, shown)
    context = {
        "document": found,
        "page": page,
        "old": old,
        "new": new,
        "change": _change(old, new),
    }
    return render(request, "documents/versions.html", context)


def _shown(request, document: Document) -> QuerySet[DocumentVersion]:
    """Those that stand for themselves, without their texts."""
    kept = access.rows(request, DocumentVersion.objects.filter(document=document, is_folded=False))
    return kept.select_related("created_by", "restored_from").defer("content", "restored_from__content")


def _pair(request, document: Document, shown: QuerySet) -> tuple[DocumentVersion | None, DocumentVersion]:
    """The two that are compared: those that the address names, else the present one and the one before it."""
    rows = DocumentVersion.objects.filter(document=document).select_related("created_by")
    asked = {name: as_uuid(request.GET.get(name, "")) for name in ("old", "new")}
    new = access.get(request, rows, pk=asked["new"] or document.current_version_id)
    if asked["old"]:
        return access.get(request, rows, pk=asked["old"]), new
    return shown.defer(None).filter(number__lt=new.number, is_aside=False).first(), new


def _change(old: DocumentVersion | None, new: DocumentVersion) -> Change | None:
    return compared(_("What changed"), old.content, new.content) if old else None


@never_cache
@require_GET
def document_version(request, version_id):
    """A document as it was."""
    version = _version(request, version_id, access.READ)
    document, address = version.document, picture_address(request)
    shown = showing.html(document.kind, document.language, version.content, document.pk, address)
    return render(request, "documents/version.html", {"version": version, "document": document, "html": shown})


@never_cache
@require_http_methods(["GET", "POST"])
def document_version_name(request, version_id):
    """Give a version a name, or take it away."""
    version = _version(request, version_id)
    form = LabelForm(request.POST or None, initial={"label": version.label})
    to, back = request.workspace.url("document_version_name", version.pk), _list(request, version)
    if request.method == "POST" and form.is_valid():
        versions.name(version=version, label=form.cleaned_data["label"])
        return answers.done(request, _("The name is kept."), back)
    return ask(request, _("Name this version"), to=to, submit=_("Save"), back=back, form=form)


@require_POST
def document_version_restore(request, version_id):
    """Make a document what it was, as a new version."""
    version = _version(request, version_id)
    versions.restore(by=request.user, version=version)
    said = _("The document is what it was. What it was before is kept as a version.")
    return answers.done(request, said, request.workspace.url("document", version.document_id))


def _version(request, version_id, level: access.Level = access.WRITE) -> DocumentVersion:
    rows = DocumentVersion.objects.select_related("document", "created_by").defer("document__content")
    return access.get(request, rows, level, pk=version_id)


def _list(request, version: DocumentVersion) -> str:
    return request.workspace.url("document_versions", version.document_id)
