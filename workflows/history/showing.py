"""What pages show of runs: their state in words, and values as text, the beginning of large ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import RunStatus
from workflows.engine import values
from workflows.history import files
from workflows.history.files import RunFile
from workflows.models import StepStatus, WorkflowRun, WorkflowStep
from workflows.nodes.kinds import KINDS

MOST = 20_000  # characters of a value that a page shows; all of it is in the file
#: How a status looks: its icon, and the tone of its colour.
LOOKS = {
    RunStatus.QUEUED: ("clock", "quiet"),
    RunStatus.RUNNING: ("loader-circle", "running"),
    RunStatus.WAITING: ("hourglass", "waiting"),
    RunStatus.SUCCEEDED: ("circle-check", "done"),
    RunStatus.FAILED: ("circle-x", "failed"),
    RunStatus.STOPPED: ("square", "quiet"),
    RunStatus.INTERRUPTED: ("circle-x", "failed"),
    StepStatus.WAITING_PERSON: ("user-check", "waiting"),
    StepStatus.WAITING_TIME: ("clock", "waiting"),
    StepStatus.WAITING_CHILD: ("hourglass", "waiting"),
    StepStatus.DONE: ("circle-check", "done"),
    StepStatus.SKIPPED: ("corner-down-left", "quiet"),
    StepStatus.UNKNOWN: ("triangle-alert", "waiting"),
    "later": ("", "quiet"),
    "never": ("", "quiet"),
}
_LATER = {"later": gettext_lazy("Not yet"), "never": gettext_lazy("Not reached")}


@dataclass(frozen=True, slots=True)
class Look:
    """How a status is shown: its words, icon and tone (`done`, `failed`, `waiting`, `running`, `quiet`)."""

    label: str
    icon: str
    tone: str


def look(status: str) -> Look:
    """How a status of a run or a step is shown."""
    labels = dict(RunStatus.choices) | dict(StepStatus.choices) | _LATER
    return Look(str(labels[status]), *LOOKS[status])


@dataclass(frozen=True, slots=True)
class Shown:
    """A value to look at: `text` is its beginning, all of it where `is_whole`. `size` is in words.

    `files` are those in it; `is_files`: it is nothing else.
    """

    text: str
    is_whole: bool
    size: str
    is_nothing: bool = False
    files: list[RunFile] = field(default_factory=list)
    is_files: bool = False


def shown(stored: object, file: str = "") -> Shown:
    """What a page shows of a value as it is stored: of one that lies in a file the row holds the beginning."""
    if file:
        return Shown(stored["preview"], False, filesizeformat(stored["size"]))
    if stored is None:
        return Shown("", True, "", is_nothing=True)
    text = as_text(stored)
    told = {"files": files.within(stored), "is_files": files.is_only_files(stored)}
    return Shown(text[:MOST], len(text) <= MOST, filesizeformat(len(text.encode())), **told)


def of_step(step: WorkflowStep, which: str) -> Shown:
    """What a step took ("input") or gave ("output")."""
    return shown(getattr(step, which), getattr(step, f"{which}_file"))


def whole(step: WorkflowStep, which: str) -> object:
    """The same, all of it. Raises Failed where its file is lost."""
    return values.read(getattr(step, f"{which}_file"), getattr(step, which))


def as_text(value: object) -> str:
    """A value as people read it: texts as they are, everything else as JSON in lines."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)


def as_file(value: object) -> tuple[bytes, str]:
    """A value as a file: its bytes, and how their name ends."""
    if isinstance(value, str):
        return value.encode(), "txt"
    return orjson.dumps(value, option=orjson.OPT_INDENT_2), "json"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A step that nobody knows about: its name, what was sent, and an example of what it gives, as JSON."""

    id: UUID
    name: str
    sent: Shown
    example: str
    idempotency_key: str


def unknown(run: WorkflowRun, step: WorkflowStep) -> Unknown:
    """What a person is shown of a step that was cut off in the middle of its effect."""
    node = next((one for one in run.structure["nodes"] if one["id"] == step.node_id), {"data": {}})
    kind = KINDS[step.node_type]
    example = _example(kind.output_schema(node["data"]))
    name = str(node["data"].get("name") or kind.title)
    return Unknown(step.pk, name, of_step(step, "input"), as_text(example), step.idempotency_key)


_EXAMPLES = {"string": "", "integer": 0, "number": 0, "boolean": True, "array": [], "object": {}}


def _example(schema: Mapping) -> object:
    """A value of a schema, to be changed."""
    if properties := schema.get("properties"):
        return {name: _example(one) for name, one in properties.items()}
    return _EXAMPLES.get(schema.get("type"))


def outputs(run: WorkflowRun) -> list[tuple[str, Shown]]:
    """The named outputs of a run, as far as they were reached."""
    whole = run.output
    if isinstance(whole, dict):
        return [(name, shown(value)) for name, value in whole.items()]
    return [(_("Output"), shown(whole))] if whole is not None else []


def version_of(run: WorkflowRun) -> str:
    """Which graph ran, in words."""
    return _("Version %(n)s") % {"n": run.version.number} if run.version else _("Draft")
