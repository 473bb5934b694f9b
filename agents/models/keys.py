"""Keys to providers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.validators import validate_model_names
from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7
from teams.models import Scoped


class Provider(models.TextChoices):
    OPENAI = "openai", "OpenAI"
    ANTHROPIC = "anthropic", "Anthropic"
    GOOGLE = "google", "Google"
    GROQ = "groq", "Groq"
    OLLAMA = "ollama", "Ollama"
    OPENAI_COMPATIBLE = "openai_compatible", _("OpenAI-compatible")


#: The model that comes with Sambung; it needs no key, so no ApiKey names it.
BUNDLED = "bundled"


class ApiKey(Scoped):
    """A key to a provider: of a person, of a team, or (both null) of the instance.

    `limits` is what the provider last said of its rate limits, `model_cache` the models that it last listed,
    `added_models` names of further ones, `learned` what some of them do not take, by their ids (`agents/learned.py`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(_("provider"), max_length=30, choices=Provider)
    label = models.CharField(_("label"), max_length=100)
    base_url = models.URLField(_("address"), max_length=500)
    encrypted_key = models.BinaryField(null=True, editable=False)
    key_last4 = models.CharField(_("last four"), max_length=4, blank=True, default="", db_default="", editable=False)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error_code = models.CharField(max_length=50, blank=True, default="", db_default="", editable=False)
    last_error_params = models.JSONField(default=dict, editable=False, db_default=models.Value({}, models.JSONField()))
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    limits = models.JSONField(default=dict, editable=False, db_default=models.Value({}, models.JSONField()))
    model_cache = models.JSONField(default=list, editable=False, db_default=models.Value([], models.JSONField()))
    added_models = models.JSONField(
        default=list, blank=True, db_default=models.Value([], models.JSONField()), validators=[validate_model_names]
    )
    learned = models.JSONField(default=dict, editable=False, db_default=models.Value({}, models.JSONField()))
    listed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "api_keys"
        ordering = ["label", "id"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(condition=Q(provider__in=Provider.values), name="api_keys_provider_known"),
        ]

    @property
    def n_models(self) -> int:
        """How many models it offers."""
        return len({row["id"] for row in self.model_cache}.union(self.added_models))

    @property
    def is_failing(self) -> bool:
        """Whether its last use went wrong."""
        return bool(self.last_error_at and not (self.last_success_at and self.last_success_at > self.last_error_at))

    @property
    def last_problem(self) -> str:
        """The sentence of what last went wrong, in the present language."""
        return Failure(self.last_error_code, self.last_error_params).sentence if self.last_error_code else ""

    def __str__(self) -> str:
        return f"{self.label} ({self.get_provider_display()})"
