"""The ledger: what each call of a model took and cost."""

from typing import NoReturn

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models.agents import Agent
from agents.models.keys import ApiKey
from agents.models.runs import Run
from sambung.lib.ids import uuid7
from teams.models import Team, User


class UsageKind(models.TextChoices):
    CHAT = "chat", _("Chat")
    TITLE = "title", _("Title of a chat")
    DRAFT = "draft", _("Draft of an agent")
    WORKFLOW = "workflow", _("Workflow")
    API = "api", _("API")
    EMBEDDING = "embedding", _("Embedding")
    TOOL = "tool", _("Tool")


UNKNOWN = "unknown"  # the price source of what nobody knows the price of


class AppendOnly(TypeError):
    """Somebody wants to change or delete what is only added."""


class Ledger(models.QuerySet):
    """Entries: they are added and read. Only the end of what they name changes them."""

    def update(self, **fields) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class UsageEntry(models.Model):
    """One call of a model: who had it made, what it took, what it cost. Rows are only added.

    `cached_tokens` and `cache_write_tokens` are part of the input, `reasoning_tokens` of the output. `cost` is in US
    dollars, null where nobody knows it. `is_estimate`: the tokens were not counted by the service.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=UsageKind)
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="usage_entries", db_index=False)
    attempt = models.IntegerField(default=0, db_default=0)
    number = models.IntegerField(default=0, db_default=0)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    provider = models.CharField(max_length=30)
    model = models.CharField(max_length=200)
    input_tokens = models.IntegerField()
    cached_tokens = models.IntegerField(default=0, db_default=0)
    cache_write_tokens = models.IntegerField(default=0, db_default=0)
    output_tokens = models.IntegerField()
    reasoning_tokens = models.IntegerField(default=0, db_default=0)
    cost = models.DecimalField(max_digits=18, decimal_places=12, null=True, blank=True)
    price_source = models.CharField(max_length=60)
    is_estimate = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    objects = Ledger.as_manager()

    class Meta:
        db_table = "usage_entry"
        ordering = ["-created_at", "-id"]
        verbose_name = _("usage entry")
        verbose_name_plural = _("usage")
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt", "number"], name="usage_entry_once"),
            models.CheckConstraint(condition=Q(kind__in=UsageKind.values), name="usage_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    input_tokens__gte=0,
                    cached_tokens__gte=0,
                    cache_write_tokens__gte=0,
                    output_tokens__gte=0,
                    reasoning_tokens__gte=0,
                ),
                name="usage_entry_tokens_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True, price_source=UNKNOWN)
                | (Q(cost__isnull=False, cost__gte=0) & ~Q(price_source=UNKNOWN)),
                name="usage_entry_cost_has_source",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "created_at"], condition=Q(team__isnull=False), name="usage_entry_team"),
            models.Index(fields=["user", "created_at"], name="usage_entry_user"),
            models.Index(fields=["agent", "created_at"], condition=Q(agent__isnull=False), name="usage_entry_agent"),
            models.Index(fields=["api_key", "created_at"], condition=Q(api_key__isnull=False), name="usage_entry_key"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.model}"

    def save(self, *args, **kwargs) -> None:
        """Add the entry. Raises AppendOnly for one that is there already."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> NoReturn:
        """Raises AppendOnly: an entry goes with its team alone."""
        raise AppendOnly
