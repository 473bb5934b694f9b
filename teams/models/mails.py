"""Mails that leave by a job: what waits, what has left, what was given up."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.failing import Failing
from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7
from teams.models.groups import TeamInvite
from teams.models.people import User


class Mail(Failing):
    """One mail to one address. It waits while `next_at` says when it is tried next.

    What it says may let somebody in, so it is sealed, and gone as soon as it has left or was given up. `failed_at` is
    since when it fails as it does, `error_code` why it failed last.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.EmailField(_("to"), max_length=254)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person"))
    invite = models.ForeignKey(TeamInvite, models.CASCADE, null=True, blank=True, related_name="mails")
    encrypted_letter = models.BinaryField(default=b"", db_default=b"", editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, db_default=0)
    next_at = models.DateTimeField(_("tried next"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failing since"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    expires_at = models.DateTimeField(_("given up"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "mails"
        ordering = ["-created_at", "-id"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(fields=["tries", "next_at"], name="mails_waiting", condition=Q(next_at__isnull=False)),
            models.Index(fields=["sent_at"], name="mails_sent", condition=Q(sent_at__isnull=False)),
            models.Index(fields=["failed_at"], name="mails_failing", condition=Q(failed_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(next_at=None) | Q(sent_at=None), name="mails_sent_once"),
            models.CheckConstraint(
                condition=Q(next_at=None, encrypted_letter=b"") | (Q(next_at__isnull=False) & ~Q(encrypted_letter=b"")),
                name="mails_kept_while_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} · {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def place(self) -> str:
        """What the sealed letter is bound to."""
        return f"mails:encrypted_letter:{self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.next_at is not None

    @property
    def told(self) -> str:
        """Why it has not left, for whoever had it written: what a server says of itself is for those who run it."""
        return Failure(self.error_code).sentence if self.is_waiting else self.problem
