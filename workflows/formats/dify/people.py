"""Dify's node that asks people, as an approval."""

import re

from workflows.formats.building import line, listed, mapping, mappings, number
from workflows.formats.dify.context import Context, Unmapped
from workflows.formats.schemas import object_schema, options

#: The button that stands for "nobody answered in time".
TIMEOUT = "timeout"
MOST_BUTTONS = 5
_HOURS = {"hour": 3600, "day": 86400}
_FIELD = re.compile(r"\{\{#\$outputs?\.([A-Za-z_]\w{0,99})#\}\}")
_TYPES = {"paragraph": {"type": "string", "format": "multiline"}, "number": {"type": "number"}}


def approval(node: Context) -> dict:
    """The data of an approval. Raises Unmapped, where there are more buttons than one has."""
    data = node.data
    fields, prefill = {}, {}
    for row in mappings(data.get("inputs")):
        if name := line(row.get("output_variable_name"), 100):
            fields[name] = _field(row)
            if (given := _given(node, row)) is not None:
                prefill[name] = given
    buttons = _buttons(node)
    deadline = max(60, int(number(data.get("timeout"), 36) * _HOURS.get(line(data.get("timeout_unit")), 3600)))
    node.changed("dify_audience")
    return {
        "title": [{"text": line(data.get("title")) or "?"}],
        "text": node.segments(_FIELD.sub("", str(data.get("form_content") or "")).strip()),
        "form": object_schema(fields, []),
        "prefill": prefill,
        "buttons": buttons,
        "audience": {"people": [], "role": "", "starter": True},
        "needed": 1,
        "deadline": {"seconds": deadline, "button": TIMEOUT},
    }


def _field(row: dict) -> dict:
    kind = line(row.get("type"))
    if kind == "select":
        source = row.get("option_source")
        choices = options(mapping(source).get("value") if isinstance(source, dict) else row.get("options"))
        return {"type": "string"} | ({"enum": choices} if choices else {})
    return dict(_TYPES.get(kind, {"type": "string"}))


def _given(node: Context, row: dict) -> dict | None:
    """What a field holds at the beginning; older files call it a placeholder."""
    found = mapping(row.get("default") or row.get("placeholder"))
    if found.get("type") == "variable" and listed(found.get("selector")):
        return node.value(found["selector"])
    return {"value": found["value"]} if found.get("value") else None


def _buttons(node: Context) -> list[dict]:
    rows = mappings(node.data.get("user_actions"))
    if len(rows) >= MOST_BUTTONS:
        raise Unmapped("dify_buttons")
    buttons = [
        {"id": line(row.get("id"), 60), "label": line(row.get("title")) or line(row.get("id"))}
        | ({"style": "primary"} if row.get("button_style") == "primary" else {})
        for row in rows
        if line(row.get("id"), 60)
    ]
    node.changed("dify_timeout")
    return [*buttons, {"id": TIMEOUT, "label": "No answer"}]
