from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatsConfig(AppConfig):
    """Conversations."""

    name = "chats"
    verbose_name = _("Chats")

    def ready(self):
        from agents import tools
        from agents.runs import registry
        from chats import leaving, policies, reply, search_tool  # noqa: F401  policies registers this app's access
        from teams import accounts, groups

        registry.register("chat", reply.ChatRuns())
        tools.register(search_tool.KIND, search_tool.ChatSearch())
        accounts.on_delete(leaving.delete_personal)
        groups.on_delete(leaving.delete_of_team)
        accounts.exporter(leaving.export)
