"""What people are asked in the middle of a run: shown to whoever is asked, and decided."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from teams.views import answers
from workflows.engine import files
from workflows.forms import inputs
from workflows.history import approvals
from workflows.models import Approval
from workflows.views import asking, finding


@never_cache
@require_GET
def approval(request, approval_id):
    """One approval, with its form while it waits."""
    found = finding.approval(request, approval_id)
    return render(request, "workflows/approvals/approval.html", asking.shown(request, found))


@require_POST
def approval_decide(request, approval_id):
    """Press one of the buttons with what the form holds; without a button, only say something."""
    found = finding.approval(request, approval_id)
    button, comment = request.POST.get("button", ""), request.POST.get("comment", "").replace("\x00", "")
    if not button:
        approvals.comment(approval=found, by=request.user, text=comment)
        return answers.done(request, _("Your comment is there."), _page(request, found))
    form = asking.form_of(found, request.POST, request.FILES)
    if form.is_valid():
        with files.sent(request.workspace) as keep:
            given = {"button": button, "values": inputs.values(form, keep=keep), "comment": comment}
            decided = approvals.decide(approval=found, by=request.user, **given)
        return answers.done(request, _told(decided), _page(request, found))
    context = asking.shown(request, found, form) | {"comment": comment}
    return render(request, "workflows/approvals/approval.html", context, status=422)


def _told(approval: Approval) -> str:
    if approval.decision:
        return _("Decided: %(label)s.") % {"label": approvals.label_of(approval, approval.decision)}
    return _("Your word is kept. Others are still waited for.")


def _page(request, approval: Approval) -> str:
    """Where the person goes on: where they were, which is the run's page or that of the approval."""
    if request.POST.get("at") == "run":
        return asking.run_url(request, approval) or request.workspace.url("approval", approval.pk)
    return request.workspace.url("approval", approval.pk)
