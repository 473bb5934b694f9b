"""A chat's one public link: made, changed, forgotten when it ends."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chats.models import Chat, Message, PublicLink
from chats.sharing import public_page
from sambung.lib.errors import Refused
from teams import audit, links
from teams.models import LinkMode, User

KIND = links.Kind(
    PublicLink,
    thing="chat",
    token="chat__public_token",  # noqa: S106  a lookup
    there=Q(chat__is_public=True, chat__deleted_at=None),
    template="chats/shared.html",
    page=public_page.page,
    opens="chat",
    share="chat_share",
    end="chat_unshare",
)


def share(*, chat: Chat, by: User, until: Message | None = None, password: str | None = None, **options) -> PublicLink:
    """Give the chat its link, or change the one that it has, whose address stays. A snapshot is taken anew.

    `until`: the last message shown, None = whatever is the last. `password`: "" = none, None = as it was. `options` are
    those of `links.set_options`. Raises Refused where links are forbidden, and for temporary chats, and Busy.
    """
    return _shared(chat, by, until, password=links.hashed(password), **options)


@transaction.atomic
def _shared(chat: Chat, by: User, until: Message | None, **options) -> PublicLink:
    chat = Chat.objects.held().select_related("team").get(pk=chat.pk)
    links.refuse_forbidden(chat.team)
    if chat.is_temporary:
        raise Refused(_("A temporary chat cannot be shared."))
    link = PublicLink.objects.filter(chat=chat).first() or PublicLink(chat=chat, created_by=by)
    links.set_options(link, **options)
    link.until_message = until
    link.snapshot = public_page.taken(chat, link) if link.mode == LinkMode.SNAPSHOT else None
    link.save()
    token = chat.public_token if chat.is_public else links.new_token()
    Chat.objects.filter(pk=chat.pk).update(public_token=token, is_public=True)
    chat.public_token, chat.is_public = token, True
    audit.record("link.shared", by=by, target=chat.pk, team=chat.team, mode=link.mode)
    return link


def gone(sender, instance: PublicLink, **kwargs) -> None:
    """A link has been deleted, by itself or with the message that it ended with: its address never opens again."""
    Chat.objects.filter(pk=instance.chat_id).update(is_public=False, public_token=None)
