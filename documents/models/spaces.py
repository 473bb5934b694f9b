"""Embedding spaces: which model says what passages mean. The vectors lie apart (`vectors/tables.py`)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models import ApiKey
from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7

MOST_DIMENSIONS = 4_000  # that an index of pgvector takes


class EmbeddingSpace(models.Model):
    """The vectors of one model: under a key of the instance, or of a server that `provider` names.

    One is `live` at a time and searched; another may be `building` beside it, and takes its place once it is whole;
    then the former is `old`, and goes. `dimensions` is 0 until the model has been asked. `error_code` says why nothing
    goes on.
    """

    class State(models.TextChoices):
        BUILDING = "building", _("being made")
        LIVE = "live", _("in use")
        OLD = "old", _("no longer used")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    api_key = models.ForeignKey(ApiKey, models.CASCADE, null=True, blank=True, related_name="+")
    provider = models.CharField(_("provider"), max_length=30)
    model = models.CharField(_("model"), max_length=200)
    dimensions = models.PositiveIntegerField(_("dimensions"), default=0, db_default=0, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.BUILDING, db_default=State.BUILDING, editable=False
    )
    error_code = models.CharField(max_length=50, blank=True, default="", db_default="", editable=False)
    error_params = models.JSONField(default=dict, editable=False, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "embedding_space"
        ordering = ["-created_at", "-id"]
        verbose_name = _("embedding space")
        verbose_name_plural = _("embedding spaces")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["building", "live", "old"]), name="embedding_space_state_known"
            ),
            models.CheckConstraint(
                condition=Q(dimensions__lte=MOST_DIMENSIONS), name="embedding_space_dimensions_indexed"
            ),
            models.UniqueConstraint(fields=["state"], condition=Q(state="live"), name="embedding_space_one_live"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="building"), name="embedding_space_one_building"
            ),
        ]

    def __str__(self) -> str:
        return self.model

    @property
    def failure(self) -> Failure | None:
        """Why nothing goes on."""
        return Failure(self.error_code, self.error_params) if self.error_code else None
