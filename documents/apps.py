"""The app of documents: what it registers with others at the start."""

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Texts that people write, files that they add, and what is found in them."""

    name = "documents"
    verbose_name = _("Documents")

    def ready(self):
        from agents import toolkits, tools
        from agents.definitions import given
        from documents import (
            error_messages,  # noqa: F401  sentences
            files,
            pictures,
            policies,  # noqa: F401  this app's access policies
            programs,
            sharing,
        )
        from documents.actions import collections, deleting, personal_data
        from documents.data import tool as data_tool
        from documents.knowledge import addresses, tool
        from documents.models import Document, DocumentFolder, DocumentPicture
        from documents.notified import links as to_document
        from documents.tools import toolkit
        from teams import accounts, links, notifications, quotas, trash

        removed = trash.Kind(Document, "file-text", deleting.restore_documents, deleting.remove_documents)
        trash.register("document", removed)
        trash.register("document_folder", trash.Kind(DocumentFolder, "folder", deleting.restore_folders))
        links.register(sharing.KIND)
        notifications.register(addresses.KIND, notifications.Kind("documents/_address_told.html", to_document))
        tools.register(data_tool.KIND, data_tool.DataTools())
        accounts.on_delete(personal_data.delete_personal)
        accounts.exporter(personal_data.export)
        quotas.register(files.used)
        quotas.register(pictures.used)
        tools.register(tool.KIND, tool.Knowledge())
        tools.register(programs.KIND, programs.Documents())
        toolkits.add(toolkit)
        about = (_("Collections it searches"), _("It then looks into these alone, with the rights of whoever asks it."))
        kept = (collections.offered, collections.of_agent, collections.keep_of_agent)
        given.register("collections", given.Kind(*about, *kept))
        _allow_bodies()
        post_delete.connect(files.gone, sender=Document)
        post_delete.connect(pictures.gone, sender=DocumentPicture)


def _allow_bodies() -> None:
    """Let what holds files be larger than a form."""
    # There are no settings and models before the apps are ready.
    from django.conf import settings

    from sambung.lib import bodies
    from teams import workspace

    bodies.allow(f"{workspace.PATHS}documents/upload/", settings.ATTACHMENT_MAX_BYTES)
    bodies.allow(f"{workspace.PATHS}documents/[-0-9a-f]{{36}}/(?:pictures|replace)/", settings.ATTACHMENT_MAX_BYTES)
