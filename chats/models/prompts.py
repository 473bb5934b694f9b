"""Prompts: texts that are written once and used often, and what they were before."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from chats.validators import validate_variables
from sambung.lib.ids import uuid7
from teams.models import Scoped, User


class Category(models.TextChoices):
    GENERAL = "general", _("General")
    CODING = "coding", _("Coding")
    WRITING = "writing", _("Writing")
    ANALYSIS = "analysis", _("Analysis")
    CREATIVE = "creative", _("Creative")
    BUSINESS = "business", _("Business")
    CUSTOM = "custom", _("Custom")


class Prompt(Scoped):
    """A text under a name. `variables` are the names that stand in it as {name}, in their order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    content = models.TextField(_("text"))
    variables = models.JSONField(
        default=list, blank=True, validators=[validate_variables], db_default=models.Value([], models.JSONField())
    )
    category = models.CharField(
        _("category"), max_length=20, choices=Category, default=Category.GENERAL, db_default=Category.GENERAL
    )
    is_public = models.BooleanField(_("public"), default=False, db_default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "prompts"
        ordering = ["name", "id"]
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        constraints = [
            models.CheckConstraint(condition=Q(category__in=Category.values), name="prompts_category_known"),
            models.CheckConstraint(condition=Q(team__isnull=False) | Q(user__isnull=False), name="prompts_has_owner"),
        ]
        indexes = [
            models.Index(fields=["category"], name="prompts_category"),
            models.Index(fields=["is_public"], name="prompts_public"),
        ]

    def __str__(self) -> str:
        return self.name


class PromptVersion(models.Model):
    """What a prompt was before a change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    name = models.CharField(_("name"), max_length=100)
    content = models.TextField(_("text"))
    variables = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "prompt_version"
        ordering = ["-number"]
        verbose_name = _("prompt version")
        verbose_name_plural = _("prompt versions")
        constraints = [models.UniqueConstraint(fields=["prompt", "number"], name="prompt_version_prompt_number")]

    def __str__(self) -> str:
        return f"{self.prompt_id} · {self.number}"
