"""Files that go with a message: from the composer, where they wait, into the chat."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.catalog import Model
from chats.files import parts
from chats.models import Attachment, Chat, Message
from sambung.lib.errors import Refused

GONE = gettext_lazy("A file is not there any more. Add it again.")


def attach(files: Sequence[Attachment], chat: Chat, message: Message) -> None:
    """Let the files be the chat's from now on. Raises Refused where one has gone with another message meanwhile."""
    if not files:
        return
    waiting = Attachment.objects.filter(pk__in=[file.pk for file in files], chat=None)
    if waiting.update(chat=chat, message=message, user=chat.user_id, team=chat.team_id) < len(files):
        raise Refused(GONE, code="gone")


def refuse_unseen(files: Sequence[Attachment], model: Model | None) -> None:
    """Raises Refused where the model that is asked is known to see no images."""
    if model and model.vision is False and any(map(parts.is_image, files)):
        said = _("%(model)s sees no images. Choose another model, or take the image away; nothing has been sent.")
        raise Refused(said % {"model": model.label})
