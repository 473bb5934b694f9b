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
        from teams import accounts, notifications, retention, trash
        from workflows import error_messages, policies  # noqa: F401  sentences, access
        from workflows.actions import deleting, personal_data
        from workflows.engine import asking, live, values
        from workflows.engine.executors import (  # noqa: F401  what nodes do
            agents,
            code,
            documents,
            http,
            models,
            people,
            plain,
            tools,
        )
        from workflows.history import approvals, keeping, telling
        from workflows.models import Workflow, WorkflowRun

        registry.register_followed(live.NAME, live.Runs())
        post_delete.connect(values.gone, sender=WorkflowRun)
        asking.on_asked(approvals.begin)

        trash.register("workflow", trash.Kind(Workflow, "git-branch", deleting.restore))
        accounts.on_delete(personal_data.delete_personal)
        accounts.exporter(personal_data.export)
        waits = notifications.Kind("workflows/approvals/_waits.html", telling.links, is_kept=True)
        notifications.register(telling.KIND, waits)
        retention.register(keeping.RUNS)
