from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatsConfig(AppConfig):
    """Conversations."""

    name = "chats"
    verbose_name = _("Chats")

    def ready(self):
        from django.conf import settings
        from django.db.models.signals import post_delete

        from agents import tools
        from agents.runs import registry
        from chats import policies  # noqa: F401  this app's access policies
        from chats.actions import personal_data
        from chats.files import store
        from chats.filing import retention
        from chats.models import Attachment, PublicLink, Transfer
        from chats.replies import approval_notices, kind, mentions, notified
        from chats.search import tool
        from chats.sharing import links
        from chats.transfer import progress
        from sambung.lib import bodies
        from teams import accounts, groups, notifications, workspace

        chat = notified.links
        notifications.register(mentions.KIND, notifications.Kind("chats/_mentioned.html", chat))
        notifications.register(approval_notices.KIND, notifications.Kind("chats/_waits.html", chat, is_kept=True))
        notifications.register(retention.KIND, notifications.Kind("chats/_going.html"))
        messages = "(?:files|chats/new|chats/[-0-9a-f]{36}/messages)"
        bodies.allow(f"{workspace.PATHS}{messages}/", settings.ATTACHMENT_MAX_BYTES)
        bodies.allow(f"{workspace.PATHS}transfers/import/", settings.IMPORT_MAX_MB * settings.MEGABYTE)
        registry.register("chat", kind.ChatRuns())
        tools.register(tool.KIND, tool.ChatSearch())
        accounts.on_delete(personal_data.delete_personal)
        groups.on_delete(personal_data.delete_of_team)
        accounts.exporter(personal_data.export)
        post_delete.connect(store.gone, sender=Attachment)
        post_delete.connect(links.gone, sender=PublicLink)
        post_delete.connect(lambda instance, **_: progress.drop_file(instance), sender=Transfer, weak=False)
