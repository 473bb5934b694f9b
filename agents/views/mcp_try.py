"""Trying what an MCP server offers: a tool with a form of its arguments, a resource, a prompt."""

import json
from time import monotonic

from django import forms
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agents.mcp import listing, servers
from agents.models import McpServer
from agents.models.mcp import TOOL_INSTRUCTIONS
from agents.tools import forms as tool_forms
from agents.views.mcp import Place
from agents.views.mcp_server import told_of_tool, tool_row
from agents.views.tools import shown
from teams import access
from teams.limits import limited


@never_cache
@require_http_methods(["GET", "POST"])
@limited("tool")
def mcp_tool(request, server_id, is_instances: bool = False):
    """One tool: what it says of itself, what the person says of it, and a form that tries it."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    usable = [kept for kept in found.tool_cache if not listing.problem(kept)]
    kept = _named(usable, "name", request.GET.get("name"))
    form = tool_forms.form_for(kept["inputSchema"])(request.POST if request.method == "POST" else None)
    tried = None
    if request.method == "POST" and form.is_valid():
        started = monotonic()
        tried = shown(servers.try_tool(found, request.user, kept["name"], tool_forms.arguments(form)), started)
    context = {
        "row": tool_row(kept),
        "schema": json.dumps(kept["inputSchema"], indent=2, ensure_ascii=False),
        "form": form,
        "tried": tried,
        "told": told_of_tool(request, found, kept["name"]),
        "most": TOOL_INSTRUCTIONS,
        "can_edit": place.may(found, access.WRITE),
        "approve_url": place.url("mcp_approve", found.pk),
        "instruct_url": place.url("mcp_instruct", found.pk),
    }
    return _page(request, "agents/mcp_tool.html", place, found, context, is_wrong=bool(form.errors))


@require_POST
@limited("tool")
def mcp_resource(request, server_id, is_instances: bool = False):
    """What stands at one of the server's addresses."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    kept = _named(found.resource_cache, "uri", request.POST.get("uri"))
    started = monotonic()
    tried = shown(servers.read_resource(found, request.user, kept["uri"]), started)
    return _page(request, "agents/mcp_tried.html", place, found, {"kept": kept, "tried": tried})


@never_cache
@require_http_methods(["GET", "POST"])
@limited("tool")
def mcp_prompt(request, server_id, is_instances: bool = False):
    """One of the server's prompts, with its arguments."""
    place = Place(request, is_instances)
    found = place.find(server_id)
    kept = _named(found.prompt_cache, "name", request.GET.get("name"))
    form = _prompt_form(kept)(request.POST if request.method == "POST" else None)
    tried = None
    if request.method == "POST" and form.is_valid():
        started, args = monotonic(), tool_forms.arguments(form)
        tried = shown(servers.get_prompt(found, request.user, kept["name"], args), started)
    context = {"kept": kept, "form": form, "tried": tried}
    return _page(request, "agents/mcp_tried.html", place, found, context, is_wrong=bool(form.errors))


def _prompt_form(kept: dict) -> type[forms.Form]:
    """Arguments of prompts are texts."""
    listed = kept.get("arguments", [])
    properties = {one["name"]: {"type": "string", "description": one.get("description", "")} for one in listed}
    return tool_forms.form_for({"properties": properties, "required": [o["name"] for o in listed if o.get("required")]})


def _named(cache: list[dict], field: str, wanted: str | None) -> dict:
    """The listed thing of that name. Raises Http404."""
    for kept in cache:
        if kept[field] == wanted:
            return kept
    raise Http404("The server does not list this.")


def _page(request, template: str, place: Place, server: McpServer, context: dict, *, is_wrong: bool = False):
    more = {"server": server, "server_url": place.url("mcp_server", server.pk)}
    return render(request, template, place.context | more | context, status=422 if is_wrong else 200)
