"""Publishing: what is different now, what is wrong, what tests say; versions, and the way back to one."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.views import answers
from workflows.actions import publishing
from workflows.forms.publishing import PublishForm
from workflows.publishing import differences, versions
from workflows.views import finding

PAGE = 50


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_publish(request, workflow_id):
    """What would be published, as it is different from what was; then its tests run, and it is."""
    found = finding.usable(request, workflow_id, finding.WRITE)
    form = PublishForm(request.POST or None, workflow=found, may_override=publishing.may_override(found, request.user))
    results = None
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            results = publishing.tried(found, request.user)
            if form.may_pass(results):
                made = publishing.publish(workflow=found, by=request.user, results=results, **form.facts())
                said = _("Version %(n)s is published.") % {"n": made.number}
                return answers.done(request, said, request.workspace.url("workflow_versions", found.pk))
        found.refresh_from_db()
    candidate = versions.candidate(found, request.user)
    context = {
        "workflow": found,
        "form": form,
        "candidate": candidate,
        "authors": publishing.authors(found, candidate.last),
        "failed": [result for result in results or () if not result.is_passed],
        "n_tests": found.tests.count(),
    }
    return render(
        request, "workflows/publishing/publish.html", context, status=422 if request.method == "POST" else 200
    )


@require_POST
def workflow_unpublish(request, workflow_id):
    """Let nobody start it any more."""
    found = finding.usable(request, workflow_id, finding.WRITE)
    versions.unpublish(workflow=found, by=request.user)
    said = _("“%(name)s” is not published any more. Its versions stay.") % {"name": found}
    return answers.done(request, said, request.workspace.url("workflow_versions", found.pk))


@never_cache
@require_GET
def workflow_versions(request, workflow_id):
    """What was published, the newest first."""
    found = finding.usable(request, workflow_id)
    rows = found.versions.select_related("created_by").defer("structure")
    page = Paginator(rows.order_by("-number"), PAGE).get_page(request.GET.get("page"))
    can_edit = finding.may_edit(request, found)
    context = {"workflow": found, "page": page, "can_edit": can_edit}
    return render(request, "workflows/publishing/versions.html", context)


@never_cache
@require_GET
def workflow_version(request, version_id):
    """One version: what it changed, and how it is offered as a tool."""
    found = finding.version(request, version_id)
    before = found.workflow.versions.filter(number__lt=found.number).order_by("-number").first()
    empty = {"nodes": [], "edges": []}
    can_edit = finding.may_edit(request, found.workflow)
    context = {
        "workflow": found.workflow,
        "version": found,
        "before": before,
        "difference": differences.between(before.structure if before else empty, found.structure),
        "can_edit": can_edit,
    }
    return render(request, "workflows/publishing/version.html", context)


@require_POST
def workflow_version_restore(request, version_id):
    """Make the draft what it was; what is published stays until somebody publishes."""
    found = finding.version(request, version_id, finding.WRITE)
    versions.restore(version=found, by=request.user)
    said = _("The draft is what version %(n)s was. Publish it to let it run.") % {"n": found.number}
    return answers.done(request, said, request.workspace.url("workflow", found.workflow_id))
