"""The app of the wiring: it has no models, but commands, templates and words."""

from django.apps import AppConfig


class SambungConfig(AppConfig):
    """The wiring, which knows both of two apps that do not know each other."""

    name = "sambung"

    def ready(self):
        # There are no models before the apps are ready.
        from documents.actions import collections
        from documents.models import Document
        from teams import access
        from workflows import publishing

        publishing.offer("documents", lambda workspace: access.rows(workspace.user, Document.objects.all()))
        publishing.offer("collections", collections.available)
