"""Agents: listed, looked at, made, changed, copied, deleted; what they were before."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents import catalog, policies
from agents.catalog import Reference
from agents.definitions import agents, drafts, given, versions
from agents.forms.agents import AgentForm, DraftForm, GrantForm, VisibilityForm
from agents.models import Agent, AgentBookmark, AgentUserPermission, AgentVersion, PermissionStatus, Visibility
from agents.tools import limits
from teams import access
from teams.views import answers

SHOWN = 100  # agents at once: the search narrows them
VERSIONS = 30  # that a page compares


def find(request, agent_id, level: access.Level = access.READ) -> Agent:
    """Return an agent that a page of the workspace may show: its own, or one of others. Raises Http404."""
    shown = policies.open_in(request.workspace), policies.present_to(request.user)
    return access.get(request.user, Agent.objects.filter(*shown).select_related("user", "team"), level, pk=agent_id)


def _can(request, agent: Agent, level: access.Level) -> bool:
    return access.rows(request.user, Agent.objects.filter(pk=agent.pk), level).exists()


# ---- the list -------------------------------------------------------------------------------------------
def _tabs(request) -> dict[str, tuple[str, Q]]:
    """What each tab is called and which agents it has, by its name in the address."""
    here, mine = request.workspace.q, Q(user=request.user)
    bookmarks = access.rows(request.user, AgentBookmark.objects.all())
    found = {
        "team": (_("Team"), here),
        "mine": (_("Mine"), here & mine),
        "shared": (_("Shared"), ~here),
        "bookmarked": (_("Bookmarked"), Q(pk__in=bookmarks.values("agent"))),
        "hidden": (_("Hidden"), Q()),
    }
    if not request.workspace.team:
        del found["team"]
    return found


def _listed(request, tab: str, asked: str) -> QuerySet[Agent]:
    """The agents of a tab that have all the words asked for."""
    user, chosen = request.user, _tabs(request)[tab][1]
    shown = chosen & policies.open_in(request.workspace) & policies.present_to(user)
    rows = access.rows(user, Agent.objects.filter(shown).defer("instructions"))
    hidden = policies.hidden_from(user)
    rows = rows.filter(hidden) if tab == "hidden" else rows.exclude(hidden)
    for word in asked.split():
        rows = rows.filter(Q(name__icontains=word) | Q(description__icontains=word))
    bookmarks = access.rows(user, AgentBookmark.objects.filter(agent=OuterRef("pk")))
    return rows.annotate(is_bookmarked=Exists(bookmarks)).order_by("name", "id")


@never_cache
@require_GET
def agent_list(request):
    """The agents of a tab: the workspace's own first."""
    tabs = _tabs(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else next(iter(tabs))
    q = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = list(_listed(request, tab, q)[: SHOWN + 1])
    labels = {model.reference: model.label for model in catalog.usable(request.workspace)}
    context = {
        "rows": [(agent, _model_label(agent, labels)) for agent in found[:SHOWN]],
        "is_more": len(found) > SHOWN,
        "tab": tab,
        "q": q,
        "tabs": [(name, label) for name, (label, _rows) in tabs.items() if name != "hidden"],
        "has_hidden": access.rows(request.user, Agent.objects.filter(policies.hidden_from(request.user))).exists(),
    }
    return render(request, "agents/_agents.html" if _is_search(request) else "agents/agents.html", context)


def _is_search(request) -> bool:
    return bool(request.htmx and not request.htmx.boosted)


def _model_label(agent: Agent, labels: dict[Reference, str]) -> str:
    """What the agent's model is called; "" where the chat's answers."""
    if not agent.chat_model:
        return ""
    return labels.get(Reference.of(agent.chat_model), agent.chat_model["model"])


# ---- one agent ------------------------------------------------------------------------------------------
@never_cache
@require_GET
def agent(request, agent_id):
    """What an agent is for, and what one can do with it."""
    found = find(request, agent_id)
    own = AgentUserPermission.objects.filter(agent=found, user=request.user, status=PermissionStatus.HIDDEN)
    model = found.chat_model and catalog.find(Reference.of(found.chat_model), request.workspace)
    context = {
        "agent": found,
        "model_label": model.label if model else _model_label(found, {}),
        "tools": _tools_told(request, found),
        "maker": found.team.name if found.team else found.user.name,
        "can_edit": _can(request, found, access.WRITE),
        "is_bookmarked": access.rows(request.user, AgentBookmark.objects.filter(agent=found)).exists(),
        "is_hidden": access.rows(request.user, own).exists(),
    }
    return render(request, "agents/agent.html", context)


def _tools_told(request, agent: Agent) -> list[str] | None:
    """The sources that the agent may use here, by name; None = all that there are."""
    if agent.allowed_app_default_toolkit is None and agent.allowed_mcp_servers is None:
        return None
    offered = limits.offered(request.workspace)
    return [source.title for source in offered if limits.allowed(agent.content, source)]


@never_cache
@require_http_methods(["GET", "POST"])
def agent_new(request):
    """Make an agent."""
    form = AgentForm(request.POST if request.method == "POST" else None, workspace=request.workspace)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            made = agents.create(by=request.user, workspace=request.workspace, content=form.content)
            said = given.keep(request.user, request.workspace, made, form.given)
            told = f"{_('“%(agent)s” is there.') % {'agent': made}} {said}".strip()
            return answers.done(request, told, request.workspace.url("agent_edit", made.pk))
    return new_page(request, form=form)


def new_page(request, *, form: AgentForm | None = None, draft_form: DraftForm | None = None, problem: str = ""):
    """The page of a new agent: drafted from a sentence, or filled in."""
    context = {
        "form": form or AgentForm(workspace=request.workspace),
        "draft_form": draft_form or DraftForm(),
        "can_draft": drafts.able(request.workspace) is not None,
        "problem": problem,
        "agent": None,
    }
    return render(request, "agents/agent_new.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def agent_edit(request, agent_id):
    """Change an agent. From beside a chat the way leads back there."""
    found = find(request, agent_id, access.WRITE)
    data, before = request.POST if request.method == "POST" else None, found.chat_model
    form = AgentForm(data, workspace=request.workspace, agent=found)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            agents.change(by=request.user, agent=found, content=form.content)
            said = given.keep(request.user, request.workspace, found, form.given)
            told = f"{_('The agent is saved.')} {said}".strip()
            return answers.done(request, told, _after_saving(request, found, before))
    status = 422 if request.method == "POST" else 200
    return render(
        request, "agents/agent_edit.html", editor(request, found, form) | _rights(request, found), status=status
    )


def _after_saving(request, agent: Agent, model_before: dict | None) -> str:
    """The editor again, or the page that has a chat beside it: the same chat, or a new one for another model."""
    if "is_trial" not in request.POST:
        return request.workspace.url("agent_edit", agent.pk)
    if agent.chat_model != model_before:
        return request.workspace.url("agent_try", agent.pk)
    query = urlencode({"chat": request.POST["is_trial"]})
    return f"{request.workspace.url('agent_try', agent.pk)}?{query}"


def editor(request, agent: Agent, form: AgentForm | None = None) -> dict:
    """What agents/_editor.html takes."""
    return {"agent": agent, "form": form or AgentForm(workspace=request.workspace, agent=agent)}


def _rights(request, agent: Agent) -> dict:
    """`can_manage`, and for whoever can: who sees the agent and to whom it was given."""
    if not _can(request, agent, access.MANAGE):
        return {"can_manage": False}
    given = AgentUserPermission.objects.filter(agent=agent, status=PermissionStatus.VISIBLE).select_related("user")
    return {
        "can_manage": True,
        "may_open": policies.may_open(request.user),
        "visibility_form": VisibilityForm(agent=agent, person=request.user),
        "grant_form": GrantForm(),
        "grants": access.rows(request.user, given, access.MANAGE),
        "is_private": agent.visibility == Visibility.PRIVATE,
    }


@require_POST
def agent_active(request, agent_id):
    """Let an agent answer, or rest."""
    found = find(request, agent_id, access.WRITE)
    is_active = not found.is_active
    to = request.workspace.url("agent_edit", found.pk)
    agents.set_active(by=request.user, agent=found, is_active=is_active)
    rests = _("“%(agent)s” rests: only those who can change it can use it.")
    said = _("“%(agent)s” can be used now.") if is_active else rests
    return answers.done(request, said % {"agent": found}, to)


@require_POST
def agent_duplicate(request, agent_id):
    """Copy an agent into this workspace."""
    found = find(request, agent_id)
    made = agents.duplicate(by=request.user, agent=found, workspace=request.workspace)
    return answers.done(
        request,
        _("“%(agent)s” is there, private to this workspace.") % {"agent": made},
        request.workspace.url("agent_edit", made.pk),
    )


@require_POST
def agent_delete(request, agent_id):
    """Put an agent away; the notice takes it back."""
    found = find(request, agent_id, access.MANAGE)
    to = request.workspace.url("agent_list")
    agents.delete(by=request.user, agent=found)
    undo_url = request.workspace.url("agent_restore", found.pk)
    return answers.done(request, _("“%(agent)s” has been deleted.") % {"agent": found}, to, undo_url=undo_url)


@require_POST
def agent_restore(request, agent_id):
    """Take a deleted agent back."""
    shown = Agent.objects.filter(policies.open_in(request.workspace))
    found = access.get_deleted(request.user, shown, access.MANAGE, pk=agent_id)
    agents.restore(by=request.user, agent=found)
    return answers.go(request, request.workspace.url("agent_edit", found.pk))


# ---- what it was ----------------------------------------------------------------------------------------
@never_cache
@require_GET
def agent_versions(request, agent_id):
    """What each change did, newest first."""
    found = find(request, agent_id, access.WRITE)
    kept = AgentVersion.objects.filter(agent=found).select_related("created_by")
    newest = list(access.rows(request.user, kept, access.WRITE)[:VERSIONS])
    return render(request, "agents/agent_versions.html", {"agent": found, "history": versions.history(found, newest)})


@require_POST
def agent_version_restore(request, version_id):
    """Make an agent what it was."""
    kept = AgentVersion.objects.select_related("agent__team")
    version = access.get(request.user, kept, access.WRITE, pk=version_id)
    find(request, version.agent_id, access.WRITE)
    to = request.workspace.url("agent_edit", version.agent_id)
    agents.restore_version(by=request.user, version=version)
    return answers.done(request, _("The agent is what it was before. This change can be taken back as well."), to)
