"""HTTP nodes: one request through the door for outgoing HTTP, its answer read by its type."""

from collections.abc import Mapping
from functools import partial

import aiohttp
import orjson
from django.conf import settings
from yarl import URL

from agents.toolkits import fetching
from sambung.lib import egress
from sambung.lib.database import patiently
from sambung.lib.failures import Failed
from sambung.lib.threads import in_thread
from workflows.engine import files
from workflows.engine.executors import Executor, register
from workflows.engine.steps import Call, Done, StepFailed
from workflows.nodes.references import look_up
from workflows.nodes.segments import text_of

SECONDS = 60.0  # for a request that says nothing else
INLINE, LARGEST = 10_000_000, 50_000_000  # bytes: of a body in a value, and of one that is kept as a file
SHOWN = 64_000  # bytes of a body that is kept as a file
#: What a gateway answers that does not know what became of the request behind it.
_UNSURE = frozenset((408, 502, 504))
#: What a service answers that is at its limit or on its knees: it may go well another time.
BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
_JSON, _TEXT = ("application/json", "+json"), ("text/", "application/xml", "+xml", "application/javascript")


def _request(call: Call) -> dict:
    """What is sent, with all references filled in. Raises Failed for what must not be sent."""
    data, outputs = call.data, call.outputs
    query = [[one["name"], text_of(one["value"], outputs)] for one in data.get("query") or ()]
    headers = [[one["name"], text_of(one["value"], outputs)] for one in data.get("headers") or ()]
    if data.get("keyHeader"):
        headers.append([data["keyHeader"], call.key])
    for name, value in headers:
        if not fetching.is_sendable(name, value):
            raise Failed("workflow_http_header", name=name[:80])
    return {
        "method": data["method"],
        "url": text_of(data["url"], outputs).strip(),
        "query": query,
        "headers": headers,
        "body": _body(data.get("body") or {"type": "none"}, outputs),
    }


def _body(body: Mapping, outputs: Mapping) -> dict:
    match body["type"]:
        case "json":
            text = text_of(body.get("content"), outputs)
            try:
                orjson.loads(text)
            except orjson.JSONDecodeError as error:
                raise Failed("workflow_http_json", problem=str(error)[:300]) from None
            return {"type": "json", "content": text}
        case "text":
            return {"type": "text", "content": text_of(body.get("content"), outputs)}
        case "form":
            fields = [[one["name"], text_of(one["value"], outputs)] for one in body.get("fields") or ()]
            return {"type": "form", "fields": fields}
        case "file":
            return {"type": "file", "file": look_up(body["file"], outputs)}
        case _:
            return {"type": "none"}


async def _run(call: Call) -> Done:
    asked = call.input
    limit = aiohttp.ClientTimeout(total=call.data.get("timeout") or SECONDS)
    named = asked["body"].get("file")
    file = await patiently(partial(in_thread, files.content, named, call.order)) if "file" in asked["body"] else None
    try:
        url = egress.plain(asked["url"])
        await fetching.check(url)
        async with egress.session(_policy(url)) as client:
            sent = {"headers": _headers(asked, file), "timeout": limit} | _content(asked["body"], file)
            async with client.request(asked["method"], url.extend_query(asked["query"]), **sent) as response:
                answer = await _answer(call, response)
    except egress.Moved as moved:
        raise StepFailed("workflow_http_moved", status=moved.status) from None
    except egress.Blocked as blocked:
        raise StepFailed("workflow_http_blocked", problem=str(blocked)) from None
    except aiohttp.ClientConnectorError:  # nothing was sent
        raise StepFailed("workflow_http_failed") from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        raise StepFailed("workflow_http_failed", is_uncertain=True) from None
    if not (answer["ok"] or answer["status"] in (call.data.get("okStatuses") or ())):
        code = "workflow_http_busy" if answer["status"] in BUSY else "workflow_http_status"
        raise StepFailed(code, status=answer["status"], output=answer, is_uncertain=answer["status"] in _UNSURE)
    return Done(answer)


def _policy(url: URL) -> egress.Policy:
    """Inside the network it goes to exactly the places that the operator named."""
    is_named = url.host and url.port and egress.Policy(settings.EGRESS_ALLOW).names(url.host, url.port)
    return egress.trusted(url.host, url.port) if is_named else egress.PUBLIC


def _headers(asked: Mapping, file: files.File | None) -> list[tuple[str, str]]:
    kinds = {"json": "application/json", "text": "text/plain; charset=utf-8"}
    headers = [tuple(pair) for pair in asked["headers"]]
    kind = file.mime_type if file else kinds.get(asked["body"]["type"])
    if kind and not any(name.lower() == "content-type" for name, _value in headers):
        headers.append(("Content-Type", kind))
    return headers


def _content(body: Mapping, file: files.File | None) -> dict:
    match body["type"]:
        case "file":
            return {"data": file.data}
        case "json" | "text":
            return {"data": body["content"].encode()}
        case "form":
            return {"data": aiohttp.FormData([(name, value) for name, value in body["fields"]])}
        case _:
            return {}


async def _answer(call: Call, response: aiohttp.ClientResponse) -> dict:
    """What came, its body by its type; a large one is kept as a file. Raises StepFailed."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > LARGEST:
            raise StepFailed("workflow_http_large", most=LARGEST // 1_000_000)
    told = {
        "status": response.status,
        "statusText": response.reason or "",
        "ok": 200 <= response.status < 300,
        "headers": {name.lower(): value for name, value in response.headers.items()},
        "contentType": response.content_type,
        "size": len(body),
    }
    if len(body) <= INLINE and (read := _read(bytes(body), response)) is not None:
        return told | {"body": read}
    return told | {"body": bytes(body[:SHOWN]).decode("utf-8", "replace")} | await _kept(call, bytes(body), response)


def _read(body: bytes, response: aiohttp.ClientResponse) -> object:
    """JSON as a value, text as text; None for what is neither."""
    kind = response.content_type
    if kind.startswith(_JSON[0]) or kind.endswith(_JSON[1]):
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            return body.decode("utf-8", "replace")
    if not body or kind.startswith(_TEXT) or kind.endswith(_TEXT[2]):
        return body.decode(_charset(response), "replace")
    return None


def _charset(response: aiohttp.ClientResponse) -> str:
    try:
        return (response.charset and "".encode(response.charset) is not None and response.charset) or "utf-8"
    except LookupError:
        return "utf-8"


async def _kept(call: Call, body: bytes, response: aiohttp.ClientResponse) -> dict:
    """The body as a file of the run."""
    kept = (call.order, body, response.url.name or "file", response.content_type)
    try:
        return {"file": await patiently(partial(in_thread, files.made, *kept))}
    except Failed as failed:  # it was answered all the same
        raise StepFailed(failed.failure, is_uncertain=True) from None


register("http", Executor(_request, _run))
