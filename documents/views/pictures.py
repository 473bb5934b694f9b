"""Pictures of texts: added while somebody writes, and shown."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from documents import pictures, sharing
from documents.models import DocumentLink, DocumentPicture, Kind
from documents.views.documents import find
from sambung.lib.errors import Refused
from sambung.lib.files import store
from teams import access, limits
from teams.views import public_links
from teams.views.public_links import private


@require_POST
@limits.limited("file")
def document_picture_add(request, document_id):
    """Keep a picture, as JSON: {markdown}, what stands for it in the text, with 201; or {error} and why not."""
    found, upload = find(request, document_id), request.FILES.get("picture")
    if found.kind != Kind.TEXT or upload is None:
        return JsonResponse({"error": _("There is no picture in what was sent.")}, status=400)
    data = upload.read(settings.ATTACHMENT_MAX_BYTES + 1)
    try:
        kept = pictures.keep(by=request.user, document=found, name=upload.name, data=data)
    except Refused as error:
        return JsonResponse({"error": str(error)}, status=error.status)
    return JsonResponse({"markdown": pictures.markdown(kept, request.POST.get("alt", "")[:500])}, status=201)


@require_GET
def document_picture(request, picture_id):
    """A picture of a text."""
    return _shown(access.get(request, DocumentPicture.objects.all(), pk=picture_id))


@login_not_required
@private
@require_GET
def shared_picture(request, token, picture_id):
    """A picture of a shared document, if the link shows it."""
    link = public_links.found(request, token, DocumentLink)
    found = sharing.picture(link, picture_id) if public_links.is_open(request, link) else None
    if found is None:
        raise Http404("There is no such picture.")
    return _shown(found)


def _shown(found: DocumentPicture) -> HttpResponse:
    """A picture as an answer, which can do nothing in the browser. Raises Http404 where its bytes are lost."""
    try:
        response = HttpResponse(store.content(found.file), content_type=found.mime_type)
    except FileNotFoundError:
        raise Http404("The picture is lost.") from None
    response["Content-Disposition"] = content_disposition_header(False, pictures.file_name(found))
    response["Content-Security-Policy"] = settings.FILE_POLICY
    response["Cache-Control"] = "private, max-age=3600"
    return response
