"""Which runs a history shows: by state, trigger, version, time, person, and by words in what went in and came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.models import ACTIVE, RunStatus
from workflows.models import StepStatus, Trigger, WorkflowRun, WorkflowStep

LONGEST = 200  # characters of what is searched for
#: States as people ask for them. What waits for somebody is found by its steps: the run itself only says that it waits.
STATES: dict[str, tuple[str | Promise, Q]] = {
    "active": (_("Under way"), Q(run__status__in=ACTIVE)),
    "asks": (_("Waits for somebody"), Q(run__status=RunStatus.WAITING)),
    "succeeded": (_("Succeeded"), Q(run__status=RunStatus.SUCCEEDED)),
    "failed": (_("Failed"), Q(run__status__in=(RunStatus.FAILED, RunStatus.INTERRUPTED))),
    "stopped": (_("Stopped"), Q(run__status=RunStatus.STOPPED)),
}
ASKS = (StepStatus.WAITING_PERSON, StepStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for; what is empty does not matter. `version` is a number, "draft" or ""."""

    q: str = ""
    state: str = ""
    trigger: str = ""
    version: str = ""
    person: UUID | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self != Asked()


def found(runs: QuerySet[WorkflowRun], asked: Asked) -> QuerySet[WorkflowRun]:
    """Those of the runs that somebody looks for, newest first, with what a list tells of them."""
    runs = runs.filter(_narrowed(asked))
    for word in asked.q[:LONGEST].split():
        runs = runs.filter(_has(word))
    waiting = WorkflowStep.objects.filter(workflow_run=OuterRef("pk"), status__in=ASKS)
    rows = runs.select_related("run__requested_by", "workflow__team", "version", "replay_of")
    rows = rows.defer("structure", "workflow__structure", "version__structure", "replay_of__structure")
    return rows.annotate(asks=Exists(waiting)).order_by("-created_at", "-id")


def _narrowed(asked: Asked) -> Q:
    wanted = Q(trigger=asked.trigger) if asked.trigger else ~Q(trigger=Trigger.TEST)
    if asked.state in STATES:
        wanted &= STATES[asked.state][1]
    if asked.state == "asks":
        wanted &= Q(Exists(WorkflowStep.objects.filter(workflow_run=OuterRef("pk"), status__in=ASKS)))
    if asked.version == "draft":
        wanted &= Q(version=None)
    elif asked.version.isdecimal():
        wanted &= Q(version__number=int(asked.version[:9]))
    if asked.person:
        wanted &= Q(run__requested_by=asked.person)
    if asked.since:
        wanted &= Q(created_at__gte=_start(asked.since))
    if asked.until:
        wanted &= Q(created_at__lt=_start(asked.until) + timedelta(days=1))
    return wanted


def _has(word: str) -> Q:
    """Whether a word stands anywhere in what a run or one of its steps took or gave."""
    steps = WorkflowStep.objects.filter(workflow_run=OuterRef("pk"))
    steps = steps.annotate(took=Cast("input", TextField()), gave=Cast("output", TextField()))
    in_steps = Exists(steps.filter(Q(took__icontains=word) | Q(gave__icontains=word) | Q(error_code__icontains=word)))
    runs = WorkflowRun.objects.annotate(took=Cast("input", TextField()), gave=Cast("output", TextField()))
    in_run = runs.filter(Q(took__icontains=word) | Q(gave__icontains=word) | Q(workflow__name__icontains=word))
    return Q(in_steps) | Q(Exists(in_run.filter(pk=OuterRef("pk"))))


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def counts(runs: QuerySet[WorkflowRun]) -> Mapping[str, int]:
    """How many of the runs there are in each state, by the names in STATES."""
    told = {name: Count("pk", filter=wanted) for name, (_label, wanted) in STATES.items() if name != "asks"}
    return runs.order_by().aggregate(**told)
