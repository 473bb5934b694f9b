"""What people do with triggers: made, changed, woken and put to rest, given other addresses and secrets, deleted.

A trigger runs as whoever made it or woke it last: nobody can name somebody else.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from sambung.lib.webhook_signatures import Scheme
from teams import audit
from teams.models import User
from workflows.models import TriggerKind, Workflow, WorkflowRun, WorkflowTrigger
from workflows.triggers import firing, schedules, webhooks

MOST = 50  # triggers of one workflow


@dataclass(frozen=True, slots=True)
class Made:
    """A trigger, and what of it is shown this once: the token of its address, and its secret; "" for none."""

    trigger: WorkflowTrigger
    token: str = ""
    secret: str = ""


@transaction.atomic
def create(*, by: User, workflow: Workflow, kind: str, config: dict, limits: dict | None = None) -> Made:
    """Have a workflow be started so, as `by`. Raises Refused."""
    kept = Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)
    if kept.triggers.count() >= MOST:
        raise Refused(_("A workflow has %(most)s triggers at most.") % {"most": MOST}, code="too_many")
    if kind == TriggerKind.FORM and kept.triggers.filter(kind=kind).exists():
        raise Refused(_("This workflow has a form already."), code="done_already")
    trigger = WorkflowTrigger(workflow=kept, kind=kind, config=config, limits=limits or {}, runs_as=by)
    token = secret = ""
    if kind == TriggerKind.WEBHOOK:
        token, secret = webhooks.new_token(trigger), webhooks.new_secret(trigger)
    if kind == TriggerKind.SCHEDULE:
        trigger.next_at = schedules.following(trigger, timezone.now())
    trigger.save()
    _record("workflow_trigger.made", by, trigger)
    return Made(trigger, token, secret)


@transaction.atomic
def change(*, by: User, trigger: WorkflowTrigger, config: dict, limits: dict) -> None:
    """Have it start otherwise; it goes on running as it did."""
    kept = _locked(trigger)
    kept.config, kept.limits = config, limits
    if kept.kind == TriggerKind.SCHEDULE and kept.is_active:
        kept.next_at, kept.held_at = schedules.following(kept, timezone.now()), None
    kept.save(update_fields=["config", "limits", "next_at", "held_at", "updated_at"])
    _record("workflow_trigger.changed", by, kept)


@transaction.atomic
def wake(*, by: User, trigger: WorkflowTrigger) -> None:
    """Let it start runs again, from now on as `by`; what failed before does not count any more."""
    kept = _locked(trigger)
    kept.is_active, kept.runs_as, kept.failures = True, by, 0
    kept.last_error_code, kept.last_error_params = "", {}
    if kept.kind == TriggerKind.SCHEDULE:
        kept.next_at = schedules.following(kept, timezone.now())
    kept.save()
    _record("workflow_trigger.woken", by, kept)


@transaction.atomic
def rest(*, by: User, trigger: WorkflowTrigger) -> None:
    """Let it start nothing until somebody wakes it; what runs goes on."""
    kept = _locked(trigger)
    kept.is_active, kept.next_at, kept.held_at = False, None, None
    kept.save(update_fields=["is_active", "next_at", "held_at", "updated_at"])
    _record("workflow_trigger.rested", by, kept)


@transaction.atomic
def delete(*, by: User, trigger: WorkflowTrigger) -> None:
    """Forget it; its runs stay."""
    _record("workflow_trigger.deleted", by, trigger)
    trigger.delete()


@transaction.atomic
def new_address(*, by: User, trigger: WorkflowTrigger) -> Made:
    """Give a webhook another address; the former one is nobody's at once."""
    kept = _locked(trigger)
    token = webhooks.new_token(kept)
    kept.save(update_fields=["token_digest", "updated_at"])
    _record("workflow_trigger.address_renewed", by, kept)
    return Made(kept, token=token)


@transaction.atomic
def new_secret(*, by: User, trigger: WorkflowTrigger) -> Made:
    """Give a webhook another secret; the former one holds for a day beside it."""
    kept = _locked(trigger)
    secret = webhooks.new_secret(kept)
    kept.save(update_fields=["secret", "former_secret", "former_ends_at", "updated_at"])
    _record("workflow_trigger.secret_renewed", by, kept)
    return Made(kept, secret=secret)


@transaction.atomic
def try_out(*, by: User, trigger: WorkflowTrigger, sample: dict | None = None) -> WorkflowRun:
    """Run the draft with what the trigger would bring: `sample`, which is kept for the next time, or what is kept.

    Raises Failed for what does not fit the draft's input.
    """
    if sample is not None and sample != trigger.sample:
        WorkflowTrigger.objects.filter(pk=trigger.pk).update(sample=sample)
        trigger.sample = sample
    given = trigger.config.get("input") if trigger.kind == TriggerKind.SCHEDULE else trigger.sample
    return firing.try_out(trigger, given or {}, by=by)


def _locked(trigger: WorkflowTrigger) -> WorkflowTrigger:
    rows = WorkflowTrigger.objects.select_for_update(of=("self",)).select_related("workflow__team")
    if (kept := rows.filter(pk=trigger.pk).first()) is None:
        raise Refused(_("This trigger has been deleted meanwhile."), code="gone")
    return kept


def _record(action: str, by: User, trigger: WorkflowTrigger) -> None:
    told = {"kind": trigger.kind, "trigger": str(trigger.pk)}
    audit.record(action, by=by, target=trigger.workflow_id, team=trigger.workflow.team, **told)


def scheme_of(trigger: WorkflowTrigger) -> Scheme:
    """How a webhook shows where it comes from."""
    return Scheme(trigger.config.get("scheme", Scheme.STANDARD))
