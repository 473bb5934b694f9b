"""Webhooks: an address that nobody guesses, secrets that show who sends, and each message once.

The token in the address is kept as a digest, the secrets sealed; both are shown once, when they are made. While a
secret is replaced the former one holds for a day.
"""

import hashlib
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from sambung.lib import webhook_signatures
from sambung.lib.failures import Failed
from sambung.lib.webhook_signatures import Scheme
from teams import sealing
from workflows.models import TriggerKind, WorkflowRun, WorkflowTrigger
from workflows.publishing.tool_config import input_schema
from workflows.triggers import firing, payloads, rights
from workflows.triggers.payloads import Unfit

TOKEN_BYTES = 16
ROTATION = timedelta(days=1)  # for which a replaced secret holds


# ---- addresses and secrets ------------------------------------------------------------------------------
def new_token(trigger: WorkflowTrigger) -> str:
    """Give a trigger, which is not saved yet, another address; return the token in it, which nobody can tell again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    trigger.token_digest = digest(token)
    return token


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_secret(trigger: WorkflowTrigger) -> str:
    """Give a trigger, which is not saved yet, another secret beside the one that it has; return it."""
    secret = webhook_signatures.new_secret()
    if trigger.secret:
        trigger.former_secret = sealing.seal(
            sealing.unseal(trigger.secret, _place(trigger)), _place(trigger, "former_")
        )
        trigger.former_ends_at = timezone.now() + ROTATION
    trigger.secret = sealing.seal(secret, _place(trigger))
    return secret


def _place(trigger: WorkflowTrigger, which: str = "") -> str:
    """What a sealed secret is bound to."""
    return f"workflow_trigger:{which}secret:{trigger.pk}"


def secrets_of(trigger: WorkflowTrigger) -> list[str]:
    """The secrets that hold now. Raises CryptoError where they cannot be opened any more."""
    found = [sealing.unseal(trigger.secret, _place(trigger))] if trigger.secret else []
    if trigger.former_secret and trigger.former_ends_at > timezone.now():
        found.append(sealing.unseal(trigger.former_secret, _place(trigger, "former_")))
    return found


def sealed_rows():
    """The triggers that hold sealed secrets, for rotations of the instance's keys."""
    return WorkflowTrigger.objects.exclude(secret=None)


def renew(trigger: WorkflowTrigger) -> bool:
    """Seal a locked trigger's secrets anew; return whether that changed any. Raises CryptoError."""
    changed = []
    for name, which in (("secret", ""), ("former_secret", "former_")):
        kept = getattr(trigger, name)
        if kept and (sealed := sealing.renew(kept, _place(trigger, which))):
            setattr(trigger, name, sealed)
            changed.append(name)
    if changed:
        trigger.save(update_fields=changed)
    return bool(changed)


# ---- messages -------------------------------------------------------------------------------------------
def find(token: str) -> WorkflowTrigger | None:
    """The trigger of an address, whether it rests or not."""
    rows = WorkflowTrigger.objects.filter(kind=TriggerKind.WEBHOOK, token_digest=digest(token))
    return rows.select_related("workflow__team", "workflow__user", "runs_as").first()


def receive(trigger: WorkflowTrigger, headers: Mapping[str, str], body: bytes) -> WorkflowRun:
    """Start the run of a message, or find the one that it has started; nothing of it is read before it is verified.

    Raises Unverified for a message that does not show where it comes from, Unfit for one that starts nothing.
    """
    scheme = Scheme(trigger.config.get("scheme", Scheme.STANDARD))
    key = webhook_signatures.verify(scheme, secrets_of(trigger), headers, body, time.time())
    if known := _started(trigger, key):
        return known
    payload = payloads.read(headers.get("Content-Type", ""), body)
    if why := rights.problem(trigger):
        rights.pause_now(trigger, why)
    if why or not trigger.is_active:
        raise Unfit(409, "webhook_rests")
    given = payloads.placed(payload, trigger.config.get("into", ""), _schema(trigger))
    try:
        with transaction.atomic():
            return _start(trigger, given, key)
    except IntegrityError:  # the same message came twice at once
        if known := _started(trigger, key):
            return known
        raise


def _started(trigger: WorkflowTrigger, key: str) -> WorkflowRun | None:
    """The run that a message has started; one without an id is always new."""
    rows = WorkflowRun.objects.filter(workflow_trigger=trigger, key=key) if key else WorkflowRun.objects.none()
    return rows.select_related("run").first()


def _schema(trigger: WorkflowTrigger) -> dict:
    return input_schema(trigger.workflow.structure)


def _start(trigger: WorkflowTrigger, given: dict, key: str) -> WorkflowRun:
    try:
        made = firing.start(trigger, given, key=key)
    except Failed as failed:
        raise Unfit(422, "webhook_misfit", [("$", failed.failure.english)]) from None
    WorkflowTrigger.objects.filter(pk=trigger.pk).update(last_at=timezone.now(), sample=given)
    return made
