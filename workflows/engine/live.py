"""What pages that follow a run are shown: each step as it changes, and the text that a model writes."""

from collections.abc import Callable, Mapping
from time import monotonic
from uuid import UUID

from agents.runs import frames, runtime
from teams import access
from teams.models import User
from workflows.engine.order import Order
from workflows.models import WorkflowRun

_TOLD = ("path", "node_id", "attempt", "status", "handle", "error_code", "started_at", "finished_at")
NAME = "workflow"
PAUSE = 0.25  # seconds between two tellings of a text
SHOWN = 20_000  # characters of it


def show(order: Order, row: Mapping) -> None:
    """Tell who follows here that a step has changed, or the run; it is stored within moments."""
    served = runtime.current()
    if served is None or not served.hub.is_followed(order.topic):
        return
    if "path" not in row:
        served.hub.publish(frames.hint(order.topic, "run", **row))
        return
    told = {name: row[name] for name in _TOLD}
    served.hub.publish(frames.hint(order.topic, "step", **told))


class Telling:
    """Tells what a model has written so far, a few times a second."""

    def __init__(self, order: Order, path: str) -> None:
        self._order, self._path, self._at = order, path, 0.0

    def __call__(self, text: str) -> None:
        served, now = runtime.current(), monotonic()
        if served is not None and now - self._at >= PAUSE and served.hub.is_followed(self._order.topic):
            self._at = now
            served.hub.publish(frames.hint(self._order.topic, "text", path=self._path, text=text[-SHOWN:]))


class Runs:
    """Runs of workflows, as those who follow know them: steps are hints, and the page asks for their values.

    `is_here`: whether this process carries a run, by its id; those of other processes tell nothing here.
    """

    def __init__(self, is_here: Callable[[UUID], bool]) -> None:
        self._is_here = is_here

    def results(self, run_ids) -> list:
        """Nothing: a page that cannot follow reads the steps."""
        return []

    def standing(self, subject: str) -> dict:
        """The run and all its steps by now, and whether frames tell what comes (`isHere`)."""
        found = WorkflowRun.objects.select_related("run").filter(pk=subject).first()
        if found is None:
            return {}
        return {"status": found.run.status, "steps": state(found), "isHere": self._is_here(found.run_id)}

    def may_follow(self, asked: Mapping[User, set[str]]) -> dict[User, set[str]]:
        """Whoever may read the run."""
        wanted = {pk for pks in asked.values() for pk in pks if _is_id(pk)}
        held = access.held_by(asked, WorkflowRun.objects.filter(pk__in=wanted)) if wanted else {}
        return {
            user: {pk for pk in pks if _is_id(pk) and UUID(pk) in held.get(user, ())} for user, pks in asked.items()
        }


def state(workflow_run: WorkflowRun) -> list[dict]:
    """The last attempt of each step, without values: what a page shows of a run that another process carries."""
    found = {}
    for row in workflow_run.steps.order_by("attempt", "created_at").values(*_TOLD):
        told = {name: row[name] for name in _TOLD}
        for name in ("started_at", "finished_at"):
            told[name] = row[name] and row[name].timestamp()
        found[row["path"]] = told
    return list(found.values())


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
