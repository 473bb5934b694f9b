"""The app of models and runs: what it registers with others at the start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    """Models, keys, and runs: everything that makes an answer."""

    name = "agents"
    verbose_name = _("Models and runs")

    def ready(self):
        from agents import error_messages, keys, personal_data, policies, tool_keys, tools  # noqa: F401  sentences, access
        from agents.mcp import listing, sealed
        from agents.mcp.kind import McpTools
        from agents.models import Agent
        from agents.toolkits import KIND, Toolkits
        from teams import accounts, sealing, trash

        accounts.on_delete(personal_data.delete_personal)
        accounts.exporter(personal_data.export)
        sealing.register(keys.sealed_rows, keys.renew)
        sealing.register(sealed.servers_sealed, sealed.renew_server)
        sealing.register(sealed.sign_ins_sealed, sealed.renew_sign_in)
        sealing.register(tool_keys.sealed_rows, keys.renew)
        trash.register("agent", trash.Kind(Agent))
        tools.register(KIND, Toolkits())
        tools.register(listing.KIND, McpTools())
