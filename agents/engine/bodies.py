"""Answers that came in one piece though a stream was asked for, as the stream that the services' SDKs read."""

from collections.abc import Iterator

import orjson

from agents.engine.errors import Garbled
from agents.engine.values import Protocol


def events_of(protocol: Protocol, whole: bytes) -> bytes:
    """Return one piece of JSON, or a list of them, as events. Raises Garbled for what is none."""
    try:
        found = orjson.loads(whole)
        objects = found if isinstance(found, list) else [found]
        told = _OF[protocol]
        return b"".join(event for one in objects for event in told(one))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise Garbled from error


def _of_google(one: dict) -> Iterator[bytes]:
    """A whole answer is like a chunk of a stream."""
    if not one.keys() & {"candidates", "promptFeedback", "usageMetadata", "error"}:
        raise Garbled
    yield _event(None, one)


def _of_anthropic(one: dict) -> Iterator[bytes]:
    """A message begins, its blocks come, and it ends. Source: https://docs.anthropic.com/en/api/messages-streaming."""
    if error := one.get("error"):
        said = error if isinstance(error, dict) else {"message": str(error)}
        yield _event("error", {"error": {"type": "api_error"} | said})
        return
    blocks = one["content"]
    yield _event("message_start", {"message": one | {"content": [], "stop_reason": None}})
    for index, block in enumerate(blocks):
        empty, deltas = _block(block)
        yield _event("content_block_start", {"index": index, "content_block": block | empty})
        for delta in deltas:
            yield _event("content_block_delta", {"index": index, "delta": delta})
        yield _event("content_block_stop", {"index": index})
    end = {"stop_reason": one.get("stop_reason"), "stop_sequence": one.get("stop_sequence")}
    yield _event("message_delta", {"delta": end, "usage": one.get("usage") or {"output_tokens": 0}})
    yield _event("message_stop", {})


def _block(block: dict) -> tuple[dict, list[dict]]:
    """Return how a block begins, and what then comes of it. Other kinds come whole."""
    match block["type"]:
        case "text":
            return {"text": ""}, [{"type": "text_delta", "text": block["text"]}]
        case "thinking":
            signed = {"type": "signature_delta", "signature": block.get("signature") or ""}
            begun = {"thinking": "", "signature": ""}
            return begun, [{"type": "thinking_delta", "thinking": block["thinking"]}, signed]
        case "tool_use":
            return {"input": {}}, [{"type": "input_json_delta", "partial_json": orjson.dumps(block["input"]).decode()}]
    return {}, []


def _of_responses(one: dict) -> Iterator[bytes]:
    """An answer begins, its items come whole, their words in front of their ends, and it ends.

    Source: https://platform.openai.com/docs/api-reference/responses-streaming.
    """
    if one.get("error"):
        yield _event(None, one)
        return
    items = one["output"]
    yield _event("response.created", {"response": one | {"status": "in_progress", "output": [], "usage": None}})
    for index, item in enumerate(items):
        whole, place = {"item": item, "output_index": index}, {"item_id": item.get("id") or "", "output_index": index}
        yield _event("response.output_item.added", whole)
        for kind, fields in _item(item):
            yield _event(kind, place | fields)
        yield _event("response.output_item.done", whole)
    yield _event(f"response.{one.get('status') or 'completed'}", {"response": one})


def _item(item: dict) -> Iterator[tuple[str, dict]]:
    """What is said in an item; a call needs no more than itself."""
    match item["type"]:
        case "reasoning":
            for n, part in enumerate(item.get("summary") or ()):
                yield "response.reasoning_summary_part.added", {"summary_index": n, "part": part}
        case "message":
            for n, part in enumerate(item["content"]):
                text = part["refusal"] if part["type"] == "refusal" else part["text"]
                yield "response.output_text.delta", {"content_index": n, "delta": text, "logprobs": []}


#: An endpoint of OpenAI's is asked by an SDK for Responses alone.
_OF = {"anthropic": _of_anthropic, "google": _of_google, "openai": _of_responses, "responses": _of_responses}


def _event(kind: str | None, fields: dict) -> bytes:
    """Anthropic's and OpenAI's events say what they are, in the event and in its data; Google's have no names."""
    if kind is None:
        return b"data: " + orjson.dumps(fields) + b"\r\n\r\n"
    return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps({"type": kind} | fields) + b"\n\n"
