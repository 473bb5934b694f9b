"""Storage quotas: how many bytes a workspace's files take and may take. Apps register a count of what they keep."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams.workspace import Workspace

#: Returns the bytes that an app's files take in a workspace.
Count = Callable[[Workspace], int]

_counts: list[Count] = []


def register(count: Count) -> None:
    """Have these bytes counted wherever something is stored."""
    _counts.append(count)


def used(workspace: Workspace) -> int:
    """Bytes that the workspace's files take, of all apps."""
    return sum(count(workspace) for count in _counts)


def most(workspace: Workspace) -> int:
    """Bytes that they may take; 0 = any."""
    return settings.ATTACHMENT_TEAM_BYTES if workspace.team else settings.ATTACHMENT_PERSON_BYTES


def check(workspace: Workspace, size: int) -> None:
    """Raise Refused where there is no room for `size` more bytes now."""
    bound = most(workspace)
    if bound and used(workspace) + size > bound:
        said = _("There is no room for it: the files here may take %(most)s. Delete documents, or chats with files.")
        raise Refused(said % {"most": filesizeformat(bound)}, status=413, code="storage_full")


def take(workspace: Workspace, size: int) -> None:
    """Hold room for `size` more bytes until the transaction, which writes them, ends. Raises Refused without it.

    What others store in the workspace is counted one after the other, so that two never take the same room.
    """
    whose = workspace.team or workspace.user
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(whose.pk)])
    check(workspace, size)
