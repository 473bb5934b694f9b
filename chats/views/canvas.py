"""Documents beside a chat: one in the panel, and those that are pinned."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chats.canvas import pins
from chats.forms.canvas import PinForm
from chats.models import Chat, ChatDocument
from chats.views import chat_page
from documents import reviewing, showing
from documents.models import Document
from sambung.lib.ids import as_uuid
from teams import access
from teams.views import answers

OFFERED = 50  # documents that a form offers to pin


@never_cache
@require_GET
def chat_document(request, chat_id):
    """The document that the address names, for the panel; without a script its own page."""
    chat = access.get(request, Chat.objects.all(), access.READ, pk=chat_id)
    rows = Document.objects.select_related("current_version__created_by").defer("current_version__content")
    document = access.get(request, rows, access.READ, pk=as_uuid(request.GET.get("document", "")))
    if not request.htmx:
        return redirect(request.workspace.url("document", document.pk))
    pinned = access.rows(request, ChatDocument.objects.filter(chat=chat, document=document, is_pinned=True))
    context = {
        "chat": chat,
        "document": document,
        "html": showing.html(document.kind, document.language, document.content, document.pk),
        "reviews": reviewing.reviews(document),
        "is_pinned": pinned.exists(),
    }
    return render(request, "chats/_canvas.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def chat_documents(request, chat_id):
    """The documents of a chat; a posted one is pinned, or not any more."""
    chat = access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id)
    held = access.rows(request, Document.objects.defer("content"))
    kept = access.rows(request, ChatDocument.objects.filter(chat=chat))
    data = request.POST if request.method == "POST" else None
    form = PinForm(data, documents=held.exclude(pk__in=kept.values("document"))[:OFFERED])
    if request.method == "POST" and (document_id := as_uuid(request.POST.get("document", ""))):
        return _pin(request, chat, access.get(request, Document.objects.defer("content"), pk=document_id))
    are_pinned = dict(kept.values_list("document", "is_pinned"))
    rows = [(row, are_pinned[row.pk]) for row in held.filter(pk__in=are_pinned)]
    context = {"chat": chat, "rows": rows, "form": form}
    status = 422 if form.is_bound else 200
    return chat_page.form(request, "chats/_documents.html", _("Documents of this chat"), context, status=status)


def _pin(request, chat: Chat, document: Document):
    """Pin or unpin it, as the form says. Raises Refused, and Http404 for another act."""
    act = {"pin": pins.pin, "unpin": pins.unpin}.get(request.POST.get("act", ""))
    if act is None:
        raise Http404("There is no such act.")
    act(chat=chat, document=document)
    said = _("“%(title)s” is pinned to this chat.") if act is pins.pin else _("“%(title)s” is not pinned any more.")
    to = request.workspace.url("chat", chat.pk)
    return answers.toast(request, said % {"title": document}, to, changed="document-changed chats-changed")
