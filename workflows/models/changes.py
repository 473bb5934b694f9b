"""What was done to a draft, one row for each operation: by whom, and that it was done."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7
from teams.models import User
from workflows.models.workflows import Workflow


class WorkflowChange(models.Model):
    """One operation on a draft. `number` is the draft's version with it; `operation` the id that the page gave it.

    So an operation that comes twice is done once, and whoever publishes sees what was changed since, and by whom.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="changes", db_index=False)
    number = models.PositiveIntegerField()
    operation = models.UUIDField()
    act = models.CharField(max_length=20)
    node = models.UUIDField(null=True, blank=True)
    field = models.CharField(max_length=64, blank=True, default="", db_default="")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "workflow_change"
        ordering = ["number", "id"]
        verbose_name = _("change of a workflow")
        verbose_name_plural = _("changes of workflows")
        constraints = [
            models.UniqueConstraint(fields=["workflow", "operation"], name="workflow_change_once"),
        ]
        indexes = [
            models.Index(fields=["workflow", "-number"], name="workflow_change_number"),
            models.Index(fields=["created_at"], name="workflow_change_created"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} · {self.number} · {self.act}"
