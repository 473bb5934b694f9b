"""How a workflow is offered as a tool: its name, what it is for, when to use it, and what it takes."""

from collections.abc import Mapping

from django.db.models import QuerySet

from workflows.models import Workflow
from workflows.publishing import naming

#: What of a schema tells a model something.
_TOLD = frozenset(
    ("type", "enum", "pattern", "default", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
)
_FILE = "The id of a file that the person has in this workspace."


def input_schema(structure: Mapping) -> dict:
    """The schema of what a structure takes; that of nothing where it has no input."""
    node = next((node for node in structure["nodes"] if node["type"] == "input"), None)
    schema = node["data"].get("schema") if node else None
    return {"type": "object", "properties": {}} | (schema or {})


def parameters(structure: Mapping) -> dict:
    """The JSON schema of the arguments by which a model calls it: in the order of the form, and nothing beside."""
    return _told(input_schema(structure))


def _told(schema: Mapping) -> dict:
    if schema.get("format") == "file":
        about = {"description": schema.get("description") or _FILE, "additionalProperties": False, "required": ["file"]}
        return {"type": "object", "properties": {"file": {"type": "string"}}} | about
    found = {key: value for key, value in schema.items() if key in _TOLD}
    if about := " ".join(filter(None, (schema.get("title"), schema.get("description")))):
        found["description"] = about
    if schema.get("format") == "date":
        found["format"] = "date"
    if schema.get("type") == "object":
        inner = schema.get("properties", {})
        order = [name for name in schema.get("order", ()) if name in inner]
        found["properties"] = {name: _told(inner[name]) for name in dict.fromkeys((*order, *inner))}
        found["required"] = [name for name in schema.get("required", ()) if name in inner]
        found["additionalProperties"] = not inner and schema.get("additionalProperties", False)
    if "items" in schema:
        found["items"] = _told(schema["items"])
    return found


def made(structure: Mapping, *, name: str, description: str = "", when: str = "") -> dict:
    """What is kept of it."""
    told = {"name": name, "parameters": parameters(structure)}
    return told | {key: value for key, value in (("description", description), ("when", when)) if value}


def suggested(workflow: Workflow) -> dict:
    """What the form of publishing begins with: what there was, else made of what the workflow is called."""
    kept = workflow.tool_config or {}
    name = kept.get("name") or naming.free(naming.suggested(workflow.name, workflow.pk), names_beside(workflow))
    return {"name": name, "description": kept.get("description") or workflow.description, "when": kept.get("when", "")}


def names_beside(workflow: Workflow) -> set[str]:
    """The names of the tools that are published in the same place."""
    return {config["name"] for config in _beside(workflow).values_list("tool_config", flat=True) if config}


def _beside(workflow: Workflow) -> QuerySet[Workflow]:
    place = {"team": workflow.team_id} if workflow.team_id else {"team": None, "user": workflow.user_id}
    return Workflow.objects.filter(published=True, deleted_at=None, **place).exclude(pk=workflow.pk)
