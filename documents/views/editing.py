"""A document is edited: in a form that says which version it was made of, so that nobody's text is lost."""

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents import showing
from documents.actions import writing
from documents.actions.writing import Saved
from documents.forms.documents import DocumentForm
from documents.merging.difference import compared
from documents.models import WRITTEN, Document, DocumentVersion, Kind
from documents.views.documents import find, home, picture_address, written
from sambung.lib.ids import as_uuid
from teams import access
from teams.views import answers


@never_cache
@require_http_methods(["GET", "POST"])
def document_edit(request, document_id):
    """Change a document. What others have saved meanwhile is merged; where it collides, both texts are shown.

    `aside` in the address names a version that collided: it is shown with what is saved now.
    """
    if request.method == "GET":
        found = written(request, document_id)
        if asked := as_uuid(request.GET.get("aside", "")):
            rows = DocumentVersion.objects.filter(document=found, is_aside=True).select_related("base", "created_by")
            aside = access.get(request, rows, access.WRITE, pk=asked)
            return _collided(request, found.pk, writing.collided(aside=aside), status=200)
        writing.open_version(version=found.current_version)
        return render(request, "documents/edit.html", {"form": DocumentForm.of(found), "document": found})
    found = _even_if_deleted(request, document_id)
    form = DocumentForm(request.POST, kind=found.kind)
    if not form.is_valid():
        return render(request, "documents/edit.html", {"form": form, "document": found}, status=422)
    saved = _save(request, found, form)
    if found.deleted_at:
        said = _("“%(title)s” was deleted meanwhile. What you wrote is kept with it: take it back to see it.")
        undo_url = request.workspace.url("document_restore", found.pk)
        return answers.done(request, said % {"title": found}, home(request, None), undo_url=undo_url)
    if saved.is_collided:
        return _collided(request, found.pk, saved)
    said = _("The document is saved.")
    if saved.merged:
        said = _("The document is saved, with what others have saved meanwhile.")
    return answers.done(request, said, request.workspace.url("document", found.pk))


@require_POST
def document_save(request, document_id):
    """The same while somebody writes on, as JSON: {state, base, current, merged}, or {errors} with 422.

    state: saved, collided or deleted; base: the version of what was sent; merged: the text of `current`, null
    where that was sent.
    """
    found = _even_if_deleted(request, document_id)
    form = DocumentForm(request.POST, kind=found.kind)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    saved = _save(request, found, form)
    state = "deleted" if found.deleted_at else "collided" if saved.is_collided else "saved"
    is_other = state == "saved" and saved.current.content != form.cleaned_data["content"]
    base = form.cleaned_data["base"] if saved.is_collided else saved.own.number
    merged = saved.current.content if is_other else None
    return JsonResponse({"state": state, "base": base, "current": saved.current.number, "merged": merged})


@never_cache
@require_GET
def document_current(request, document_id):
    """What others have saved while somebody writes, as JSON: {current, content}; null where that is version `base`."""
    rows = Document.objects.select_related("current_version").only("current_version", "current_version__number")
    current = access.get(request, rows, access.WRITE, pk=document_id).current_version
    content = None
    if str(current.number) != request.GET.get("base"):
        content = current.content
        writing.open_version(version=current)
    return JsonResponse({"current": current.number, "content": content})


@require_POST
def document_preview(request):
    """A text as it would be shown."""
    kind = request.POST.get("kind", Kind.TEXT)
    form = DocumentForm(request.POST, kind=kind if kind in WRITTEN else Kind.TEXT)
    form.is_valid()
    given = form.cleaned_data
    content, address = given.get("content", ""), picture_address(request)
    shown = showing.html(kind, given.get("language", ""), content, UUID(int=0), address)
    return HttpResponse(shown)


def _save(request, document: Document, form: DocumentForm) -> Saved:
    if facts := form.facts(document):
        writing.describe(document=document, **facts)
    given = form.cleaned_data
    return writing.save(by=request.user, document=document, content=given["content"], base=given["base"] or 0)


def _even_if_deleted(request, document_id) -> Document:
    """A document that somebody writes on: where it was deleted since, it takes what they wrote all the same."""
    try:
        return written(request, document_id)
    except Http404:
        rows = Document.objects.filter(kind__in=WRITTEN)
        return access.get_deleted(request, rows, access.WRITE, pk=document_id)


def _collided(request, document_id, saved: Saved, status: int = 409):
    """Both texts: where they collide, and a form in which both stand, on the version that is saved now."""
    found = find(request, document_id)
    writing.open_version(version=saved.current)
    context = {
        "document": found,
        "form": DocumentForm.of(found, saved.merged.text),
        "collisions": saved.merged.collisions,
        "theirs": saved.current,
        "ours": saved.own,
        "change": compared(_("From what is saved now to yours"), saved.current.content, saved.own.content),
    }
    return render(request, "documents/edit.html", context, status=status)
