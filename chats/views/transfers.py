"""Exports and imports: begun, watched, stopped, fetched."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from chats.forms.transfers import MOST_LISTED, ChooseForm, ExportForm, UploadForm
from chats.models import Chat, Transfer, TransferKind, TransferStatus
from chats.transfer import exports, imports, progress
from chats.transfer.formats import FORMATS
from chats.views import chat_page
from sambung.lib.errors import Refused
from teams import access
from teams.views import answers


def _find(request, transfer_id, **lookup) -> Transfer:
    return access.get(request, Transfer.objects.all(), pk=transfer_id, **lookup)


def _go(request, transfer: Transfer):
    return chat_page.go(request, request.workspace.url("transfer", transfer.pk))


# ---- one chat -------------------------------------------------------------------------------------------
@never_cache
@require_GET
def chat_export(request, chat_id):
    """A chat as a file; without a known format the choice of one."""
    chat = access.get(request, Chat.objects.select_related("folder", "agent"), pk=chat_id)
    if (form := FORMATS.get(request.GET.get("format", ""))) is None:
        formats = [(one, exports.is_large(chat, one)) for one in FORMATS.values()]
        return chat_page.form(request, "chats/_export.html", _("Export chat"), {"chat": chat, "formats": formats})
    if exports.is_large(chat, form):
        raise Refused(_("The files of this chat are large: export it from the library."))
    name, content = exports.one(chat=chat, form=form, by=request.user)
    headers = {
        "Content-Disposition": content_disposition_header(True, name),
        "Content-Security-Policy": settings.FILE_POLICY,
    }
    return HttpResponse(content, content_type=form.mime_type, headers=headers)


# ---- the list -------------------------------------------------------------------------------------------
@never_cache
@require_GET
def transfer_list(request):
    """All exports and imports that one has here; a script gets the list alone."""
    found = access.rows(request, Transfer.objects.order_by("-created_at", "-id"))
    context = {
        "transfers": list(found),
        "is_moving": found.filter(status=TransferStatus.RUNNING).exists(),
        "days": progress.KEPT.days,
    }
    return render(request, "chats/_transfers.html" if request.htmx else "chats/transfers.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def transfer_new(request):
    """Begin to export all chats, or those that are posted; without a format the choice of one."""
    is_asked = "format" in request.POST
    form = ExportForm(request.POST if is_asked else None, initial={"chat": request.POST.getlist("chat")})
    if is_asked and form.is_valid():
        given = form.cleaned_data
        made = exports.start(by=request.user, workspace=request.workspace, form=given["format"], chats=given["chat"])
        return _go(request, made)
    context = {
        "form": form,
        "formats": FORMATS.values(),
        "count": len(request.POST.getlist("chat")),
        "total": access.rows(request, Chat.objects.filter(is_temporary=False)).count(),
    }
    return chat_page.form(request, "chats/_transfer_new.html", _("Export"), context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def transfer_upload(request):
    """Bring a file with chats; it is looked through before anything comes."""
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        made = imports.upload(by=request.user, workspace=request.workspace, file=form.cleaned_data["file"])
        return _go(request, made)
    context = {"form": form, "most": settings.IMPORT_MAX_MB}
    return render(request, "chats/transfer_upload.html", context, status=422 if form.errors else 200)


# ---- one of them ----------------------------------------------------------------------------------------
@never_cache
@require_GET
def transfer(request, transfer_id):
    """How far it is, what is in the file, or what came of it; a script gets that alone."""
    return _page(request, _find(request, transfer_id))


def _page(request, found: Transfer, form: ChooseForm | None = None):
    is_ready = found.status == TransferStatus.READY
    if is_ready and form is None:
        form = ChooseForm(request=request, transfer=found)
    context = {
        "transfer": found,
        "report": found.report,
        "left": {_(what): n for what, n in found.report.get("left", {}).items()},
        "error": found.problem,
        "form": form,
        "listed": _listed(found, form) if is_ready else (),
        "days": progress.KEPT.days,
    }
    if not request.htmx:
        return render(request, "chats/transfer.html", context, status=422 if form and form.errors else 200)
    response = render(request, "chats/_transfer.html", context)
    return trigger_client_event(response, "chats-changed") if found.status == TransferStatus.DONE else response


def _listed(found: Transfer, form: ChooseForm) -> list[dict]:
    """The chats that can be chosen one by one; those that are here with all that they have cannot."""
    asked = form.data.getlist("chat") if form.is_bound else None
    listed = enumerate(found.report["chats"][:MOST_LISTED])
    return [
        {
            "n": n,
            "chat": chat,
            "is_closed": is_closed,
            "is_chosen": not is_closed and (asked is None or str(n) in asked),
        }
        for n, chat in listed
        for is_closed in [chat["is_here"] and not chat.get("new")]
    ]


@require_POST
def transfer_start(request, transfer_id):
    """Bring what was chosen."""
    found = _find(request, transfer_id, kind=TransferKind.IMPORT)
    if found.status == TransferStatus.READY:
        form = ChooseForm(request.POST, request=request, transfer=found)
        if not form.is_valid():
            return _page(request, found, form)
        imports.start(transfer=found, chosen=form.cleaned_data["chosen"], folder=form.cleaned_data["folder"])
    return _go(request, found)


@require_POST
def transfer_stop(request, transfer_id):
    """Stop it."""
    found = _find(request, transfer_id)
    progress.stop(transfer=found)
    return _go(request, found)


@require_POST
def transfer_again(request, transfer_id):
    """Begin anew what has ended."""
    found = _find(request, transfer_id, status__in=(TransferStatus.FAILED, TransferStatus.STOPPED))
    part = exports if found.kind == TransferKind.EXPORT else imports
    made = part.again(transfer=found)
    return _go(request, made)


@require_POST
def transfer_delete(request, transfer_id):
    """Forget it, with its file."""
    progress.delete(transfer=_find(request, transfer_id))
    return answers.done(request, _("Deleted."), request.workspace.url("transfer_list"))


@require_GET
def transfer_file(request, transfer_id):
    """The finished ZIP."""
    found = _find(request, transfer_id, kind=TransferKind.EXPORT, status=TransferStatus.DONE)
    name = f"sambung-{timezone.localtime(found.created_at):%Y-%m-%d}.zip"
    try:
        file = default_storage.open(found.file)
    except FileNotFoundError:  # lost with a backup
        raise Http404("The file is gone.") from None
    headers = {"Content-Security-Policy": settings.FILE_POLICY}
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip", headers=headers)
