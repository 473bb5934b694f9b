"""Workflows that a reply has called: the way to their runs, and what these ask people, decided in the chat."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from agents.runs import runtime
from chats.models import Message
from chats.views import chat_page
from teams import access
from teams.views import answers
from workflows.actions import calling
from workflows.forms import inputs
from workflows.history import approvals
from workflows.models import Approval, WorkflowRun
from workflows.views import asking


@never_cache
@require_GET
def message_call(request, message_id, call_id):
    """The run of a workflow that a reply has called."""
    found = _message(request, message_id)
    run = access.rows(request.user, WorkflowRun.objects.filter(key=calling.key(found.run_id, call_id))).first()
    if run is None:
        raise Http404("No such run.")
    return redirect(request.workspace.url("workflow_run", run.pk))


def _message(request, message_id, level: access.Level = access.READ) -> Message:
    return access.get(request, Message.objects.select_related("chat", "run"), level, pk=message_id, run__isnull=False)


def asked_by(request, message: Message, call_ids: list[str]) -> list[dict]:
    """What the runs of these calls ask people now, as asking.shown gives it."""
    runs = calling.with_inner([calling.key(message.run_id, call) for call in call_ids]) if call_ids else []
    waiting = access.rows(request.user, approvals.ROWS.filter(step__workflow_run__in=runs, decision=""))
    shown = (asking.shown(request, one) for one in waiting.order_by("created_at", "id"))
    return [one for one in shown if one["is_open"]]


@require_POST
def message_call_decide(request, message_id, approval_id):
    """Press a button of what a workflow asks, without leaving the chat."""
    message = _message(request, message_id)
    found: Approval = access.get(request.user, approvals.ROWS, pk=approval_id)
    form = asking.form_of(found, request.POST, request.FILES)
    if not form.is_valid():
        context = {"message": message, "one": asking.shown(request, found, form)}
        response = answers.form(request, "chats/_call_asks.html", _("Waiting for a decision"), context, status=422)
        response["HX-Retarget"] = f"#asked-{found.pk}"
        return response
    comment = request.POST.get("comment", "").replace("\x00", "")
    given = {"button": request.POST.get("button", ""), "values": inputs.values(form), "comment": comment}
    approvals.decide(approval=found, by=request.user, **given)
    runtime.hint_on_commit(message.topic, "decided", subject=message.subject)
    message = _message(request, message_id)
    return chat_page.message(request, message)
