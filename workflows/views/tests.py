"""Tests of a workflow: runs that were kept, listed, run, deleted."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from teams.views import answers
from teams.views.dialogs import ask
from workflows import testing
from workflows.forms.runs import PinForm
from workflows.testing import pinning
from workflows.views import finding, runs


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_tests(request, workflow_id):
    """The tests of a workflow; posted, they run on its draft."""
    level = finding.WRITE if request.method == "POST" else finding.READ
    found = finding.usable(request, workflow_id, level)
    tests = list(found.tests.all())
    results = {one.test.pk: one for one in testing.run_all(found, by=request.user)} if request.method == "POST" else {}
    context = {
        "workflow": found,
        "tests": tests,
        "rows": [(test, results.get(test.pk)) for test in tests],
        "can_change": finding.may_edit(request, found),
    }
    return render(request, "workflows/tests/tests.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_run_pin(request, run_id):
    """Keep a run as a test of its workflow."""
    found = finding.run(request, run_id, finding.WRITE)
    workflow = finding.usable(request, found.workflow_id, finding.WRITE)
    form = PinForm(request.POST or None, initial={"name": pinning.suggested_name(found)})
    to, back = request.workspace.url("workflow_run_pin", found.pk), runs.page_of(request, found)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            pinning.pin(run=found, by=request.user, name=form.cleaned_data["name"])
            return answers.done(request, _("The run is kept as a test."), _list(request, workflow))
    text = _("What its models, tools and services answered is kept with it: the test asks none of them.")
    return ask(request, _("Keep as a test"), to=to, submit=_("Keep"), back=back, form=form, text=text)


@require_POST
def workflow_test_delete(request, test_id):
    """Remove a test."""
    found = finding.pinned(request, test_id)
    pinning.delete(test=found, by=request.user)
    return answers.done(request, _("The test is deleted."), _list(request, found.workflow))


def _list(request, workflow) -> str:
    return request.workspace.url("workflow_tests", workflow.pk)
