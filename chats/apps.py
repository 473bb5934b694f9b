from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatsConfig(AppConfig):
    """Conversations."""

    name = "chats"
    verbose_name = _("Chats")

    def ready(self):
        from django.db.models.signals import post_delete

        from agents import tools
        from agents.runs import registry
        from chats import leaving, policies, reply, search_tool  # noqa: F401  policies registers this app's access
        from chats.files import store
        from chats.models import Attachment, PublicLink, Transfer
        from chats.sharing import links
        from chats.transfer import progress
        from teams import accounts, groups

        registry.register("chat", reply.ChatRuns())
        tools.register(search_tool.KIND, search_tool.ChatSearch())
        accounts.on_delete(leaving.delete_personal)
        groups.on_delete(leaving.delete_of_team)
        accounts.exporter(leaving.export)
        post_delete.connect(store.gone, sender=Attachment)
        post_delete.connect(links.gone, sender=PublicLink)
        post_delete.connect(lambda instance, **_: progress.drop_file(instance), sender=Transfer, weak=False)
