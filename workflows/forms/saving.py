"""What a form changes of a node goes into the draft by the operations of the editor."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from sambung.lib.errors import Refused
from sambung.lib.ids import uuid7
from teams.models import User
from workflows.editing import operations
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
    data = kept.nodes.get(pk=node).data
    told = [
        {"id": str(uuid7()), "op": "set", "node": node, "field": key, "was": data.get(key)}
        | ({} if value is NOTHING else {"value": value})
        for key, value in changes.items()
    ]
    return operations.apply(by=by, workflow=kept, operations=operations.checked(told)).version
