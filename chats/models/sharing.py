"""Public links of chats: one for a chat, whose token stands on the chat."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chats.models.chats import Chat, Message
from teams.models import Link, LinkMode, mode_known


class PublicLink(Link):
    """The link of a chat.

    `snapshot` holds what a link of that mode shows, as it was when it was made. A link that ends with a
    message goes with that message: it would show more otherwise.
    """

    chat = models.OneToOneField(Chat, models.CASCADE, related_name="public_link")
    until_message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="+")
    snapshot = models.JSONField(null=True, blank=True, editable=False)

    class Meta(Link.Meta):
        db_table = "public_link"
        verbose_name = _("public link")
        verbose_name_plural = _("public links")
        constraints = [
            mode_known(db_table),
            models.CheckConstraint(
                condition=Q(mode=LinkMode.LIVE) | Q(snapshot__isnull=False), name="public_link_snapshot_is_there"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} · {self.mode}"

    @property
    def extent(self) -> str:
        return gettext("up to a message") if self.until_message_id else ""
