"""The app of chats: what it registers with others at the start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatsConfig(AppConfig):
    """Conversations."""

    name = "chats"
    verbose_name = _("Chats")

    def ready(self):
        from agents import tools
        from agents.runs import registry
        from chats import policies  # noqa: F401  this app's access policies
        from chats.actions import knowledge, personal_data
        from chats.files import store, tables
        from chats.filing import deleting, retention
        from chats.models import Chat, Folder, Prompt
        from chats.prompts import prompts
        from chats.replies import approval_notices, kind, mentions, notified
        from chats.search import tool
        from chats.sharing import chat_links
        from documents.data import sources
        from documents.knowledge import places
        from teams import accounts, groups, links, notifications, quotas, trash
        from teams import retention as by_age

        chat = notified.links
        notifications.register(mentions.KIND, notifications.Kind("chats/_mentioned.html", chat))
        notifications.register(approval_notices.KIND, notifications.Kind("chats/_waits.html", chat, is_kept=True))
        notifications.register(retention.KIND, notifications.Kind("chats/_going.html"))
        registry.register("chat", kind.ChatRuns())
        tools.register(tool.KIND, tool.ChatSearch())
        quotas.register(store.used)
        sources.register(tables.ChatTables())
        places.register(knowledge.of_topic)
        links.register(chat_links.KIND)
        trash.register("chat", trash.Kind(Chat, "message-square", deleting.restore_chats, deleting.remove_chats))
        trash.register("folder", trash.Kind(Folder, "folder", deleting.restore_folders))
        trash.register("prompt", trash.Kind(Prompt, "notebook-text", prompts.restore_prompts))
        by_age.register(retention.CHATS)
        accounts.on_delete(personal_data.delete_personal)
        groups.on_delete(personal_data.delete_of_team)
        accounts.exporter(personal_data.export)
        _allow_bodies()
        _drop_files_with_rows()


def _allow_bodies() -> None:
    """Let what holds files be larger than a form."""
    # There are no settings and models before the apps are ready.
    from django.conf import settings

    from sambung.lib import bodies
    from teams import workspace

    messages = "(?:files|chats/new|chats/[-0-9a-f]{36}/messages)"
    bodies.allow(f"{workspace.PATHS}{messages}/", settings.ATTACHMENT_MAX_BYTES)
    bodies.allow(f"{workspace.PATHS}transfers/import/", settings.IMPORT_MAX_MB * settings.MEGABYTE)


def _drop_files_with_rows() -> None:
    """Have a file go, or its link be told, when the row that holds it goes."""
    # There are no models before the apps are ready.
    from django.db.models.signals import post_delete

    from chats.files import store
    from chats.models import Attachment, PublicLink, Transfer
    from chats.sharing import chat_links
    from chats.transfer import progress

    post_delete.connect(store.gone, sender=Attachment)
    post_delete.connect(chat_links.gone, sender=PublicLink)
    post_delete.connect(lambda instance, **_: progress.drop_file(instance), sender=Transfer, weak=False)
