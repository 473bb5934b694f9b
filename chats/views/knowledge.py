"""What a chat searches: chosen in a dialog."""

from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chats.actions import knowledge
from chats.forms.knowledge import CollectionsForm
from chats.models import Chat, ChatCollection
from chats.views import chat_page
from documents.actions import collections
from teams import access
from teams.views.dialogs import ask


@never_cache
@require_http_methods(["GET", "POST"])
def chat_collections(request, chat_id):
    """Choose the collections that a chat searches from its next reply on."""
    found = access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id)
    offered = collections.available(request.workspace)
    held = access.rows(request, ChatCollection.objects.filter(chat=found)).values_list("collection", flat=True)
    data = request.POST if request.method == "POST" else None  # nothing chosen is a choice
    form = CollectionsForm(data, offered=offered, initial={"collections": list(held)})
    to, page = request.workspace.url("chat_collections", found.pk), request.workspace.url("chat", found.pk)
    if form.is_valid():
        knowledge.choose(chat=found, workspace=request.workspace, chosen=form.cleaned_data["collections"])
        return chat_page.toast(request, _("The chat searches these from now on."), page)
    text = _("Without a choice it searches all documents that lie here, or what its agent searches.")
    return ask(
        request, _("Documents that this chat searches"), to=to, submit=_("Save"), back=page, text=text, form=form
    )
