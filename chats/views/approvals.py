"""What a person decides about a reply that waits: calls of tools, and whether it goes on."""

import json

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from agents.generation import approvals
from agents.models import RunStatus, ToolAllowance, ToolApproval
from agents.runs import runtime
from agents.tools import show, sources
from chats.models import Message
from chats.views import chat_page, workflow_calls
from sambung.lib.errors import Refused
from teams import access

LONGEST_ARGUMENTS = 100_000  # characters


@never_cache
@require_GET
def message_waiting(request, message_id):
    """What a reply waits for."""
    rows = Message.objects.select_related("chat", "run__requested_by")
    found = access.get(request, rows, pk=message_id, run__isnull=False)
    is_waiting = found.run.status == RunStatus.WAITING
    titles = _titles(_sources(request, found))
    pending = approvals.pending(found.run) if is_waiting else []
    context = {
        "message": found,
        "is_waiting": is_waiting,
        "is_mine": found.run.requested_by_id == request.user.pk,
        "who": found.run.requested_by,
        "calls": [_shown(one, titles) for one in approvals.waiting(found.run)] if is_waiting else [],
        "pending": pending,
        "asks": workflow_calls.asked_by(request, found, [one.call_id for one in pending]),
    }
    return chat_page.form(request, "chats/_waiting.html", _("Waiting for a decision"), context)


def _sources(request, message: Message):
    """The person's tools, which only whoever asked can be asked about."""
    return sources(request.workspace) if message.run.requested_by_id == request.user.pk else []


def _titles(found) -> dict[str, tuple[str, str]]:
    """What tools and their sources are called, by the tool's reference."""
    return {tool.ref: (tool.title, source.title) for source in found for tool in source.tools}


def _title(ref: str, titles: dict) -> tuple[str, str]:
    return titles.get(ref, (ref.rpartition(":")[2], ""))


def _shown(approval: ToolApproval, titles: dict) -> dict:
    title, source = _title(approval.tool, titles)
    text = json.dumps(approval.args, indent=2, ensure_ascii=False)
    return {"row": approval, "title": title, "source": source, "args": show.render(approval.args), "text": text}


@require_POST
def approval_allow(request, approval_id):
    """Let a call run, perhaps with other arguments, perhaps from now on."""
    approval, message = _approval(request, approval_id)
    always = {"chat": message.topic, "me": ""}.get(request.POST.get("always", ""))
    args = _arguments(request.POST.get("args", ""))
    approvals.allow(approval=approval, by=request.user, args=args, always=always)
    return _answer(request, message)


def _arguments(text: str) -> dict | None:
    """The arguments as a person wrote them; None where they did not. Raises Refused."""
    if not text.strip():
        return None
    try:
        args = json.loads(text) if len(text) <= LONGEST_ARGUMENTS else None
    except (ValueError, RecursionError):
        args = None
    if not isinstance(args, dict):
        raise Refused(_("The arguments are not a JSON object."))
    return args


@require_POST
def approval_refuse(request, approval_id):
    """Do not let a call run, and say why."""
    approval, message = _approval(request, approval_id)
    approvals.refuse(approval=approval, by=request.user, said=request.POST.get("words", ""))
    return _answer(request, message)


@require_POST
def message_go_on(request, message_id):
    """Let a reply go on that has used tools for many steps."""
    rows = Message.objects.select_related("chat", "run")
    message = access.get(request, rows, access.WRITE, pk=message_id, run__isnull=False)
    approvals.go_on(run=message.run, by=request.user)
    return _answer(request, message)


def _approval(request, approval_id) -> tuple[ToolApproval, Message]:
    rows = ToolApproval.objects.select_related("run")
    approval = access.get(request.user, rows, access.WRITE, pk=approval_id)
    message = access.rows(request, Message.objects.filter(run=approval.run), access.WRITE).first()
    if message is None:
        raise Http404("No such message.")
    return approval, message


def _to(request, message: Message) -> str:
    return f"{request.workspace.url('chat', message.chat_id)}#m-{message.pk}"


def _answer(request, message: Message):
    """The message as it stands now: it goes on, or waits for the next decision."""
    message = access.get(request, Message.objects.select_related("chat", "user", "run"), pk=message.pk)
    runtime.hint_on_commit(message.topic, "decided", subject=message.subject)
    return chat_page.message(request, message)


# ---- what was allowed for always -------------------------------------------------------------------------
@never_cache
@require_GET
def allowance_list(request):
    """The tools that do not ask this person, here or anywhere."""
    allowed = access.rows(request.user, ToolAllowance.objects.order_by("tool", "topic"))
    titles = _titles(sources(request.workspace))
    named = [(row, *_title(row.tool, titles)) for row in allowed]
    rows = [{"row": row, "title": title, "source": source} for row, title, source in named]
    return render(request, "chats/allowances.html", {"rows": rows})


@require_POST
def allowance_forget(request, allowance_id):
    """From now on the tool asks again."""
    approvals.forget(allowance=access.get(request.user, ToolAllowance.objects.all(), access.WRITE, pk=allowance_id))
    return redirect(request.workspace.url("allowance_list"))
