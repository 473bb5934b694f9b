"""What a form changes of a node goes into the draft by the operations of the editor."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from sambung.lib.errors import Refused
from teams.models import User
from workflows.editing import draft
from workflows.forms.controls import NOTHING
from workflows.models import Workflow


@transaction.atomic
def save(*, workflow: Workflow, node: str, changes: Mapping[str, Any], base: int, by: User) -> int:
    """Change fields of a node; NOTHING takes one away. `base`: the draft version that was looked at.

    Returns the new draft version. Raises Refused where the draft has changed since.
    """
    kept = Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)
    if kept.draft_version != base:
        raise Refused("", code="moved")
    structure = draft.structure_of(kept)
    data = next(one["data"] for one in structure["nodes"] if one["id"] == node)
    for key, value in changes.items():
        if value is NOTHING:
            data.pop(key, None)
        else:
            data[key] = value
    return draft.write(kept, structure)
