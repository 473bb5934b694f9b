"""Which controls the form of each kind of node has: their names are those of the node's data."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from workflows.forms.controls import Area, Around, Control, Line, Switch
from workflows.forms.kinds import flow, models, work
from workflows.forms.kinds.common import STILL, more

__all__ = ["STILL", "more", "own"]


def _note() -> list[Control]:
    return [Area("text", _("Text"), rows=8, longest=100_000, help=_("Markdown."))]


def _group() -> list[Control]:
    return [Line("title", _("Title")), Switch("collapsed", _("Folded"))]


_FIELDS: dict[str, Callable[[], list[Control]]] = {
    "input": models.input_fields,
    "output": models.output_fields,
    "llm": models.llm_fields,
    "agent": models.agent_fields,
    "http": work.http_fields,
    "template": work.template_fields,
    "condition": flow.condition_fields,
    "code": work.code_fields,
    "loop": flow.loop_fields,
    "approval": flow.approval_fields,
    "wait": flow.wait_fields,
    "document": work.document_fields,
    "first": flow.first_fields,
    "note": _note,
    "group": _group,
}


def own(kind: str, data: Mapping, around: Around) -> list[Control]:
    """The controls that nodes of this kind have for themselves."""
    return work.tool_fields(data, around) if kind == "tool" else _FIELDS.get(kind, list)()
