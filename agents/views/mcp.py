"""MCP servers of a person, of a team, or of the instance: listed, added, pasted, changed, removed."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents import policies
from agents.forms.agents import VisibilityForm
from agents.forms.mcp import PasteForm, ServerForm
from agents.mcp import listing, servers
from agents.models import McpServer
from agents.views.keys import Place as KeyPlace
from sambung.lib.errors import Refused
from teams import access
from teams.limits import limited
from teams.views import answers


@dataclass(frozen=True, slots=True)
class Place(KeyPlace):
    """Whose servers a page is about."""

    model: type = McpServer

    def find(self, server_id, level: access.Level = access.READ) -> McpServer:
        """A server that the person may use here, or, by level, change; Http404 where there is none."""
        if self.is_instances:
            return access.one_of_all(self.request, self.rows(), pk=server_id)
        shown = McpServer.objects.filter(policies.open_in(self.request.workspace)).select_related("user", "team")
        return access.get(self.request.user, shown, level, pk=server_id)

    def may(self, server: McpServer, level: access.Level) -> bool:
        return access.rows(self.request.user, McpServer.objects.filter(pk=server.pk), level).exists()

    @property
    def context(self) -> dict:
        frame = "instance/base.html" if self.is_instances else "agents/frame.html"
        return {"frame": frame, "is_instances": self.is_instances, "list_url": self.url("mcp_list")}


@never_cache
@require_GET
def mcp_list(request, is_instances: bool = False):
    """The servers of a place, and which others can be used in it."""
    place = Place(request, is_instances)
    here = list(place.rows().defer("encrypted_headers", "resource_cache", "prompt_cache"))
    others = [] if is_instances else servers.usable(request.workspace).exclude(pk__in=[one.pk for one in here])
    context = {
        "rows": [_row(place, server) for server in here],
        "others": [_row(place, server) for server in others],
        "is_managed": place.is_managed,
        "new_url": place.url("mcp_new"),
        "paste_url": place.url("mcp_paste"),
    }
    return render(request, "agents/mcp_list.html", place.context | context)


def _row(place: Place, server: McpServer) -> dict:
    """A server in a list: one's own is not shown by the pages of a team."""
    is_near = place.is_instances or not (place.request.workspace.team and server.user_id and not server.team_id)
    return {
        "server": server,
        "url": place.url("mcp_server", server.pk) if is_near else "",
        "problem": server.problem if server.last_status == "failed" else "",
        "n_tools": sum(listing.is_ready(kept) for kept in server.tool_cache),
        "n_listed": len(server.tool_cache),
        "n_waiting": sum(listing.is_waiting(kept) for kept in server.tool_cache),
    }


# ---- adding and changing --------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
@limited("key")
def mcp_new(request, is_instances: bool = False):
    """Add a server, and see what it offers."""
    place = Place(request, is_instances)
    return _form(request, place, ServerForm(request.POST or None, is_instances=is_instances), place.scope)


@never_cache
@require_http_methods(["GET", "POST"])
@limited("key")
def mcp_edit(request, server_id, is_instances: bool = False):
    """Change a server. Values of its headers are never shown."""
    place = Place(request, is_instances)
    found = place.find(server_id, access.WRITE)
    return _form(request, place, ServerForm(request.POST or None, server=found, is_instances=is_instances), {})


def _form(request, place: Place, form: ServerForm, scope: dict):
    """The form of a server, or the way to its page once it is kept and looked at."""
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            kept = servers.save(by=request.user, scope=scope, server=form.server, **form.values)
            look(request, kept)
            return redirect(place.url("mcp_server", kept.pk))
    context = {"form": form, "server": form.server, "paste_url": place.url("mcp_paste"), "callback_url": callback_url()}
    return render(request, "agents/mcp_edit.html", place.context | context, status=422 if form.errors else 200)


def callback_url() -> str:
    """Where people come back to from where they signed in for a server."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('mcp_callback')}"


def look(request, server: McpServer) -> None:
    """See what a server offers now, and tell what came of it."""
    if problem := servers.refresh(server, request.user):
        messages.warning(request, f"{server.name}: {problem}")
        return
    n = len(server.tool_cache)
    said = ngettext("“%(name)s” answers and lists %(n)s tool.", "“%(name)s” answers and lists %(n)s tools.", n)
    messages.success(request, said % {"name": server.name, "n": n})
    if bad := sum(map(bool, map(listing.problem, server.tool_cache))):
        said = ngettext(
            "%(n)s of them cannot be used. This page says why.",
            "%(n)s of them cannot be used. This page says why.",
            bad,
        )
        messages.warning(request, said % {"n": bad})


@never_cache
@require_http_methods(["GET", "POST"])
@limited("key")
def mcp_paste(request, is_instances: bool = False):
    """Read pasted JSON, show what is in it, and make the servers once that was seen."""
    place = Place(request, is_instances)
    scope, form, found = place.scope, PasteForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form, "text"):
            found = [servers.judged(one) for one in servers.parsed(form.cleaned_data["text"])]
            if "is_seen" in request.POST:
                return _made(request, place, servers.import_pasted(by=request.user, scope=scope, pasted=found))
    context = {"form": form, "found": found, "n_good": sum(not one.problem for one in found)}
    return render(request, "agents/mcp_paste.html", place.context | context, status=422 if form.errors else 200)


def _made(request, place: Place, made: list[McpServer]):
    """To the one that was made, looked at; of several to the list."""
    if len(made) == 1:
        look(request, made[0])
        return redirect(place.url("mcp_server", made[0].pk))
    said = ngettext("%(n)s server is added.", "%(n)s servers are added. Look at each before you use it.", len(made))
    return answers.done(request, said % {"n": len(made)}, place.url("mcp_list"))


# ---- acts -----------------------------------------------------------------------------------------------
@require_POST
def mcp_active(request, server_id, is_instances: bool = False):
    """Rest a server, or use it again."""
    place = Place(request, is_instances)
    found = place.find(server_id, access.WRITE)
    servers.set_active(by=request.user, server=found, is_active=not found.is_active)
    said = _("“%(name)s” is in use again.") if found.is_active else _("“%(name)s” rests: nobody can use it now.")
    return answers.done(request, said % {"name": found.name}, place.url("mcp_server", found.pk))


@require_POST
def mcp_visibility(request, server_id, is_instances: bool = False):
    """Say who uses the server beside its workspace."""
    place = Place(request, is_instances)
    found = place.find(server_id, access.MANAGE)
    to = place.url("mcp_server", found.pk)
    form = VisibilityForm(request.POST, agent=found, person=request.user)
    if not form.is_valid():
        raise Refused(" ".join(form.errors["visibility"]))
    servers.set_visibility(by=request.user, server=found, visibility=form.cleaned_data["visibility"])
    return answers.done(request, _("Who can use the server is kept."), to)


@never_cache
@require_http_methods(["GET", "POST"])
def mcp_delete(request, server_id, is_instances: bool = False):
    """Remove a server, after asking."""
    place = Place(request, is_instances)
    found = place.find(server_id, access.MANAGE)
    if request.method == "GET":
        title = _("Delete “%(name)s”?") % {"name": found.name}
        context = place.context | {"server": found, "title": title, "back_url": place.url("mcp_server", found.pk)}
        return answers.form(request, "agents/_mcp_delete.html", title, context)
    servers.delete(by=request.user, server=found)
    return answers.done(request, _("“%(name)s” is deleted.") % {"name": found.name}, place.url("mcp_list"))
