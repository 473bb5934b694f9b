"""The app of workflows: what it registers with others at the start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """Graphs of work that people draw: run step by step, published, and called as tools."""

    name = "workflows"
    verbose_name = _("Workflows")

    def ready(self):
        from teams import accounts, trash
        from workflows import error_messages, policies  # noqa: F401  sentences, access
        from workflows.actions import deleting, personal_data
        from workflows.models import Workflow

        trash.register("workflow", trash.Kind(Workflow, "git-branch", deleting.restore))
        accounts.on_delete(personal_data.delete_personal)
        accounts.exporter(personal_data.export)
