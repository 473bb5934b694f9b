"""Who sees an agent: everybody, single people, and oneself."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.definitions import agents
from agents.forms.agents import GrantForm, VisibilityForm
from agents.models import AgentUserPermission, PermissionStatus
from agents.views.agents import find
from sambung.lib.errors import Refused
from teams import access
from teams.limits import limited
from teams.views import answers


@require_POST
def agent_visibility(request, agent_id):
    """Say who uses the agent beside its workspace."""
    found = find(request, agent_id, access.MANAGE)
    to = request.workspace.url("agent_edit", found.pk)
    form = VisibilityForm(request.POST, agent=found, person=request.user)
    if not form.is_valid():
        raise Refused(" ".join(form.errors["visibility"]))
    agents.set_visibility(by=request.user, agent=found, visibility=form.cleaned_data["visibility"])
    return answers.done(request, _("Who can use the agent is kept."), to)


@require_POST
@limited("invite")
def agent_grant(request, agent_id):
    """Let one person use the agent. The answer is the same whether there is such a person or not."""
    found = find(request, agent_id, access.MANAGE)
    to = request.workspace.url("agent_edit", found.pk)
    form = GrantForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(form.errors["email"]))
    agents.grant(by=request.user, agent=found, email=form.cleaned_data["email"])
    return answers.done(request, _("If there is an account with this address, it can use the agent now."), to)


@require_POST
def agent_revoke(request, permission_id):
    """Take back what one person was granted."""
    given = AgentUserPermission.objects.filter(status=PermissionStatus.VISIBLE).select_related("agent__team", "user")
    permission = access.get(request.user, given, access.MANAGE, pk=permission_id)
    find(request, permission.agent_id, access.MANAGE)
    agents.revoke(by=request.user, permission=permission)
    said = _("%(address)s cannot use the agent any more.") % {"address": permission.user.email}
    return answers.done(request, said, request.workspace.url("agent_edit", permission.agent_id))


@require_POST
def agent_hide(request, agent_id):
    """Take an agent out of one's lists, or put it back."""
    found = find(request, agent_id)
    to = request.workspace.url("agent_list")
    if "unhide" in request.POST:
        agents.unhide(by=request.user, agent=found)
        return answers.done(request, _("“%(agent)s” is in your lists again.") % {"agent": found}, to)
    if agents.hide(by=request.user, agent=found):
        return answers.done(request, _("“%(agent)s” is out of your lists.") % {"agent": found}, to)
    said = _("You gave up “%(agent)s”, which was shared with you alone. Whoever shared it can do so again.")
    return answers.done(request, said % {"agent": found}, to)


@require_POST
def agent_bookmark(request, agent_id):
    """Keep an agent at hand, or no more."""
    found = find(request, agent_id)
    is_on = "add" in request.POST
    agents.set_bookmark(by=request.user, agent=found, is_on=is_on)
    if request.htmx:
        return render(request, "agents/_bookmark.html", {"agent": found, "is_bookmarked": is_on})
    return redirect(request.workspace.url("agent", found.pk))
