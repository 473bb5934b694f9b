"""Tools of a workspace: what there is, what each toolkit is for, and a form that tries it."""

from time import monotonic

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from agents import tools
from agents.runs import runtime
from agents.toolkits import KIND
from agents.tools import Caller, Result, Source, Tool, forms, show
from sambung.lib.waiting import TOOLS
from teams.limits import limited

WITHIN = 60.0  # seconds that somebody waits for a tool that they try


@never_cache
@require_GET
def tool_list(request):
    """Everything that a model can be given here: toolkits, and servers."""
    found = tools.sources(request.workspace)
    context = {
        "toolkits": [_linked(request, source) for source in sorted(found, key=_order) if not source.is_connected],
        "sources": [source for source in found if source.is_connected],
    }
    return render(request, "agents/tools.html", context)


def _order(source: Source) -> bool:
    """Those that are built in come first, then what apps bring."""
    return source.kind != KIND


def _linked(request, source: Source) -> dict:
    return {"source": source, "url": request.workspace.url("toolkit", source.id)}


@never_cache
@require_http_methods(["GET", "POST"])
@limited("tool")
def toolkit(request, toolkit: str):
    """What a toolkit is for, and its tools, each with a form; a posted one is run."""
    found = [source for source in tools.sources(request.workspace) if not source.is_connected and source.id == toolkit]
    if not found:
        raise Http404("There is no such toolkit.")
    tried = request.POST.get("tool") if request.method == "POST" else None
    if request.method == "POST" and tried not in [tool.name for tool in found[0].tools]:
        raise Http404("There is no such tool.")
    rows = [_row(request, tool, is_tried=tool.name == tried) for tool in found[0].tools]
    is_wrong = any(row["form"].errors for row in rows)
    is_search = toolkit == "web_search"
    context = {"source": found[0], "rows": rows, "keys_url": is_search and request.workspace.url("tool_key_list")}
    return render(request, "agents/toolkit.html", context, status=422 if is_wrong else 200)


def _row(request, tool: Tool, *, is_tried: bool) -> dict:
    """A tool on its page: its form, and what came of it where it was tried."""
    form = forms.form_for(tool.parameters)(request.POST if is_tried else None, auto_id=f"{tool.name}-%s")
    row = {"tool": tool, "form": form}
    if is_tried and form.is_valid():
        row |= tried(request, tool, forms.arguments(form))
    return row


def tried(request, tool: Tool, args: dict) -> dict:
    """Run a tool for the request's person; give what templates/agents/_tried.html shows."""
    started = monotonic()
    asked = tools.call(tool, args, Caller(request.workspace), lambda progress: None)
    try:
        result = runtime.wait(asked, WITHIN, TOOLS)
    except TimeoutError:
        result = Result.failed("tool_too_slow")
    return shown(result, started)


def shown(result: Result, started: float) -> dict:
    """Return the same for a result of a call that began at `started`, by the monotonic clock."""
    seconds = round(monotonic() - started, 2)
    content = result.failure.sentence if result.failure else result.content
    html = show.render(content, None if result.is_error else show.stored(result.show))
    return {"result": html, "is_error": result.is_error, "seconds": seconds}
