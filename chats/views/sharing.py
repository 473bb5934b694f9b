"""The public link of a chat: made and ended by those who hold the chat."""

from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chats.forms.sharing import ShareForm
from chats.models import Chat, PublicLink
from chats.sharing import chat_links
from teams import access
from teams.views import links


@never_cache
@require_http_methods(["GET", "POST"])
def chat_share(request, chat_id):
    """How the chat is shared, and its address once it is."""
    chat = access.get(request, Chat.objects.select_related("team"), access.WRITE, pk=chat_id)
    link = links.link_of(request, PublicLink, chat.pk)
    form = ShareForm(request.POST or None, chat=chat, link=link)
    is_new = request.method == "POST" and form.is_valid()
    if is_new:
        link = chat_links.share(chat=chat, by=request.user, **form.options())
        form = ShareForm(chat=chat, link=link)
    return links.share_form(request, PublicLink, chat, form, "chats/_share.html", _("Share chat"), is_new=is_new)


@never_cache
@require_http_methods(["GET", "POST"])
def chat_unshare(request, chat_id):
    """Ask, then end the chat's link."""
    return links.end(request, PublicLink, chat_id)
