"""The kinds of n8n's nodes that can be had here, each with what makes its data of ours."""

from workflows.formats.building import line, literal, mapping, mappings, number, paragraph
from workflows.formats.n8n import conditions, models, programs, requests
from workflows.formats.n8n.context import Context, Reader, Unmapped
from workflows.formats.n8n.expressions import Path
from workflows.formats.n8n.flow import LOOP
from workflows.formats.schemas import options

__all__ = ["READERS", "TRIGGER_TOLD", "Context", "Reader", "Unmapped", "declared", "handle", "outputs"]

handle, outputs = conditions.handle, conditions.outputs
#: What is left to do for a trigger: those of ours are set when a workflow is published.
TRIGGER_TOLD = {
    "webhook": "n8n_webhook",
    "scheduleTrigger": "n8n_schedule",
    "cron": "n8n_schedule",
    "interval": "n8n_schedule",
    "formTrigger": "n8n_form",
}
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_FORM_TYPES = {
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "textarea": {"type": "string", "format": "multiline"},
    "file": {"type": "object", "format": "file"},
}


# ---- triggers -------------------------------------------------------------------------------------------
def declared(row: dict, kind: str, fields: dict[str, dict], needed: list[str]) -> None:
    """Add the fields that a trigger names to those of the input."""
    given = mapping(row.get("parameters"))
    if kind in ("chatTrigger", "manualChatTrigger"):
        fields["chatInput"] = {"type": "string", "format": "multiline"}
        needed.append("chatInput")
    for one in mappings(mapping(given.get("formFields")).get("values")) if kind == "formTrigger" else ():
        if name := line(one.get("fieldLabel") or one.get("fieldName"), 200):
            fields[name] = _form_field(one)
            needed += [name] if one.get("requiredField") is True else []
    for one in mappings(mapping(given.get("workflowInputs")).get("values")) if kind == "executeWorkflowTrigger" else ():
        if name := line(one.get("name"), 200):
            known = ("string", "number", "boolean", "array", "object")
            fields[name] = {"type": one["type"] if one.get("type") in known else "string"}


def _form_field(row: dict) -> dict:
    kind = line(row.get("fieldType"))
    choices = options(mapping(row.get("fieldOptions")).get("values"), "option")
    if kind in ("dropdown", "radio") and choices:
        return {"type": "string", "enum": choices}
    return dict(_FORM_TYPES.get(kind, {"type": "string"}))


# ---- loops, lists, waits, notes -------------------------------------------------------------------------
def _loop(node: Context) -> dict:
    flow, items = node.items.flow, node.items
    last = flow.last_of(node.name)
    if number(node.given.get("batchSize"), 1) > 1:
        node.changed("n8n_batches")
    result = items.build.ref(node.name, "item")
    if last is not None and last != node.name:
        if flow.kind(last) == LOOP:
            result = items.build.ref(last, "results")
        elif found := items.given(last, 0, node.name):
            result = items.build.ref(found[0], *found[1])
    over = {"ref": items.list_before(node.name)}
    return {"over": over, "atOnce": 1, "sequential": True, "onItemError": "stop", "result": result}


def _split_out(node: Context) -> dict:
    raise Unmapped("n8n_split")


def _aggregate(node: Context) -> dict:
    """Items as one: a program that puts the list under its name."""
    found = {"ref": node.items.ref(Path(None, (), is_whole=True), node.name, "array")}
    if node.given.get("aggregate") == "aggregateAllItemData":
        name = line(node.given.get("destinationFieldName"), 100) or "data"
        return {"inputs": [{"name": "items", "value": found}], "code": f"{{{name!r}: items}}\n"}
    rows = mappings(mapping(node.given.get("fieldsToAggregate")).get("fieldToAggregate"))
    lists = []
    for row in rows:
        field = line(row.get("fieldToAggregate"), 100)
        name = line(row.get("outputFieldName"), 100) if row.get("renameField") else field.rpartition(".")[2]
        path = "".join(f"[{step!r}]" for step in field.split("."))
        lists.append(f"{name!r}: [one{path} for one in items]")
    return {"inputs": [{"name": "items", "value": found}], "code": "{" + ", ".join(lists) + "}\n"}


def _wait(node: Context) -> dict:
    match node.given.get("resume", "timeInterval"):
        case "timeInterval":
            unit = _SECONDS.get(line(node.given.get("unit")) or "hours", 3600)
            amount = node.given.get("amount", 1)
            if isinstance(amount, str) and amount.startswith("="):
                raise Unmapped("n8n_wait")
            return {"mode": "for", "seconds": {"value": max(1, round(number(amount, 1) * unit))}}
        case "specificTime":
            return {"mode": "until", "until": node.value(node.given.get("dateTime"))}
        case "webhook":
            return {"mode": "webhook"}
    raise Unmapped("n8n_wait")


def _note(node: Context) -> dict:
    return {"text": paragraph(node.given.get("content"), 20_000)}


def _note_size(node: Context) -> dict:
    sizes = {side: number(node.given.get(side)) for side in ("width", "height")}
    return {side: size for side, size in sizes.items() if size > 0}


def _stop(node: Context) -> dict:
    """An end with an error: here a program that fails."""
    said = node.segments(node.given.get("errorMessage") or "Stopped")
    value = {"segments": said or literal("Stopped")}
    return {"inputs": [{"name": "message", "value": value}], "code": "raise ValueError(message)\n"}


READERS: dict[str, Reader] = {
    "httpRequest": Reader("http", requests.http),
    "if": Reader("condition", conditions.if_),
    "filter": Reader("condition", conditions.filter_),
    "switch": Reader("condition", conditions.switch),
    "set": Reader("code", programs.fields),
    "code": Reader("code", programs.code),
    "function": Reader("code", programs.code),
    "splitInBatches": Reader("loop", _loop),
    "splitOut": Reader("code", _split_out),
    "aggregate": Reader("code", _aggregate),
    "wait": Reader("wait", _wait),
    "stickyNote": Reader("note", _note, _note_size),
    "stopAndError": Reader("code", _stop),
    "agent": Reader("agent", models.agent),
    "chainLlm": Reader("llm", models.chain),
    "openAi": Reader("llm", models.open_ai),
}
