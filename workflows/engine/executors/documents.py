"""Document nodes: read, written or searched by the kind of tools that the app of documents registers for programs."""

from agents import tools
from agents.tools import Caller, Tool
from sambung.lib.failures import Failed
from workflows.engine.executors import Executor, register
from workflows.engine.executors.tools import failed
from workflows.engine.steps import Call, Done
from workflows.nodes.addresses import document_id
from workflows.nodes.segments import resolve, text_of

KIND = "documents_for_programs"
READ, WRITE, SEARCH = "read", "write", "search"
LIMIT = 8  # passages where nobody says how many


def _resolve(call: Call) -> dict:
    """What is asked for, with all references filled in. Raises Failed."""
    data, outputs = call.data, call.outputs
    match data["action"]:
        case "read":
            return {"document": document_id(_named(data.get("document"), outputs))}
        case "write":
            told = {"content": text_of(data.get("content"), outputs), "title": text_of(data.get("title"), outputs)}
            if data.get("document"):
                told["document"] = document_id(_named(data["document"], outputs))
            return told
        case _:
            told = {"query": text_of(data.get("query"), outputs), "limit": data.get("limit") or LIMIT}
            if data.get("collection"):
                told["collection"] = _named(data["collection"], outputs)
            return told


def _named(value, outputs) -> str:
    """The id that a value is. Raises Failed."""
    found = resolve(value, outputs)
    if not isinstance(found, str):
        raise Failed("workflow_document_unknown")
    return found


async def _run(call: Call) -> Done:
    """Ask the app of documents; it answers with the rights of whoever the run is of."""
    if KIND not in tools.kinds():
        raise Failed("workflow_document_unknown")
    action = call.data["action"]
    tool = Tool(KIND, "documents", action, action, "", {"type": "object"})
    result = await tools.call(tool, call.input, Caller(call.order.workspace, call.order.topic), call.tell)
    if result.is_error:
        raise failed(result)
    return Done(result.content)


register("document", Executor(_resolve, _run))
