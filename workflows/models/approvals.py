"""Approvals: what people are asked in the middle of a run, and what they said."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7
from teams.models import User
from workflows.models.runs import WorkflowStep


class Approval(models.Model):
    """What people are asked, as they see it: nothing of it changes once it is shown.

    `values` are those of the form: prefilled until it is decided, then what was sent. `votes` are all that was said:
    [{button, by, at, values, comment}]; `needed` of one kind decide. `default_button` decides at `deadline_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    step = models.OneToOneField(WorkflowStep, models.CASCADE, related_name="approval")
    title = models.CharField(_("title"), max_length=500, blank=True, default="", db_default="")
    text = models.TextField(_("text"), blank=True, default="", db_default="")
    form = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    buttons = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    audience = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    needed = models.PositiveSmallIntegerField(default=1, db_default=1)
    deadline_at = models.DateTimeField(null=True, blank=True)
    default_button = models.CharField(max_length=100, blank=True, default="", db_default="")
    reminder_at = models.DateTimeField(null=True, blank=True)
    votes = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    decision = models.CharField(_("decision"), max_length=100, blank=True, default="", db_default="")
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    values = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    comment = models.TextField(_("comment"), blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "approval"
        ordering = ["created_at", "id"]
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.CheckConstraint(condition=Q(needed__gte=1), name="approval_needs_somebody"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="approval_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["deadline_at"], condition=Q(decision=""), name="approval_deadline"),
        ]

    def __str__(self) -> str:
        return self.title
