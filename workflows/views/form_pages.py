"""The form of a workflow: filled in by members, shared by a public link, and filled in by whoever has that."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sambung.lib.errors import Refused
from sambung.lib.failures import Failed
from teams import limits
from teams.views import answers, links, public_links
from workflows.engine import files
from workflows.forms import inputs, sharing
from workflows.forms.sharing import ShareForm
from workflows.models import TriggerKind, WorkflowLink
from workflows.publishing.tool_config import input_schema
from workflows.triggers import form_links
from workflows.views import finding, runs


# ---- of members -----------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def workflow_form(request, workflow_id):
    """The form of what is published, for everybody who may use the workflow: it runs as whoever sends it."""
    found = finding.usable(request, workflow_id)
    trigger = form_links.trigger_of(found) if found.published else None
    if trigger is None:
        raise Http404("It has no form.")
    form = inputs.form_for(input_schema(found.structure))(*runs.posted(request))
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form), _refused(), files.sent(request.workspace) as keep:
            given = inputs.values(form, keep=keep)
            with transaction.atomic():
                run = form_links.begun(trigger, given, request.workspace)
            return answers.go(request, request.workspace.url("workflow_run", run.pk))
    context = {"workflow": found, "form": form, "has_files": inputs.has_files(form)}
    return render(request, "workflows/triggers/form.html", context, status=422 if request.method == "POST" else 200)


@contextmanager
def _refused() -> Iterator[None]:
    """Around what starts a run: what does not fit is an act that is refused."""
    try:
        yield
    except Failed as failed:
        raise Refused(failed.failure, status=422) from None


# ---- its link -------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def workflow_form_share(request, workflow_id):
    """How the form is shared, and its address once it is."""
    found = finding.usable(request, workflow_id, finding.WRITE)
    if not found.triggers.filter(kind=TriggerKind.FORM).exists():
        raise Http404("It has no form.")
    form = ShareForm(request.POST or None, link=links.link_of(request, WorkflowLink, found.pk))
    is_new = request.method == "POST" and form.is_valid()
    if is_new:
        form = ShareForm(link=form_links.share(workflow=found, by=request.user, **form.options()))
    title, fragment = _("Share form"), "workflows/triggers/_share.html"
    return links.share_form(request, WorkflowLink, found, form, fragment, title, is_new=is_new)


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_form_unshare(request, workflow_id):
    """Ask, then end the form's link."""
    return links.end(request, WorkflowLink, workflow_id)


# ---- of the public --------------------------------------------------------------------------------------
@login_not_required
@public_links.private
@require_http_methods(["GET", "HEAD", "POST"])
def form_sent(request, token):
    """Take what somebody has filled in behind a link; the form itself stands at the link's own address."""
    link = public_links.found(request, token, WorkflowLink)
    if request.method != "POST" or not public_links.is_open(request, link):
        return redirect("shared", token=token)
    limits.count("form", request)
    page = sharing.page(link, request.POST)
    context = {"page": page, "token": token, "link": link}
    if page.form.is_valid():
        with answers.told_by(page.form), _refused():
            form_links.send(link=link, given=inputs.values(page.form))
            thanks = form_links.thanks(link.workflow)
            return render(request, "workflows/triggers/shared_sent.html", context | {"thanks": thanks}, status=201)
    return public_links.with_form(render(request, "workflows/triggers/shared_form.html", context, status=422))
