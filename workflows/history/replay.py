"""A run again: from a node on, with the results before it; from the start; or one node alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Avg
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams.models import User
from workflows.editing import draft
from workflows.engine import starting
from workflows.models import Effect, StepStatus, WorkflowRun, WorkflowStep
from workflows.nodes.graph import Graph
from workflows.nodes.kinds import KINDS

SEEN = 20  # former runs of a node from which its cost is guessed
#: What a finished step may stand in for.
_REUSABLE = (StepStatus.DONE, StepStatus.SKIPPED)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a node of the draft is to that of the run: "new", "gone" or "changed"."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen: names of nodes whose results are used again and of those that run; `effects` are those of the
    latter that reach outside. `cost` is what they are likely to cost in US dollars, None where nothing is known;
    `is_partial`: of some nothing is known. `unfinished`: those before that have no result and run as well.
    """

    reused: list[str]
    again: list[str]
    effects: list[str]
    unfinished: list[str]
    differences: list[Difference]
    cost: Decimal | None
    is_partial: bool


def structure_of(run: WorkflowRun, *, is_draft: bool) -> dict:
    """The graph that would run: the run's own, or the present draft."""
    return draft.structure_of(run.workflow) if is_draft else run.structure


def plan(run: WorkflowRun, path: str, *, is_draft: bool) -> Plan:
    """What a replay from the node at `path` on does; "" is the start. Raises Refused where the node is not there."""
    graph = Graph(structure_of(run, is_draft=is_draft))
    again = _again(graph, path)
    reused = reusable(run, graph, again)
    before = [key for key in graph.body("") if key not in again]
    unfinished = [key for key in before if key not in reused]
    running = [*unfinished, *(key for key in graph.body("") if key in again)]
    cost, is_partial = _cost(run, graph, running)
    return Plan(
        reused=[graph.name(key) for key in before if key in reused],
        again=[graph.name(key) for key in running],
        effects=[graph.name(key) for key in _inside(graph, running) if _reaches_out(graph, key)],
        unfinished=[graph.name(key) for key in unfinished],
        differences=differences(run.structure, graph.all) if is_draft else [],
        cost=cost,
        is_partial=is_partial,
    )


@transaction.atomic
def replay(*, run: WorkflowRun, by: User, path: str, is_draft: bool, input: Mapping) -> WorkflowRun:
    """Run it again from the node at `path` on ("" from the start), with this input. Raises Refused, Failed."""
    structure = structure_of(run, is_draft=is_draft)
    graph = Graph(structure)
    again = _again(graph, path)
    if input != run.input:
        again |= set(graph.roots())
    return starting.start(
        workflow=run.workflow,
        structure=structure,
        version=None if is_draft else run.version,
        input=input,
        by=by,
        trigger="replay",
        replay_of=run,
        reuse=reusable(run, graph, again),
    )


def reusable(run: WorkflowRun, graph: Graph, again: Iterable[str]) -> dict[str, WorkflowStep]:
    """The finished steps of the run that stand in for nodes of a graph, by path; none of those that run again.

    A loop's result is used whole, so what its items did is not asked for. Of a run whose values are gone nothing is.
    """
    if run.is_emptied:
        return {}
    wanted = set(graph.body("")) - set(again)
    rows = run.steps.filter(path__in=wanted, status__in=_REUSABLE).order_by("path", "attempt")
    return {step.path: step for step in rows}


def _again(graph: Graph, path: str) -> set[str]:
    """The node at a path and all behind it. A node inside of a loop runs with the whole loop."""
    if not path:
        return set(graph.body(""))
    key = path.partition("[")[0]
    if key not in graph.nodes or graph.scope[key]:
        raise Refused(_("This node is not in the graph that would run. Choose another one."), code="gone")
    found = [key]
    for one in found:
        found += [edge.target for edge in graph.children(one) if edge.target not in found]
    return set(found)


def _inside(graph: Graph, keys: Iterable[str]) -> list[str]:
    """The nodes, and those inside of the loops among them."""
    found = list(keys)
    for key in found:
        found += graph.body(key)
    return found


def _reaches_out(graph: Graph, key: str) -> bool:
    node = graph.nodes[key]
    return KINDS[node["type"]].effect(node["data"]) != Effect.NONE and not node["data"].get("disabled")


def _cost(run: WorkflowRun, graph: Graph, keys: Iterable[str]) -> tuple[Decimal | None, bool]:
    """What nodes are likely to cost: as in this run, else as in the workflow's other ones."""
    known, is_partial = [], False
    for key in keys:
        spends = [one for one in _inside(graph, [key]) if graph.nodes[one]["type"] in _SPENDING]
        if not spends:
            continue
        cost = _spent(run.steps, key)
        if cost is None:
            cost = _usual(run, key)
        known += [] if cost is None else [cost]
        is_partial |= cost is None
    return (sum(known, Decimal(0)) if known or not is_partial else None), is_partial


#: Kinds of nodes that may ask a model.
_SPENDING = frozenset({"llm", "agent", "tool"})


def _spent(steps, key: str) -> Decimal | None:
    """What a node cost in a run, with all that is inside of it."""
    costs = [*steps.filter(path=key).values_list("cost", flat=True)]
    costs += steps.filter(path__startswith=f"{key}[").values_list("cost", flat=True)
    told = [cost for cost in costs if cost is not None]
    return sum(told, Decimal(0)) if told else None


def _usual(run: WorkflowRun, key: str) -> Decimal | None:
    """What a node cost on average in the last runs that had it."""
    seen = WorkflowStep.objects.filter(workflow_run__workflow=run.workflow, path=key, cost__isnull=False)
    last = seen.order_by("-created_at").values("pk")[:SEEN]
    return WorkflowStep.objects.filter(pk__in=last).aggregate(usual=Avg("cost"))["usual"]


def differences(structure: Mapping, now: Mapping[str, Mapping]) -> list[Difference]:
    """How the nodes of the present draft differ from those of a structure; where they stand does not matter."""
    before = {node["id"]: node for node in structure["nodes"]}
    found = [Difference(_named(now[key]), "new") for key in now if key not in before]
    found += [Difference(_named(before[key]), "gone") for key in before if key not in now]
    both = [key for key in now if key in before]
    changed = [
        key for key in both if (now[key]["type"], now[key]["data"]) != (before[key]["type"], before[key]["data"])
    ]
    return found + [Difference(_named(now[key]), "changed") for key in changed]


def _named(node: Mapping) -> str:
    return str(node["data"].get("name") or KINDS[node["type"]].title)
