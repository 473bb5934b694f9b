"""Agents that come from elsewhere and go there: from a sentence, from a file, as a file."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.definitions import agents, drafts, portable
from agents.forms.agents import AgentForm, DraftForm, ImportForm
from agents.models import AgentDraft
from agents.tools import limits
from agents.views.agents import find, new_page
from teams import access
from teams.limits import limited
from teams.views import answers


# ---- from one sentence ----------------------------------------------------------------------------------
@require_POST
@limited("send")
def agent_draft(request):
    """Have the workspace's model write an agent. The demo model cannot: then the sentence is the description."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return new_page(request, draft_form=form)
    sentence = form.cleaned_data["sentence"]
    if (model := drafts.able(request.workspace)) is None:
        filled = AgentForm(workspace=request.workspace, initial={"description": sentence[:500]})
        said = _("The demo model cannot write an agent well. Your sentence is the description below; fill in the rest.")
        return new_page(request, form=filled, draft_form=form, problem=said)
    draft = drafts.begin(by=request.user, workspace=request.workspace, model=model, sentence=sentence)
    return answers.go(request, request.workspace.url("agent_drafting", draft.pk))


@never_cache
@require_GET
def agent_drafting(request, draft_id):
    """Wait for the agent: the page asks again each second, and goes to the editor once it is there."""
    draft = access.get(request, AgentDraft.objects.all(), pk=draft_id)
    if draft.agent_id:
        return answers.go(request, request.workspace.url("agent_edit", draft.agent_id))
    problem = drafts.problem(draft)
    if request.htmx:  # what went wrong is shown by the page itself
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if problem else {})
    form = DraftForm(initial={"sentence": draft.sentence})
    context = {"draft": draft, "problem": problem, "draft_form": form}
    return render(request, "agents/agent_drafting.html", context)


# ---- files ----------------------------------------------------------------------------------------------
@require_GET
def agent_export(request, agent_id):
    """The agent as a file, without any key."""
    found = find(request, agent_id)
    text = json.dumps(portable.written(found), ensure_ascii=False, indent=2)
    named = content_disposition_header(True, portable.file_name(found))
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": named})


@never_cache
@require_http_methods(["GET", "POST"])
def agent_import(request):
    """Make a private agent of a file, or of its text."""
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*given)
    if request.method == "POST" and form.is_valid():
        content, n_left_out = limits.without_unknown(form.content, request.workspace)
        made = agents.create(by=request.user, workspace=request.workspace, content=content)
        said = _("“%(agent)s” is there, private to this workspace.") % {"agent": made}
        if n_left_out:
            left_out = ngettext("%(n)s MCP server is not here.", "%(n)s MCP servers are not here.", n_left_out)
            messages.warning(request, left_out % {"n": n_left_out})
        return answers.done(request, said, request.workspace.url("agent_edit", made.pk))
    return render(request, "agents/agent_import.html", {"form": form}, status=422 if form.errors else 200)
