"""The app of workflows: what it registers with others at the start."""

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """Graphs of work that people draw: run step by step, published, and called as tools."""

    name = "workflows"
    verbose_name = _("Workflows")

    def ready(self):
        from agents.runs import registry
        from teams import accounts, trash
        from workflows import error_messages, policies  # noqa: F401  sentences, access
        from workflows.actions import deleting, personal_data
        from workflows.engine import live, values
        from workflows.engine.executors import code, http, models, people, plain  # noqa: F401  what nodes do
        from workflows.models import Workflow, WorkflowRun

        registry.register_followed(live.NAME, live.Runs())
        post_delete.connect(values.gone, sender=WorkflowRun)

        trash.register("workflow", trash.Kind(Workflow, "git-branch", deleting.restore))
        accounts.on_delete(personal_data.delete_personal)
        accounts.exporter(personal_data.export)
