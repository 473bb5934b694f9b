"""Workflows that come from files and go there, and those that come with Sambung."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from teams.limits import limited
from teams.views import answers
from workflows.actions import importing
from workflows.editing import draft
from workflows.formats import own
from workflows.formats.drawing import picture
from workflows.formats.fitting import fit
from workflows.formats.reading import SOURCES
from workflows.formats.templates import TEMPLATES
from workflows.formats.values import LEVELS, Imported, Report
from workflows.forms.files import ImportForm, TemplateForm
from workflows.views import finding


@never_cache
@require_http_methods(["GET", "POST"])
@limited("send")
def workflow_import(request):
    """Look into a file; once its report was shown and the workflow has a name, make it."""
    form = ImportForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if not form.is_bound or (not form.is_valid() and not hasattr(form, "content")):
        return render(request, "workflows/import.html", {"form": form}, status=422 if form.errors else 200)
    found = fit(form.found, request.workspace)
    if not form.is_valid() or not form.is_named:
        return _looked(request, form, found)
    with answers.told_by(form):
        made = importing.bring(
            by=request.user, workspace=request.workspace, found=found, name=form.cleaned_data["name"]
        )
        said = _("“%(workflow)s” is there, private to this workspace.") % {"workflow": made}
        return answers.done(request, said, request.workspace.url("workflow_imported", made.pk))
    return _looked(request, form, found)


def _looked(request, form: ImportForm, found: Imported):
    """What is in the file, and what will become of it."""
    context = {"form": form, "found": found, "text": form.text, "source": SOURCES[found.source]}
    context |= {"name": form.data.get("name") or found.name or _("Imported workflow")}
    context |= {"picture": picture(found.structure)} | _told(found.report)
    return render(request, "workflows/import_looked.html", context, status=422 if form.errors else 200)


def _told(report: Report) -> dict:
    """A report as pages show it: what is left to do, what changed, what was kept."""
    return {"counts": report.counts} | {level: report.of_level(level) for level in LEVELS}


@never_cache
@require_GET
def workflow_imported(request, workflow_id):
    """What the import of a workflow did, to be read again."""
    found = finding.own(request, workflow_id)
    if not found.imported:
        raise Http404("It was not imported.")
    told = _told(Report.of(found.imported["lines"]))
    here = {str(pk) for pk in found.nodes.values_list("pk", flat=True)}
    context = {"workflow": found, "source": SOURCES.get(found.imported["source"], ""), "here": here}
    return render(request, "workflows/imported.html", context | told)


@never_cache
@require_GET
def workflow_export(request, workflow_id):
    """The draft as a file, without keys and secrets."""
    found = finding.own(request, workflow_id)
    about = {"name": found.name, "description": found.description, "extra": found.extra}
    icon = "" if found.icon_id == "default" else found.icon_id
    text = own.text(own.written(structure=draft.structure_of(found), icon=icon, **about))
    named = content_disposition_header(True, own.file_name(found.name))
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": named})


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_templates(request):
    """Workflows to begin with; one that is chosen becomes a draft."""
    form = TemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = fit(TEMPLATES[form.cleaned_data["template"]].read(), request.workspace)
        made = importing.bring(
            by=request.user, workspace=request.workspace, found=found, name=found.name, is_told=False
        )
        said = _("“%(workflow)s” is there as a draft.") % {"workflow": made}
        return answers.done(request, said, request.workspace.url("workflow", made.pk))
    context = {"templates": TEMPLATES.values()}
    return render(request, "workflows/templates.html", context, status=422 if form.errors else 200)
