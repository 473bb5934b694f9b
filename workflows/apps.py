"""The app of workflows: what it registers with others at the start."""

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """Graphs of work that people draw: run step by step, published, and called as tools."""

    name = "workflows"
    verbose_name = _("Workflows")

    def ready(self):
        from agents import tools
        from agents.definitions import given
        from agents.runs import registry
        from teams import accounts, links, notifications, quotas, retention, sealing, trash
        from workflows import error_messages, policies  # noqa: F401  sentences, access
        from workflows.actions import deleting, giving, personal_data
        from workflows.engine import asking, carrier, files, live, values
        from workflows.engine import telling as ends
        from workflows.forms import sharing
        from workflows.history import approvals, keeping, telling
        from workflows.models import Workflow, WorkflowRun
        from workflows.publishing.calls import KIND
        from workflows.tools import WorkflowTools
        from workflows.triggers import rights, webhooks

        _learn_nodes()
        registry.register_followed(live.NAME, live.Runs(carrier.is_here))
        ends.on_end(rights.ended)
        quotas.register(files.used)
        post_delete.connect(values.gone, sender=WorkflowRun)
        asking.on_asked(approvals.begin)

        trash.register("workflow", trash.Kind(Workflow, "git-branch", deleting.restore))
        accounts.on_delete(personal_data.delete_personal)
        accounts.exporter(personal_data.export)
        tools.register(KIND, WorkflowTools())
        given.register("workflows", giving.KIND)
        links.register(sharing.KIND)
        notifications.register(rights.PAUSED, notifications.Kind("workflows/triggers/_paused.html", rights.links))
        sealing.register(webhooks.sealed_rows, webhooks.renew)
        waits = notifications.Kind("workflows/approvals/_waits.html", telling.links, is_kept=True)
        notifications.register(telling.KIND, waits)
        retention.register(keeping.RUNS)


def _learn_nodes() -> None:
    """Know what each kind of node does."""
    # There are no models before the apps are ready.
    from workflows.engine.executors import agents, code, documents, http, models, people, plain, tools  # noqa: F401
