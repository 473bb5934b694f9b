"""Documents that are pinned to a chat: with each message the model gets their text, as far as who asks may read it."""

from django.db import transaction
from django.db.models import Subquery
from django.utils.translation import gettext as _

from agents.generation.context import Pinned
from chats.canvas.written import held
from chats.models import Chat, ChatDocument
from documents.models import Document
from sambung.lib.errors import Refused
from teams.models import User

MOST = 10  # of one chat
HAS_PINS = "has_pins"  # in a chat's metadata: whether there are any, so that no other message asks for them


@transaction.atomic
def pin(*, chat: Chat, document: Document) -> None:
    """Let a document go along with each message of the chat. Raises Refused where there are too many."""
    kept = Chat.objects.held().get(pk=chat.pk)
    if ChatDocument.objects.filter(chat=kept, is_pinned=True).exclude(document=document).count() >= MOST:
        raise Refused(_("At most %(n)s documents can be pinned to a chat.") % {"n": MOST}, code="too_many")
    ChatDocument.objects.update_or_create(chat=kept, document=document, defaults={"is_pinned": True})
    _note(kept)


@transaction.atomic
def unpin(*, chat: Chat, document: Document) -> None:
    """From the next message on the document does not go along any more."""
    kept = Chat.objects.held().get(pk=chat.pk)
    rows = ChatDocument.objects.filter(chat=kept, document=document)
    rows.filter(message=None).delete()
    rows.update(is_pinned=False)
    _note(kept)


def _note(chat: Chat) -> None:
    has_pins = ChatDocument.objects.filter(chat=chat, is_pinned=True).exists()
    chat.metadata = {name: value for name, value in chat.metadata.items() if name != HAS_PINS}
    chat.metadata |= {HAS_PINS: True} if has_pins else {}
    chat.save(update_fields=["metadata"])


def pinned(chat: Chat, person: User):
    """The documents that are pinned to the chat and that a person may read."""
    rows = ChatDocument.objects.filter(chat=chat, is_pinned=True)
    return held(chat, person).filter(pk__in=Subquery(rows.values("document"))).order_by("created_at", "id")


def told(chat: Chat, person: User | None) -> tuple[Pinned, ...]:
    """What a model is told of them with a message of this person."""
    if person is None or not chat.metadata.get(HAS_PINS):
        return ()
    rows = pinned(chat, person).values_list("pk", "title", "current_version__number", "content")
    return tuple(Pinned(str(pk), title or _("Untitled"), number, text) for pk, title, number, text in rows)
