"""The page of one MCP server: how it is, its tools, what a person tells of it, and the sign-in there."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from agents import policies
from agents.definitions import versions
from agents.forms.agents import VisibilityForm
from agents.mcp import clients, listing, oauth, servers
from agents.models import (
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
    Visibility,
)
from agents.models.mcp import SERVER_INSTRUCTIONS
from agents.views.mcp import Place, callback_url, look
from sambung.lib.errors import Refused
from teams import access
from teams.limits import count, limited
from teams.views import answers
from teams.workspace import Workspace


@never_cache
@require_GET
def mcp_server(request, server_id, is_instances: bool = False):
    """How a server is and what it offers."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    tools = [tool_row(kept) for kept in found.tool_cache if not listing.problem(kept)]
    can_manage = place.may(found, access.MANAGE)
    context = {
        "server": found,
        "urls": _urls(place, found),
        "problem": found.problem,
        "sign_in": oauth.status(found, request.user),
        "wanted": oauth.wanted(found, request.user),
        "tools": tools,
        "problems": [row for row in map(problem_row, found.tool_cache) if row["why"]],
        "n_tools": sum(row["is_ready"] for row in tools),
        "n_listed": len(found.tool_cache),
        "resources": [kept | problem_row(kept) for kept in found.resource_cache],
        "prompts": [kept | problem_row(kept) for kept in found.prompt_cache],
        "waiting": [row for row in tools if row["state"]],
        "can_edit": place.may(found, access.WRITE),
        "can_manage": can_manage,
        "visibility_form": _visibility_form(request, found) if can_manage and not is_instances else None,
        "told": _told(request, found),
        "most": SERVER_INSTRUCTIONS,
    }
    return render(request, "agents/mcp_server.html", place.context | context)


def _urls(place: Place, server: McpServer) -> dict[str, str]:
    names = (
        "edit refresh active visibility delete switch approve instruct sign_in sign_out tool resource prompt".split()
    )
    return {name: place.url(f"mcp_{name}", server.pk) for name in names}


def _visibility_form(request, server: McpServer) -> VisibilityForm | None:
    is_choice = policies.may_open(request.user) or server.visibility != Visibility.PRIVATE
    return VisibilityForm(agent=server, person=request.user) if is_choice else None


def _told(request, server: McpServer) -> str:
    """What the person wants models to know of the server."""
    row = McpServerCustomInstructions.objects.filter(mcp_server=server)
    return access.rows(request.user, row).values_list("instructions", flat=True).first() or ""


def told_of_tool(request, server: McpServer, name: str) -> str:
    """The same of one tool."""
    row = McpServerToolCustomInstructions.objects.filter(mcp_server=server, tool_name=name)
    return access.rows(request.user, row).values_list("instructions", flat=True).first() or ""


def problem_row(kept: dict) -> dict:
    """What is listed and cannot be used, and why, None where it can."""
    title = kept.get("title") or kept.get("name") or _("Without a name")
    return {"title": title, "why": listing.problem(kept)}


def tool_row(kept: dict) -> dict:
    """A tool as the pages show it; `state` is "new" or "changed" while it waits for somebody to look at it."""
    state = "" if not listing.is_waiting(kept) else "changed" if kept["approved"] else "new"
    return {
        "kept": kept,
        "title": kept["title"] or kept["name"],
        "is_ready": listing.is_ready(kept),
        "state": state,
        "changes": _changes(kept) if state == "changed" else [],
    }


def _changes(kept: dict) -> list[versions.Change]:
    """What differs from the tool as somebody saw it."""
    labels = {"description": _("Description"), "inputSchema": _("Arguments")}
    seen = kept.get("approved_as") or {}
    return [
        versions.compared(label, seen.get(name), kept[name])
        for name, label in labels.items()
        if seen.get(name) != kept[name]
    ]


# ---- acts -----------------------------------------------------------------------------------------------
@require_POST
@limited("tool")
def mcp_refresh(request, server_id, is_instances: bool = False):
    """Look at the server now."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    look(request, found)
    return redirect(place.url("mcp_server", found.pk))


@require_POST
def mcp_switch(request, server_id, is_instances: bool = False):
    """Switch one tool on or off."""
    place = Place(request, is_instances)
    found = place.find(server_id, access.WRITE)
    name, is_enabled = request.POST.get("name", ""), request.POST.get("on") == "1"
    servers.set_tool(by=request.user, server=found, name=name, is_enabled=is_enabled)
    return redirect(f"{place.url('mcp_server', found.pk)}#tools")


@require_POST
def mcp_approve(request, server_id, is_instances: bool = False):
    """Let tools run as they were shown: each is posted as its digest and name."""
    place = Place(request, is_instances)
    found = place.find(server_id, access.WRITE)
    seen = {name: digest for digest, _space, name in (given.partition(" ") for given in request.POST.getlist("seen"))}
    servers.approve(by=request.user, server=found, names=seen)
    waiting = [kept["name"] for kept in found.tool_cache if kept["name"] in seen and listing.is_waiting(kept)]
    if waiting:
        messages.warning(
            request, _("%(names)s changed again meanwhile. Look once more.") % {"names": ", ".join(waiting)}
        )
    else:
        messages.success(request, _("The tool can be used as it is now."))
    return redirect(place.url("mcp_server", found.pk))


@require_POST
def mcp_instruct(request, server_id, is_instances: bool = False):
    """Keep what the person wants models to know of the server, or of one tool."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    text, tool = request.POST.get("instructions", ""), request.POST.get("tool", "")
    to = place.url("mcp_server", found.pk)
    if tool:
        servers.instruct_tool(by=request.user, server=found, tool_name=tool[:200], text=text)
    else:
        servers.instruct(by=request.user, server=found, text=text)
    return answers.done(request, _("Your instructions are kept."), to)


# ---- sign-in --------------------------------------------------------------------------------------------
@require_POST
@limited("tool")
def mcp_sign_in(request, server_id, is_instances: bool = False):
    """Begin a sign-in at the server; the person sees where it leads before they go there."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    back = place.url("mcp_server", found.pk)
    document = _document_url() if settings.IS_HTTPS else ""
    url = oauth.begin(found, request.user, request.session.session_key, callback_url(), document)
    context = {"server": found, "url": url, "host": urlsplit(url).hostname, "back_url": back}
    return render(request, "agents/mcp_sign_in.html", place.context | context)


@require_POST
def mcp_sign_out(request, server_id, is_instances: bool = False):
    """Forget the person's sign-in at the server."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    oauth.forget(found, request.user)
    said = _("You are signed out of “%(name)s”. What was kept of the sign-in is gone.") % {"name": found.name}
    return answers.done(request, said, place.url("mcp_server", found.pk))


@login_not_required
@require_GET
def mcp_client(request):
    """Who Sambung is, for places to sign in that read it. Its address is its client id there."""
    return JsonResponse(clients.document(_document_url(), callback_url()), headers={"Cache-Control": "max-age=3600"})


def _document_url() -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('mcp_client')}"


@never_cache
@require_GET
def mcp_callback(request):
    """Where a server sends people back to after they signed in there."""
    count("tool", request)
    given = request.GET
    home = Workspace(request.user).url("mcp_list")
    if error := given.get("error"):
        told = given.get("error_description") or error
        said = _("The server did not sign you in: %(why)s") % {"why": told[:200]}
        return answers.refused(request, Refused(said), home)
    state, code = given.get("state", ""), given.get("code", "")
    found = oauth.finish(request.user, request.session.session_key, state, code, given.get("iss", ""))
    look(request, found)
    return redirect(Workspace(request.user, found.team).url("mcp_server", found.pk))
