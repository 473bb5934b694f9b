"""Where others knock: webhooks, verified before anything is read, and forms behind a public link."""

import json
import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sambung.lib.crypto import CryptoError
from sambung.lib.failures import Failure
from sambung.lib.webhook_signatures import Unverified
from teams import limits
from workflows.actions import answering
from workflows.models import WorkflowRun
from workflows.triggers import payloads, webhooks
from workflows.triggers.payloads import Unfit

logger = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def hook(request, token):
    """Take a webhook: 202 with the id of its run, or, where its trigger says so, what the run gave."""
    if int(request.headers.get("Content-Length") or 0) > payloads.LARGEST:
        return _refused(413, "webhook_too_large")
    trigger = webhooks.find(token)
    if trigger is None:
        limits.count("guess", request)
        return _refused(404, "webhook_unknown")
    limits.count("hook", request)
    try:
        run = webhooks.receive(trigger, request.headers, request.body)
    except Unverified as error:
        return _refused(401, error.code)
    except Unfit as error:
        return _refused(error.status, error.code, error.problems)
    except CryptoError:
        logger.exception("A webhook's secret cannot be opened.", extra={"trigger": str(trigger.pk)})
        return _refused(503, "webhook_secret_lost")
    if trigger.config.get("answer") == "output" and (ended := answering.ended(run.pk)):
        return _ended(ended)
    return JsonResponse({"run": str(run.pk), "status": run.run.status}, status=202)


def _ended(run: WorkflowRun) -> HttpResponse:
    """What a run gave, or that it failed: never more of why than its code."""
    told = {"run": str(run.pk), "status": run.run.status}
    if run.run.status == "succeeded":
        return JsonResponse(told | {"output": run.output}, json_dumps_params={"ensure_ascii": False})
    return JsonResponse(told | {"code": run.run.error_code or run.run.status}, status=500)


def _refused(status: int, code: str, problems: list[tuple[str, str]] = ()) -> HttpResponse:
    """Why a webhook starts nothing, in English: a program reads it."""
    told = {"error": Failure(code).english, "code": code}
    if problems:
        told["problems"] = [{"path": path, "problem": problem} for path, problem in problems]
    return HttpResponse(json.dumps(told), status=status, content_type="application/json", headers={"Error-Code": code})
