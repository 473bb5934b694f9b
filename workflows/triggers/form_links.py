"""The public link of a workflow's form: made, changed, and runs that strangers begin by it."""

from django.db import transaction
from django.db.models import OuterRef
from django.db.models.functions import Now, TruncDay
from django.utils import timezone
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams import audit, links
from teams.models import LinkMode, User
from teams.workspace import Workspace
from workflows.models import TriggerKind, Workflow, WorkflowLink, WorkflowRun, WorkflowTrigger
from workflows.publishing.tool_config import input_schema
from workflows.triggers import firing, rights

MOST = 100  # runs that strangers begin in a day, where nobody chose another number
#: The forms of links that are on.
ACTIVE = WorkflowTrigger.objects.filter(workflow=OuterRef("workflow"), kind=TriggerKind.FORM, is_active=True)


def link_of(workflow: Workflow) -> WorkflowLink | None:
    """The link that a workflow's form has."""
    return WorkflowLink.objects.filter(workflow=workflow).first()


def trigger_of(workflow: Workflow) -> WorkflowTrigger | None:
    """The form of a workflow, while it is on."""
    rows = WorkflowTrigger.objects.filter(workflow=workflow, kind=TriggerKind.FORM, is_active=True)
    return rows.select_related("workflow__team", "workflow__user", "runs_as").first()


def thanks(workflow: Workflow) -> str:
    """What is said once a form was sent, "" where nobody wrote anything."""
    trigger = trigger_of(workflow)
    return trigger.config.get("thanks", "") if trigger else ""


def share(*, workflow: Workflow, by: User, password: str | None = None, **options) -> WorkflowLink:
    """Give the form its link, or change the one that it has, whose address stays.

    `password`: "" = none, None = as it was. `options` are those of `links.set_options`. Raises Refused where links are
    forbidden or the form asks for files, and Busy.
    """
    return _shared(workflow, by, password=links.hashed(password), **options)


@transaction.atomic
def _shared(workflow: Workflow, by: User, **options) -> WorkflowLink:
    kept = Workflow.objects.select_for_update(no_key=True).get(pk=workflow.pk)
    links.refuse_forbidden(kept.team)
    if asks_for_files(input_schema(kept.structure)):
        raise Refused(_("This form asks for files, which strangers cannot give."))
    link = link_of(kept) or WorkflowLink(workflow=kept, created_by=by, token=links.new_token())
    links.set_options(link, **options | {"mode": LinkMode.LIVE})
    link.save()
    audit.record("link.shared", by=by, target=kept.pk, team=kept.team, mode=link.mode)
    return link


def asks_for_files(schema: dict) -> bool:
    """Whether any field of a form is a file, or a list of files."""
    return bool(files_of(schema))


def files_of(schema: dict) -> set[str]:
    """The fields of a form that are files, or lists of files."""
    fields = schema.get("properties", {}).items()
    return {name for name, one in fields if "file" in {one.get("format"), (one.get("items") or {}).get("format")}}


def send(*, link: WorkflowLink, given: dict) -> WorkflowRun:
    """Start a run with what a stranger has sent, as whoever the form runs as. Raises Refused, and Failed."""
    trigger = trigger_of(link.workflow)
    why = trigger and rights.problem(trigger)
    if why:
        rights.pause_now(trigger, why)
    if trigger is None or why:
        raise Refused(_("This form takes nothing at the moment."))
    return _send(trigger, given)


@transaction.atomic
def _send(trigger: WorkflowTrigger, given: dict) -> WorkflowRun:
    locked = WorkflowTrigger.objects.select_for_update(of=("self",)).get(pk=trigger.pk)
    if _sent_today(locked) >= int(locked.config.get("most") or MOST):
        raise Refused(_("This form has taken as much as it takes in a day. Come back tomorrow."), code="too_many")
    return begun(trigger, given)


def begun(trigger: WorkflowTrigger, given: dict, workspace: Workspace | None = None) -> WorkflowRun:
    """Start a run with what was sent, in the present transaction: by a member there, or as whoever the form runs as."""
    run = firing.start(trigger, given, key="", workspace=workspace)
    WorkflowTrigger.objects.filter(pk=trigger.pk).update(last_at=timezone.now())
    return run


def _sent_today(trigger: WorkflowTrigger) -> int:
    """How much strangers have sent since midnight: runs as whoever the form runs as, begun by nobody else."""
    rows = WorkflowRun.objects.filter(workflow_trigger=trigger, created_at__gte=TruncDay(Now()))
    return rows.filter(run__requested_by=trigger.runs_as_id).count()
