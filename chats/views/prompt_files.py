"""Prompts as files."""

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chats.forms.prompts import PromptImportForm
from chats.models import Prompt
from chats.prompts import portable, prompts
from chats.views.prompts import find
from teams import access
from teams.views import answers


@never_cache
@require_GET
def prompt_export_all(request):
    """All prompts of the workspace in one file."""
    return _file(portable.written(access.rows(request, Prompt.objects.all())), portable.file_name())


@never_cache
@require_GET
def prompt_export(request, prompt_id):
    """One prompt in a file."""
    found = find(request, prompt_id)
    return _file(portable.written([found]), portable.file_name(found))


def _file(content: dict, name: str) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    named = content_disposition_header(True, name)
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": named})


@never_cache
@require_http_methods(["GET", "POST"])
def prompt_import(request):
    """Take the prompts of a file, or of its text: all of them or, where something is wrong, none."""
    form = PromptImportForm(request.POST, request.FILES) if request.method == "POST" else PromptImportForm()
    if not form.is_valid():
        return render(request, "chats/prompt_import.html", {"form": form}, status=422 if form.is_bound else 200)
    n_new, n_known = prompts.create_missing(by=request.user, workspace=request.workspace, contents=form.content)
    said = ngettext("%(n)s prompt is imported.", "%(n)s prompts are imported.", n_new) % {"n": n_new}
    if n_known:
        known = ngettext("%(n)s was here already.", "%(n)s were here already.", n_known) % {"n": n_known}
        said = f"{said} {known}"
    return answers.done(request, said, request.workspace.url("prompt_list"))
