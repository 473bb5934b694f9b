"""Where notifications about a document lead: to the document, while its person may read it."""

from collections.abc import Mapping
from uuid import UUID

from documents.models import Document
from teams import access
from teams.models import Notification, User
from teams.workspace import Workspace


def links(user: User, rows: list[Notification]) -> Mapping[UUID, str]:
    """Return the addresses of the documents that the person may read, by the notification's id."""
    ids = {row.data["document"] for row in rows}
    documents = access.rows(user, Document.objects.filter(pk__in=ids).select_related("team").only("team"))
    urls = {str(found.pk): Workspace(user, found.team).url("document", found.pk) for found in documents}
    return {row.pk: urls[row.data["document"]] for row in rows if row.data["document"] in urls}
