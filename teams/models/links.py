"""Public links: what the links of all kinds of things have in common. Each kind has a table of its own."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7
from teams.models.people import User


class LinkMode(models.TextChoices):
    SNAPSHOT = "snapshot", _("As it is now")
    LIVE = "live", _("As it goes on")


class Link(models.Model):
    """What is shown of one thing to whoever has its link, and for how long.

    A kind adds its thing, one to one and a row of a workspace, and the token: a column of the link, or one of the
    thing. `teams.links.Kind` says where both are. Whoever deletes a link ends it for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    mode = models.CharField(
        _("what it shows"), max_length=20, choices=LinkMode, default=LinkMode.SNAPSHOT, db_default=LinkMode.SNAPSHOT
    )
    with_attachments = models.BooleanField(_("with attachments"), default=False, db_default=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    password = models.CharField(max_length=128, blank=True, default="", db_default="", editable=False)  # its hash
    views = models.PositiveIntegerField(_("views"), default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        abstract = True
        ordering = ["-created_at"]

    @property
    def extent(self) -> str:
        """How much of the thing it shows, in words; "" = all of it."""
        return ""


def mode_known(table: str) -> CheckConstraint:
    """What each table of links checks."""
    return CheckConstraint(condition=Q(mode__in=LinkMode.values), name=f"{table}_mode_known")
