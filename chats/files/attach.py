"""Files that go with a message: from the composer, where they wait, into the chat."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents import catalog
from agents.catalog import Reference
from chats.files import parts
from chats.models import Attachment, Chat, Message
from sambung.lib.errors import Refused
from teams.models import User
from teams.workspace import Workspace

GONE = gettext_lazy("A file is not there any more. Add it again.")


def attach(files: Sequence[Attachment], chat: Chat, message: Message) -> None:
    """Let the files be the chat's from now on. Raises Refused where one has gone with another message meanwhile."""
    if not files:
        return
    waiting = Attachment.objects.filter(pk__in=[file.pk for file in files], chat=None)
    if waiting.update(chat=chat, message=message, user=chat.user_id, team=chat.team_id) < len(files):
        raise Refused(GONE)


def refuse_unseen(files: Sequence[Attachment], reply: Message, by: User) -> None:
    """Raises Refused where the model that is asked is known to see no images."""
    if not any(map(parts.is_image, files)):
        return
    model = catalog.find(Reference.of_row(reply.run), Workspace(by, reply.chat.team))
    if model and model.vision is False:
        said = _("%(model)s sees no images. Choose another model, or take the image away; nothing has been sent.")
        raise Refused(said % {"model": model.label})
