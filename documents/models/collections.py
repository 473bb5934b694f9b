"""Collections: documents that are searched together, and the agents that search them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Visibility
from documents.models.documents import Document
from sambung.lib.ids import uuid7
from teams.models import Scoped


class Collection(Scoped):
    """Documents of one workspace under a name. Others than its people search one that is `readonly` or `public`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), max_length=500, blank=True, default="", db_default="")
    visibility = models.CharField(
        _("who may search it"),
        max_length=10,
        choices=Visibility,
        default=Visibility.PRIVATE,
        db_default=Visibility.PRIVATE,
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "collection"
        ordering = ["name", "id"]
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False) | Q(user__isnull=False), name="collection_has_owner"
            ),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="collection_visibility_known"),
        ]
        indexes = [
            models.Index(fields=["visibility"], condition=~Q(visibility=Visibility.PRIVATE), name="collection_open")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether everybody who is signed in may search it."""
        return self.visibility != Visibility.PRIVATE


class CollectionItem(models.Model):
    """A document in a collection."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="items", db_index=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "collection_item"
        verbose_name = _("document in a collection")
        verbose_name_plural = _("documents in collections")
        constraints = [
            models.UniqueConstraint(fields=["collection", "document"], name="collection_item_collection_document")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AgentCollection(models.Model):
    """A collection that an agent searches, with the rights of whoever asks it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="agents")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "agent_collection"
        verbose_name = _("collection of an agent")
        verbose_name_plural = _("collections of agents")
        constraints = [
            models.UniqueConstraint(fields=["agent", "collection"], name="agent_collection_agent_collection")
        ]

    def __str__(self) -> str:
        return str(self.pk)
