"""What holds for the whole instance: its settings, and what was done to it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7
from teams.models.groups import Team
from teams.models.people import User


class SignUp(models.TextChoices):
    OPEN = "open", _("Open to everybody")
    INVITE = "invite", _("By invitation only")
    CLOSED = "closed", _("Closed")


class SecondFactor(models.TextChoices):
    NOBODY = "nobody", _("Nobody has to")
    ADMINS = "admins", _("Admins have to")
    EVERYONE = "everyone", _("Everyone has to")


class WebAccess(models.TextChoices):
    ANY = "any", _("Any public address")
    LISTED = "listed", _("Only the hosts below")
    OFF = "off", _("None")


class Instance(models.Model):
    """The settings that admins change in the browser: one row, made when it is first read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sign_up = models.CharField(
        _("sign-up"), max_length=20, choices=SignUp, default=SignUp.INVITE, db_default=SignUp.INVITE
    )
    second_factor = models.CharField(
        _("second factor"),
        max_length=20,
        choices=SecondFactor,
        default=SecondFactor.NOBODY,
        db_default=SecondFactor.NOBODY,
    )
    web_access = models.CharField(
        _("what tools may fetch"), max_length=20, choices=WebAccess, default=WebAccess.ANY, db_default=WebAccess.ANY
    )
    web_hosts = models.JSONField(_("hosts"), default=list, blank=True, db_default=models.Value([], models.JSONField()))
    public_links = models.BooleanField(_("public links"), default=True, db_default=True)
    retention_days = models.PositiveIntegerField(_("days that chats are kept"), null=True, blank=True)
    workflow_run_days = models.PositiveIntegerField(
        _("days that runs of workflows are kept"), null=True, blank=True, default=90, db_default=90
    )
    is_only = models.BooleanField(default=True, db_default=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "instance"
        verbose_name = _("instance")
        verbose_name_plural = _("instance")
        constraints = [
            models.UniqueConstraint(fields=["is_only"], name="instance_one_row"),
            models.CheckConstraint(condition=Q(is_only=True), name="instance_is_only"),
            models.CheckConstraint(condition=Q(sign_up__in=SignUp.values), name="instance_sign_up_known"),
            models.CheckConstraint(
                condition=Q(second_factor__in=SecondFactor.values), name="instance_second_factor_known"
            ),
            models.CheckConstraint(condition=Q(web_access__in=WebAccess.values), name="instance_web_access_known"),
            models.CheckConstraint(
                condition=Q(retention_days__isnull=True) | Q(retention_days__gte=1), name="instance_retention_positive"
            ),
            models.CheckConstraint(
                condition=Q(workflow_run_days__isnull=True) | Q(workflow_run_days__gte=1),
                name="instance_run_days_positive",
            ),
        ]

    def __str__(self) -> str:
        return str(_("instance"))

    @classmethod
    def present(cls) -> "Instance":
        """The settings as they are now."""
        return cls.objects.first() or cls.objects.get_or_create(is_only=True)[0]


class AuditEntry(models.Model):
    """Who did what to whom, and when. Never message text, never a secret. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=300, blank=True, default="", db_default="")
    action = models.CharField(_("action"), max_length=60)
    target = models.CharField(_("target"), max_length=300, blank=True, default="", db_default="")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    ip = models.GenericIPAddressField(null=True, blank=True)
    data = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "audit_entries"
        ordering = ["-created_at", "-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["-created_at"], name="audit_entries_created"),
            models.Index(fields=["action", "-created_at"], name="audit_entries_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
