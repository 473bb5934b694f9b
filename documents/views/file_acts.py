"""What is asked of files: where they lie on the web, a newer one in their place, the password of one."""

from decimal import Decimal

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from agents.catalog import Model
from documents.actions import addresses, unlocking, uploading
from documents.forms.files import AddressForm, PasswordForm, ReplaceForm, SeeForm
from documents.knowledge import progress, seeing
from documents.models import Collection, Document, Kind
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.files import drawing
from teams import access, limits
from teams.views import answers
from teams.views.dialogs import ask

CENT = Decimal("0.01")


@never_cache
@require_http_methods(["GET", "POST"])
@limits.limited("file")
def collection_address(request, collection_id):
    """Put what lies at an address into a collection."""
    found = access.get(request, Collection.objects.select_related("team", "user"), access.WRITE, pk=collection_id)
    form = AddressForm(request.POST if request.method == "POST" else None)
    to = request.workspace.url("collection_address", found.pk)
    back = request.workspace.url("collection", found.pk)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            made = addresses.add(by=request.user, collection=found, **form.cleaned_data)
            return answers.done(request, _("%(host)s is being fetched.") % {"host": made.host}, back)
    text = _("The page or file that lies there is fetched, read and searched with the collection.")
    return ask(request, _("Add an address"), to=to, submit=_("Add"), back=back, text=text, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
@limits.limited("file")
def document_address(request, document_id):
    """Change the address of a file that lies on the web, or how often it is fetched."""
    found = access.get(request, Document.objects.exclude(url=""), access.WRITE, pk=document_id)
    given = {"url": found.url, "is_daily": found.is_daily}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=given)
    to, back = request.workspace.url("document_address", found.pk), request.workspace.url("document", found.pk)
    if request.method == "POST" and form.is_valid():
        addresses.change(document=found, **form.cleaned_data)
        return answers.done(request, _("The address is changed."), back)
    return ask(request, _("Address"), to=to, submit=_("Save"), back=back, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
@limits.limited("file")
def document_replace(request, document_id):
    """Put a newer file in the place of a document's."""
    found = access.get(request, Document.objects.filter(kind=Kind.FILE), access.WRITE, pk=document_id)
    form = ReplaceForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    to, back = request.workspace.url("document_replace", found.pk), request.workspace.url("document", found.pk)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["upload"]
        data = upload.read(settings.ATTACHMENT_MAX_BYTES + 1)
        with answers.told_by(form, "upload"):
            uploading.replace(document=found, workspace=request.workspace, name=upload.name, data=data)
            return answers.done(request, _("The file is replaced, and is being read."), back)
    text = _("Collections, agents and citations go on with the new one. The file that it had goes.")
    return ask(request, _("Replace the file"), to=to, submit=_("Replace"), back=back, text=text, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@limits.limited("file")
def document_unlock(request, document_id):
    """Read a locked PDF with the password that is asked for."""
    rows = Document.objects.filter(kind=Kind.FILE, status_detail__code="document_locked")
    found = access.get(request, rows, access.WRITE, pk=document_id)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    to, back = request.workspace.url("document_unlock", found.pk), request.workspace.url("document", found.pk)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            unlocking.unlock(document=found, password=form.cleaned_data["password"])
            return answers.done(request, _("It has been read. The password is not kept."), back)
    text = _("It is used once, to read the text, and kept nowhere. The file itself stays locked.")
    return ask(request, _("Password of the file"), to=to, submit=_("Read"), back=back, text=text, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
@limits.limited("file")
def document_see(request, document_id):
    """Have a model read the pages of a scan; what that costs is told before."""
    rows = Document.objects.filter(kind=Kind.FILE, mime_type__regex="^(application/pdf$|image/)")
    found = access.get(request, rows, access.WRITE, pk=document_id)
    back = request.workspace.url("document", found.pk)
    wanted, many = _unread(found)
    offered = [(model.value, _offer(model, len(wanted))) for model in seeing.models(request.workspace)]
    if not offered:
        raise Http404("No model here sees pictures.")
    form = SeeForm(request.POST if request.method == "POST" else None, offered=offered)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            asked = {"model": form.cleaned_data["model"], "by": str(request.user.pk), "pages": wanted}
            if not progress.see(document=found, **asked):
                raise Refused(_("It is being read just now."), code="done_already")
            return answers.done(request, _("The model reads it page by page."), back)
    to = request.workspace.url("document_see", found.pk)
    text = _told(wanted, many)
    return ask(request, _("Read by a model"), to=to, submit=_("Read"), back=back, text=text, form=form)


def _unread(document: Document) -> tuple[list[int], int]:
    """The pages that a model would read, and how many the file has. Raises Refused where it cannot be drawn."""
    try:
        wanted, many = seeing.pages(document)
    except (drawing.NoPage, FileNotFoundError):
        raise Refused(Failure("document_broken"), status=415) from None
    return wanted[: seeing.MOST], many


def _told(wanted: list[int], many: int) -> str:
    said = ngettext(
        "%(n)s page of %(many)s has no text. A model sees it as a picture and writes down what stands on it.",
        "%(n)s pages of %(many)s have no text. A model sees them as pictures, one by one, and writes down what stands"
        " on them.",
        len(wanted),
    )
    return said % {"n": len(wanted), "many": many} + " " + _("The text is marked as read by a model, which may err.")


def _offer(model: Model, many: int) -> str:
    """A model with about what it costs."""
    amount = seeing.price(model, many).amount
    if amount is None:
        cost = _("its price is not known")
    elif amount:
        cost = _("about %(amount)s") % {"amount": f"${max(amount, CENT):.2f}"}
    else:
        cost = _("free")
    unsure = "" if model.vision else _("may not see pictures")
    return " · ".join(filter(None, (model.label, model.key_label, cost, unsure)))
