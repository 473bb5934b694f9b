"""Files as documents: added, taken along; how far their reading is, stopped and begun again."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from documents import files
from documents.actions import uploading
from documents.knowledge import progress
from documents.models import Document, Kind
from documents.views.documents import folder_of, home
from sambung.lib.errors import Refused
from sambung.lib.ids import as_uuid
from teams import access, limits
from teams.views import answers

UPLOAD = "upload"  # the field of the form that holds files
AT_ONCE = 50  # files in one form


@require_POST
@limits.limited("file")
def document_upload(request):
    """Keep files as documents, in the folder that the form names. A script sends them one by one."""
    folder = folder_of(request, as_uuid(request.POST.get("folder", "")))
    uploads = request.FILES.getlist(UPLOAD)
    if not uploads or len(uploads) > AT_ONCE:
        said = _("Choose up to %(most)s files.") % {"most": AT_ONCE}
        return _refused(request, Refused(said, status=400), home(request, folder))
    added, problems = [], []
    for upload in uploads:
        data = upload.read(settings.ATTACHMENT_MAX_BYTES + 1)
        try:
            added.append(uploading.add(workspace=request.workspace, name=upload.name, data=data, folder=folder))
        except Refused as error:
            problems.append(error)
    if problems:
        return _refused(request, problems[0], home(request, folder))
    if request.htmx:
        return HttpResponse(status=201)
    many = len(added)
    said = ngettext("%(n)s file has been added.", "%(n)s files have been added.", many) % {"n": many}
    return answers.done(request, said, home(request, folder))


def _refused(request, error: Refused, to: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    return answers.refused(request, error, to)


@require_GET
def document_file(request, document_id):
    """The file itself, to be saved. Whatever is in it can do nothing in the browser."""
    found = _file(request, document_id, access.READ)
    try:
        data = files.content(found)
    except FileNotFoundError:
        raise Http404("The file is lost.") from None
    headers = {
        "Content-Disposition": content_disposition_header(True, files.name(found)),
        "Content-Security-Policy": settings.FILE_POLICY,
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


@never_cache
@require_GET
def document_state(request, document_id):
    """How far the reading of a file is: what stands in its row, or on its page, and asks again until it is done."""
    found = _file(request, document_id, access.READ)
    is_page = "page" in request.GET
    response = render(request, "documents/_reading.html", {"document": found, "is_page": is_page})
    if is_page and not found.is_under_way:
        response["HX-Refresh"] = "true"  # what was read stands on the page from now on
    return response


@require_POST
def document_stop(request, document_id):
    """Stop reading a file."""
    found = _file(request, document_id)
    progress.stop(document=found)
    return answers.go(request, request.workspace.url("document", found.pk))


@require_POST
def document_read_again(request, document_id):
    """Read a file anew."""
    found = _file(request, document_id)
    progress.read_again(document=found)
    return answers.go(request, request.workspace.url("document", found.pk))


def _file(request, document_id, level: access.Level = access.WRITE) -> Document:
    return access.get(request, Document.objects.filter(kind=Kind.FILE), level, pk=document_id)
