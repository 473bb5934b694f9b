from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    """Models, keys, and runs: everything that makes an answer."""

    name = "agents"
    verbose_name = _("Models and runs")

    def ready(self):
        from agents import engine_words, keys, personal_data, policies, tool_keys, tools  # noqa: F401  sentences, access
        from agents.mcp import sealed
        from agents.mcp.kind import McpTools
        from agents.toolkits import KIND, Toolkits
        from teams import accounts, sealing

        accounts.on_delete(personal_data.delete_personal)
        accounts.exporter(personal_data.export)
        sealing.register(keys.sealed_rows, keys.renew)
        sealing.register(sealed.servers_sealed, sealed.renew_server)
        sealing.register(sealed.sign_ins_sealed, sealed.renew_sign_in)
        sealing.register(tool_keys.sealed_rows, keys.renew)
        tools.register(KIND, Toolkits())
        tools.register("mcp", McpTools())
