"""Approvals: what people are asked in the middle of a run, made when its step waits."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from workflows.engine import executors
from workflows.engine.known import Known
from workflows.engine.order import Order
from workflows.engine.steps import Call, Waits
from workflows.models import Approval, StepStatus
from workflows.nodes.segments import resolve, text_of

APPROVE, REJECT = "approve", "reject"
CAME = "came"  # what a call in the middle of a node has waited for: a run of another workflow has ended
#: The buttons of "needs approval before"; pages show their labels in the reader's language.
BEFORE = (
    {"id": APPROVE, "label": gettext_noop("Approve"), "style": "primary"},
    {"id": REJECT, "label": gettext_noop("Reject"), "style": "danger"},
)
_told: list[Callable[[Approval], None]] = []


def on_asked(act: Callable[[Approval], None]) -> None:
    """Have `act` called for each new approval, in its transaction."""
    _told.append(act)


def audience_of(order: Order, audience: Mapping | None) -> dict:
    """Who decides: whoever started the run is named, and stands in where nobody else is."""
    audience = dict(audience or {})
    people = list(audience.get("people") or ())
    starter = str(order.workspace.user.pk)
    if audience.get("starter") or not (people or audience.get("role")):
        people = list(dict.fromkeys([*people, starter]))
    return {"people": people, "role": audience.get("role") or ""}


def shown(call: Call) -> dict:
    """What people of an approval node see, with all references filled in. Raises Failed."""
    data, outputs = call.data, call.outputs
    return {
        "title": text_of(data.get("title"), outputs)[:500],
        "text": text_of(data.get("text"), outputs),
        "form": data.get("form") or {},
        "values": {name: resolve(value, outputs) for name, value in (data.get("prefill") or {}).items()},
    }


def waits(call: Call) -> Waits:
    """The wait of an approval node."""
    data, now = call.data, timezone.now()
    deadline, reminder = data.get("deadline"), data.get("reminder")
    asked = dict(call.input) | {
        "buttons": data["buttons"],
        "audience": audience_of(call.order, data.get("audience")),
        "needed": data.get("needed") or 1,
        "deadline_at": now + timedelta(seconds=deadline["seconds"]) if deadline else None,
        "default_button": deadline["button"] if deadline else "",
        "reminder_at": now + timedelta(seconds=reminder) if reminder else None,
    }
    return Waits(StepStatus.WAITING_PERSON, approval=asked)


def before(call: Call) -> Waits:
    """The wait of a node that needs approval before."""
    asked = call.data["approvalBefore"]
    told = {"title": (asked.get("title") or call.data.get("name") or "")[:500], "buttons": list(BEFORE)}
    return Waits(
        StepStatus.WAITING_PERSON, approval=told | {"audience": audience_of(call.order, asked.get("audience"))}
    )


def is_word(order: Order, node: Mapping, known: Known) -> bool:
    """Whether this is what a node waited for in its middle, which then goes on: it finds it as `word`."""
    is_one = known.handle in {APPROVE, REJECT, CAME} and executors.of(node["type"]).resumes
    if is_one:
        order.known[f"{known.path}#word"] = known
    return is_one


def word(call: Call) -> Known | None:
    """What the node has waited for in its middle, once."""
    return call.order.known.pop(f"{call.path}#word", None)


@transaction.atomic
def ask(step: UUID, asked: Mapping) -> None:
    """Keep what people are asked, and tell whoever wants to know; a second time changes nothing."""
    approval, is_new = Approval.objects.get_or_create(step_id=step, defaults=dict(asked))
    for act in _told if is_new else ():
        act(approval)
