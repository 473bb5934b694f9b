"""Workflows: their draft as nodes and edges, what was published, and the tests that guard it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models import Visibility
from sambung.lib.ids import uuid7
from teams.models import Scoped, User
from workflows import validators


def empty_structure() -> dict:
    """A graph of nothing."""
    return {"nodes": [], "edges": []}


def _object(value: dict | None = None) -> models.Value:
    return models.Value(value or {}, models.JSONField())


class Workflow(Scoped):
    """Nodes and edges under a name.

    `structure` is what was published last, and what runs for everybody; the rows of nodes and edges are the draft.
    `draft_version` counts the draft's changes. `extra` keeps what an XYFlow file has beside nodes and edges, such as
    its viewport. `imported` is the report of the file that it came from: {source, at, lines}. `keeps_values`: whether
    steps keep what they took and gave once their run has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=500, blank=True, default="", db_default="")
    icon_id = models.CharField(_("icon"), max_length=50, default="default", db_default="default")
    structure = models.JSONField(
        default=empty_structure,
        blank=True,
        validators=[validators.validate_structure],
        db_default=_object(empty_structure()),
    )
    published = models.BooleanField(_("published"), default=False, db_default=False)
    tool_config = models.JSONField(null=True, blank=True, validators=[validators.validate_tool_config])
    visibility = models.CharField(
        _("visibility"),
        max_length=20,
        choices=Visibility,
        default=Visibility.PRIVATE,
        db_default=Visibility.PRIVATE,
    )
    draft_version = models.PositiveIntegerField(default=0, db_default=0)
    keeps_values = models.BooleanField(_("keep values of runs"), default=True, db_default=True)
    extra = models.JSONField(default=dict, blank=True, db_default=_object())
    imported = models.JSONField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "workflow"
        ordering = ["name", "id"]
        verbose_name = _("workflow")
        verbose_name_plural = _("workflows")
        constraints = [
            models.CheckConstraint(condition=Q(team__isnull=False) | Q(user__isnull=False), name="workflow_has_owner"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="workflow_visibility_known"),
            models.CheckConstraint(
                condition=Q(published=False) | Q(structure__nodes__0__isnull=False), name="workflow_published_has_nodes"
            ),
        ]
        indexes = [
            models.Index(
                fields=["visibility"], condition=~Q(visibility="private") & Q(deleted_at=None), name="workflow_shared"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkflowNode(models.Model):
    """One node of a draft. `extra` keeps what XYFlow's node has beside these, such as `parentId` and its size."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="nodes")
    type = models.CharField(max_length=20)
    position = models.JSONField(validators=[validators.validate_position])
    data = models.JSONField(default=dict, blank=True, db_default=_object())
    extra = models.JSONField(default=dict, blank=True, db_default=_object())
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "workflow_node"
        ordering = ["id"]
        verbose_name = _("node of a workflow")
        verbose_name_plural = _("nodes of workflows")
        constraints = [
            models.CheckConstraint(condition=Q(type__in=validators.NODE_TYPES), name="workflow_node_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} · {self.type}"


class WorkflowEdge(models.Model):
    """Leads from a handle of one node to another node: null is the handle that most nodes have alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="edges")
    source = models.ForeignKey(WorkflowNode, models.CASCADE, related_name="+", db_index=False)
    target = models.ForeignKey(WorkflowNode, models.CASCADE, related_name="+")
    source_handle = models.CharField(max_length=100, null=True, blank=True)
    target_handle = models.CharField(max_length=100, null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True, db_default=_object())
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "workflow_edge"
        ordering = ["id"]
        verbose_name = _("edge of a workflow")
        verbose_name_plural = _("edges of workflows")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_handle", "target", "target_handle"],
                nulls_distinct=False,
                name="workflow_edge_once",
            ),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="workflow_edge_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


class WorkflowVersion(models.Model):
    """What was published once: never changed. `draft_version`: the draft that it was made of."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    structure = models.JSONField(validators=[validators.validate_structure])
    tool_config = models.JSONField(null=True, blank=True, validators=[validators.validate_tool_config])
    draft_version = models.PositiveIntegerField(default=0, db_default=0)
    note = models.CharField(_("note"), max_length=500, blank=True, default="", db_default="")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "workflow_version"
        ordering = ["-number"]
        verbose_name = _("workflow version")
        verbose_name_plural = _("workflow versions")
        constraints = [
            models.UniqueConstraint(fields=["workflow", "number"], name="workflow_version_workflow_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="workflow_version_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} · {self.number}"


class WorkflowTest(models.Model):
    """A run that was kept as a test: what goes in, what models, tools and services answer, and what must come out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="tests")
    name = models.CharField(_("name"), max_length=100)
    input = models.JSONField(default=dict, blank=True, db_default=_object())
    mocks = models.JSONField(default=dict, blank=True, db_default=_object())
    expected = models.JSONField(default=dict, blank=True, db_default=_object())
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "workflow_test"
        ordering = ["created_at", "id"]
        verbose_name = _("workflow test")
        verbose_name_plural = _("workflow tests")

    def __str__(self) -> str:
        return self.name
