"""What stands in a new node of each kind, and what a new workflow begins with."""

from django.utils.translation import gettext as _

from sambung.lib.ids import uuid7
from workflows.nodes.kinds import CATEGORIES, KINDS

APART = 360  # pixels between the first two nodes


def data_of(kind: str) -> dict | None:
    """What a new node holds beside its name; None for what is never made by hand."""
    text = {"type": "string", "title": _("Text"), "format": "multiline"}
    made = {
        "input": {"schema": {"type": "object", "properties": {"text": text}, "required": ["text"], "order": ["text"]}},
        "output": {"values": []},
        "llm": {"messages": [{"role": "user", "content": []}], "answer": {"type": "text"}},
        "agent": {"agent": "", "message": [], "answer": {"type": "text"}},
        "tool": {"arguments": {}},
        "http": {"method": "GET", "url": [], "query": [], "headers": [], "body": {"type": "none"}},
        "template": {"content": []},
        "code": {"inputs": [], "code": ""},
        "document": {"action": "read"},
        "condition": {"branches": [{"id": "if", "rules": {"join": "and", "rules": []}}]},
        "loop": {"over": {"value": []}, "atOnce": 1, "onItemError": "stop"},
        "first": {"values": []},
        "approval": {
            "title": [],
            "text": [],
            "form": {"type": "object", "properties": {}, "order": []},
            "buttons": [
                {"id": "approve", "label": _("Approve"), "style": "primary"},
                {"id": "refuse", "label": _("Refuse"), "style": "danger"},
            ],
            "audience": {"people": [], "role": "", "starter": True},
            "needed": 1,
        },
        "wait": {"mode": "for", "seconds": {"value": 60}},
        "note": {"text": ""},
        "group": {"title": _("Group")},
    }
    return made.get(kind)


def kinds() -> list[dict]:
    """The kinds of nodes for the palette, in its order: {name, title, icon, category, data}."""
    order = list(CATEGORIES)
    found = sorted(KINDS.values(), key=lambda kind: order.index(kind.category))
    return [
        {
            "name": kind.name,
            "title": str(kind.title),
            "icon": kind.icon,
            "category": str(CATEGORIES[kind.category]),
            "data": data_of(kind.name),
        }
        for kind in found
    ]


def structure() -> dict:
    """What a new workflow begins with: an input that leads to an output."""
    made = [str(uuid7()), str(uuid7())]
    nodes = [
        {
            "id": pk,
            "type": kind,
            "position": {"x": n * APART, "y": 0},
            "data": {"name": str(KINDS[kind].title), **data_of(kind)},
        }
        for n, (pk, kind) in enumerate(zip(made, ("input", "output"), strict=True))
    ]
    return {"nodes": nodes, "edges": [{"id": str(uuid7()), "source": made[0], "target": made[1]}]}
