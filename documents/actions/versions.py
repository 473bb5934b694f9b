"""What a document was: named, and made its text again."""

from django.db import transaction

from documents.actions.writing import add_version, locked
from documents.models import DocumentVersion
from teams.models import User


@transaction.atomic
def name(*, version: DocumentVersion, label: str) -> None:
    """Give a version a name, under which it stays for itself; "" takes it away."""
    locked(version.document)  # a save at the same moment folds it before, or sees the name
    kept = version.document.versions.get(pk=version.pk)
    kept.label, kept.is_folded = label, False
    kept.save(update_fields=["label", "is_folded"])


@transaction.atomic
def restore(*, by: User, version: DocumentVersion) -> DocumentVersion:
    """Make a document what it was: a new version. Return its present one. No change before it is open any more."""
    kept = locked(version.document)
    kept.versions.exclude(open_hunks=[]).update(open_hunks=[])
    if version.content == kept.content:
        return kept.current_version
    return add_version(kept, by=by, content=version.content, restored_from=version)
