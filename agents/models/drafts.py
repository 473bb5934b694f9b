"""Agents that a model is asked to write."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models.agents import Agent
from sambung.lib.failing import Failing
from sambung.lib.ids import uuid7
from teams.models import Scoped


class AgentDraft(Scoped, Failing):
    """One sentence, and what a model makes of it: `agent` once it is there, `failure` when it will not be."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sentence = models.CharField(_("sentence"), max_length=1000)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "agent_draft"
        ordering = ["-created_at", "-id"]
        verbose_name = _("agent draft")
        verbose_name_plural = _("agent drafts")

    def __str__(self) -> str:
        return f"{self.user_id} · {self.created_at:%Y-%m-%d %H:%M}"
