"""The workflow of the example team: mails are sorted, and a person looks at each answer."""

from collections.abc import Callable

from sambung.examples import workflow_runs
from sambung.lib.ids import uuid7
from teams.models import Team, User
from workflows.editing import draft
from workflows.models import Workflow

NAME = "Answer a customer's mail"
ABOUT = "Sorts a mail, writes an answer, and asks a person before it counts."
_TEXT, _LONG = {"type": "string"}, {"type": "string", "format": "multiline"}


def seed(team: Team, person: User) -> None:
    """Add the workflow with what it has done, unless the team has it."""
    made, is_new = Workflow.objects.get_or_create(team=team, name=NAME, defaults={"user": person, "description": ABOUT})
    if is_new:
        draft.write(made, structure())
        made.refresh_from_db()
        workflow_runs.seed(made, person)


def structure() -> dict:
    """Mail → model → spam or not → approval → output."""
    ids = {name: str(uuid7()) for name in ("mail", "sort", "spam", "ask", "sent", "dropped", "note")}

    def ref(name: str, *path: str) -> dict:
        return {"ref": {"node": ids[name], "path": list(path)}}

    def node(key: str, kind: str, place: tuple[int, int], /, **data: object) -> dict:
        return {"id": ids[key], "type": kind, "position": {"x": place[0], "y": place[1]}, "data": data}

    mail = {"from": _TEXT | {"title": "From"}, "text": _LONG | {"title": "Text"}}
    answer = {"category": _TEXT | {"enum": ["question", "complaint", "spam"]}, "draft": _LONG}
    is_spam = {"left": ref("sort", "answer", "category"), "type": "text", "op": "equals", "right": {"value": "spam"}}
    asked = [
        {"text": "Sort this mail and write a short, warm answer.\n\nFrom: "},
        ref("mail", "from"),
        {"text": "\n\n"},
        ref("mail", "text"),
    ]
    nodes = [
        node("mail", "input", (0, 96), name="Mail", schema=_object(mail)),
        node(
            *("sort", "llm", (304, 96)),
            name="Sort and answer",
            messages=[{"role": "user", "content": asked}],
            answer={"type": "structured", "schema": _object(answer)},
        ),
        node("spam", "condition", (608, 96), name="Spam?", branches=[_branch(is_spam)]),
        node("ask", "approval", (912, 168), name="Look at the answer", **_approval(ref)),
        node("sent", "output", (1216, 176), name="Answer", values=[_value("answer", ref("ask", "values", "draft"))]),
        node("dropped", "output", (1216, 0), name="No answer", values=[_value("answer", {"value": None})]),
        node("note", "note", (608, 296), text="Whoever looks at the answer can still change it."),
    ]
    return {"nodes": nodes, "edges": _edges(ids)}


def _approval(ref: Callable[..., dict]) -> dict:
    """A person sees the mail and may change the answer."""
    return {
        "title": [{"text": "Answer to "}, ref("mail", "from")],
        "text": [ref("mail", "text")],
        "form": _object({"draft": _LONG | {"title": "Answer"}}),
        "prefill": {"draft": ref("sort", "answer", "draft")},
        "buttons": [
            {"id": "send", "label": "Send", "style": "primary"},
            {"id": "drop", "label": "Do not answer", "style": "danger"},
        ],
        "audience": {"people": [], "role": "members", "starter": True},
        "needed": 1,
    }


def _edges(ids: dict[str, str]) -> list[dict]:
    ways = (
        ("mail", "", "sort"),
        ("sort", "", "spam"),
        ("spam", "if", "dropped"),
        ("spam", "else", "ask"),
        ("ask", "send", "sent"),
        ("ask", "drop", "dropped"),
    )
    return [
        {"id": str(uuid7()), "source": ids[source], "target": ids[target]} | ({"sourceHandle": way} if way else {})
        for source, way, target in ways
    ]


def _object(properties: dict) -> dict:
    names = list(properties)
    return {"type": "object", "properties": properties, "required": names, "order": names}


def _branch(rule: dict) -> dict:
    return {"id": "if", "label": "Spam", "rules": {"join": "and", "rules": [rule]}}


def _value(name: str, value: dict) -> dict:
    return {"name": name, "value": value}
