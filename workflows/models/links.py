"""Public links of workflows: a form for whoever has its address."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.models import Link, mode_known
from workflows.models.workflows import Workflow


class WorkflowLink(Link):
    """The link of a workflow's form, with its token. What it shows is always the form as it was published last."""

    workflow = models.OneToOneField(Workflow, models.CASCADE, related_name="link")
    token = models.CharField(max_length=64, editable=False)

    class Meta(Link.Meta):
        db_table = "workflow_link"
        verbose_name = _("public link of a workflow")
        verbose_name_plural = _("public links of workflows")
        constraints = [
            mode_known(db_table),
            models.UniqueConstraint(fields=["token"], name="workflow_link_token_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} · {self.mode}"
