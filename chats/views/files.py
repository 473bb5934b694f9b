"""Files: added to the composer, handed over, looked into, taken away."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chats.files import parts, store
from chats.forms.chats import MessageForm
from chats.models import Attachment
from chats.views import chat_page
from sambung.lib.errors import Refused
from sambung.lib.files.readers.encodings import NAMES
from teams import access, limits
from teams.views import answers

UPLOAD = "upload"  # the field of a form that holds files themselves


@never_cache
@require_http_methods(["GET", "POST"])
@limits.limited("file")
def attachment_add(request):
    """Keep one file for the composer: its tile, or why not. A GET gives the tiles of those that still wait."""
    if request.method == "GET":
        return _waiting(request)
    upload = request.FILES.get(UPLOAD)
    if upload is None:
        return _refused(request, Refused(_("There is no file in what was sent."), status=400))
    try:
        kept = _keep(request, upload)
    except Refused as error:
        return _refused(request, error)
    if not request.htmx:
        return redirect(request.workspace.url("chat_new"))
    return render(request, "chats/_file_waiting.html", {"file": parts.Tile.of(kept)}, status=201)


def _waiting(request):
    ids = [pk for given in request.GET.getlist("id")[: settings.ATTACHMENTS_MAX] if (pk := chat_page.as_uuid(given))]
    found = access.rows(request, Attachment.objects.filter(chat=None, pk__in=ids))
    return render(request, "chats/_files_waiting.html", {"files": map(parts.Tile.of, found)})


def _keep(request, upload) -> Attachment:
    """Read no more of an upload than is allowed."""
    data = upload.read(settings.ATTACHMENT_MAX_BYTES + 1)
    return store.keep(by=request.user, workspace=request.workspace, name=upload.name, data=data)


def _refused(request, error: Refused):
    if request.htmx:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    return answers.refused(request, error, request.workspace.url("chat_new"))


def with_uploads(request, form_class: type[MessageForm]) -> MessageForm:
    """The form of a message with the files that came along with it, as without a script."""
    data, problems, uploads = request.POST.copy(), [], request.FILES.getlist(UPLOAD)
    if len(uploads) > settings.ATTACHMENTS_MAX:
        problems, uploads = [_("A message takes %(most)s files at most.") % {"most": settings.ATTACHMENTS_MAX}], []
    for upload in uploads:
        try:
            data.appendlist("files", str(_keep(request, upload).pk))
        except Refused as error:
            problems.append(str(error))
    form = form_class(data, workspace=request.workspace)
    for problem in problems:
        form.add_error(None, problem)
    return form


def _file(request, attachment_id) -> Attachment:
    return access.get(request, Attachment.objects.all(), pk=attachment_id)


@require_GET
def attachment(request, attachment_id):
    """The file: an image is shown, everything else is saved."""
    return handed_over(_file(request, attachment_id))


def handed_over(found: Attachment) -> HttpResponse:
    """A file as an answer. Whatever is in it can do nothing in the browser. Raises Http404 where its bytes are lost."""
    try:
        data = store.content(found)
    except FileNotFoundError:
        raise Http404("The file is lost.") from None
    is_image = parts.is_image(found)
    kind = found.mime_type if is_image else "application/octet-stream"
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not is_image, found.name)
    return _harmless(response)


@require_GET
def attachment_thumbnail(request, attachment_id):
    """A small picture of it."""
    return thumbnail_of(_file(request, attachment_id))


def thumbnail_of(found: Attachment) -> HttpResponse:
    """The picture as an answer. Raises Http404 where there is none."""
    try:
        return _harmless(HttpResponse(store.thumbnail(found), content_type="image/webp"))
    except FileNotFoundError:
        raise Http404("There is no picture of it.") from None


def _harmless(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = settings.FILE_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_GET
def attachment_preview(request, attachment_id):
    """What was read out of the file, which is what a model gets."""
    return _preview(request, _file(request, attachment_id))


def _preview(request, found: Attachment) -> HttpResponse:
    encodings = NAMES.items() if found.metadata.get("encoding") else ()
    context = {"file": found, "tile": parts.Tile.of(found), "told": found.metadata, "encodings": encodings}
    return answers.form(request, "chats/_file_preview.html", found.name, context)


@require_POST
@limits.limited("file")
def attachment_encoding(request, attachment_id):
    """Read a text anew, with its letters written as the person says."""
    found = access.get(request, Attachment.objects.all(), access.WRITE, pk=attachment_id)
    encoding = request.POST.get("encoding", "")
    if encoding not in NAMES or not found.metadata.get("encoding"):
        return HttpResponseBadRequest()
    try:
        store.read_again(found, encoding)
    except FileNotFoundError:
        raise Http404("The file is lost.") from None
    return _preview(request, found)


@require_POST
def attachment_remove(request, attachment_id):
    """Take a file that waits out of the composer."""
    access.get(request, Attachment.objects.filter(chat=None), access.WRITE, pk=attachment_id).delete()
    return HttpResponse() if request.htmx else redirect(request.workspace.url("chat_new"))
