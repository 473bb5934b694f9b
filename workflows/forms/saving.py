"""What a form changes of a node goes into the draft by the operations of the editor."""

from collections.abc import Mapping
from typing import Any

from sambung.lib.errors import Refused
from sambung.lib.ids import uuid7
from teams.models import User
from workflows.editing import operations
from workflows.forms.controls import NOTHING
from workflows.models import Workflow


def save(*, workflow: Workflow, node: Mapping, changes: Mapping[str, Any], by: User) -> int:
    """Change fields of a node that was looked at as it stands in `node`; NOTHING takes one away.

    Returns the new draft version. Raises Refused, code "moved", where somebody has changed one of them since.
    """
    told = []
    for key, value in changes.items():
        operation = {"id": str(uuid7()), "op": "set", "node": node["id"], "field": key, "was": node["data"].get(key)}
        told.append(operation if value is NOTHING else operation | {"value": value})
    applied = operations.apply(by=by, workflow=workflow, operations=operations.checked(told))
    if any(result.state == "conflict" for result in applied.results):
        raise Refused("", code="moved")
    return applied.version
