"""OpenAI's Responses API of the scripted server, as strict as the service is where nothing is stored."""

import base64
import hashlib
import itertools
import json
import time
from collections.abc import Iterator

from aiohttp import web

from bench.script import Call, Script
from bench.scripted_openai import KeyedChat, check_data_url, check_key, check_schema
from bench.scripted_reply import LIMITS, Asked, Wrong, answer, required

LEAST = 16  # tokens of an answer, the service's own least
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded", 500: "server_error"}
THINKS = ("gpt-5", "gpt-6", "o1", "o3", "o4")
EFFORTS = (None, "none", "minimal", "low", "medium", "high", "xhigh", "max")
FOLLOWED = "Item '{}' of type 'reasoning' was provided without its required following item."
SECOND = "And so on."  # the second part of a summary


class Responses(Asked):
    """POST /v1/responses"""

    def __init__(self, request: web.Request, body: dict) -> None:
        super().__init__(request, body)
        self._events, self._items = itertools.count(), itertools.count()
        self._open: dict | None = None  # the item that is being written, and its place
        self._output: list[dict] = []

    # ---- what is asked
    def name(self) -> str:
        return self.body.get("model", "")

    def check(self) -> None:
        body = self.body
        check_key(self.request, needs_key=True, words=KeyedChat.bad_key)
        limit = self.limit
        required(limit is None or limit >= LEAST, "Invalid 'max_output_tokens': integer below minimum value.")
        required("messages" not in body, "Unsupported parameter: 'messages'. In the Responses API, use 'input'.")
        required("stream_options" not in body, "Unknown parameter: 'stream_options.include_usage'.")
        for tool in body.get("tools") or ():
            required(
                tool.get("type") == "function" and tool.get("name"), "Missing required parameter: 'tools[0].name'."
            )
            check_schema(tool["parameters"])
        required("tool_choice" not in body or body.get("tools"), "Tool choice must be omitted without tools.")
        self._check_account()
        if self._thinks:
            effort = self._reasoning.get("effort")
            required(effort in EFFORTS, "Unsupported value: 'reasoning.effort'.")
            required("temperature" not in body or effort == "none", "Unsupported parameter: 'temperature'.")
        check_input(body.get("input"), is_kept=body.get("store", True))

    def _check_account(self) -> None:
        script = self.state.script(self.model)
        flags, asked = script.flags if script else (), self.body.get("include") or ()
        if "unverified" in flags and "summary" in self._reasoning:
            raise Wrong("Your organization must be verified to generate reasoning summaries. Please go to: …")
        if "unstreamed" in flags and self.is_streamed:
            raise Wrong("Your organization must be verified to stream this model. Please go to: …")
        if "plainest" in flags and "reasoning.encrypted_content" in asked:
            raise Wrong("Encrypted content is not supported with this model.")

    @property
    def _thinks(self) -> bool:
        return self.model.startswith(THINKS)

    @property
    def _reasoning(self) -> dict:
        return self.body.get("reasoning") or {}

    def failure(self, status: int, message: str, kind: str) -> web.Response:
        code = "context_length_exceeded" if message == self.too_long() else CODES.get(status)
        return web.json_response(
            {"error": {"message": message, "type": kind, "param": None, "code": code}}, status=status
        )

    def too_long(self) -> str:
        return "Your input exceeds the context window of this model. Please adjust your input and try again."

    def prompt(self) -> str:
        return (self.body.get("instructions") or "") + "".join(text_of(item) for item in self.body["input"])

    def tools(self) -> list[tuple[str, dict]]:
        return [(tool["name"], tool.get("parameters") or {}) for tool in self.body.get("tools") or ()]

    @property
    def turns(self) -> int:
        return len(self.body["input"])

    @property
    def is_answered(self) -> bool:
        return self.body["input"][-1].get("type") == "function_call_output"

    @property
    def limit(self) -> int | None:
        return self.body.get("max_output_tokens")

    @property
    def schema(self) -> dict | None:
        return ((self.body.get("text") or {}).get("format") or {}).get("schema")

    @property
    def is_streamed(self) -> bool:
        return bool(self.body.get("stream"))

    # ---- what is answered
    def headers(self) -> dict[str, str]:
        found = {}
        for kind, (limit, left) in LIMITS.items():
            found |= {f"x-ratelimit-limit-{kind}": str(limit), f"x-ratelimit-remaining-{kind}": str(left)}
        return found

    def _event(self, kind: str, **fields) -> bytes:
        told = {"type": kind, "sequence_number": next(self._events)} | fields
        return f"event: {kind}\ndata: {json.dumps(told)}\n\n".encode()

    def _response(self, status: str, **more) -> dict:
        made = {"id": f"resp_{self.number}", "object": "response", "created_at": int(time.time()), "status": status}
        made |= {"error": None, "incomplete_details": None, "model": self.model, "output": self._output, "usage": None}
        made |= {"store": self.body.get("store", True), "tools": self.body.get("tools") or [], "metadata": {}}
        return made | {"parallel_tool_calls": True, "tool_choice": "auto"} | more

    def _usage(self) -> dict:
        counted, length, thinking = self.counted(), self.script.length, self.script.thinking
        usage = {"input_tokens": counted, "input_tokens_details": {"cached_tokens": counted // 2}}
        usage |= {"output_tokens": length, "output_tokens_details": {"reasoning_tokens": thinking}}
        return usage | {"total_tokens": counted + length}

    def opening(self) -> bytes:
        told = self._response("in_progress")
        begun = self._event("response.created", response=told) + self._event("response.in_progress", response=told)
        return begun + (self._event("keepalive") if "slowly" in self.script.flags else b"")

    def frames(self, kind: str) -> Iterator[bytes] | list[bytes]:
        return Numbered(self, kind)

    def around(self, kind: str) -> list[bytes]:
        """What stands around a token of the item that is open."""
        place = {key: self._open[key] for key in ("item_id", "output_index")}
        if kind == "reasoning":
            if not self._tells:
                return [b": ", b"\n\n"]  # a comment: the thought is not told
            kind, where = "response.reasoning_summary_text.delta", {"summary_index": 0}
        elif "refuses" in self.script.flags:
            kind, where = "response.refusal.delta", {"content_index": 0}
        else:
            kind, where = "response.output_text.delta", {"content_index": 0, "logprobs": []}
        return self._event(kind, **place, **where, delta="\0").split(b"\\u0000")

    @property
    def _tells(self) -> bool:
        return bool(self._reasoning.get("summary")) and "redacted" not in self.script.flags

    def turning(self, kind: str) -> bytes:
        if kind == "reasoning":
            begun = self._begin({"type": "reasoning", "summary": []}, "rs")
            return begun + (self._summary("added", 0, "") if self._tells else b"")
        closed = self._close()
        item = {"type": "message", "role": "assistant", "content": [], "phase": "final_answer"}
        return closed + self._begin(item, "msg") + self._content("added", "")

    def _begin(self, item: dict, prefix: str) -> bytes:
        index = next(self._items)
        item = {"id": f"{prefix}_{self.number}_{index}", "status": "in_progress"} | item
        self._open = {"item_id": item["id"], "output_index": index, "item": item}
        return self._event("response.output_item.added", output_index=index, item=item)

    def _summary(self, what: str, index: int, text: str) -> bytes:
        place = {key: self._open[key] for key in ("item_id", "output_index")} | {"summary_index": index}
        return self._event(
            f"response.reasoning_summary_part.{what}", **place, part={"type": "summary_text", "text": text}
        )

    def _content(self, what: str, text: str) -> bytes:
        place = {key: self._open[key] for key in ("item_id", "output_index")} | {"content_index": 0}
        part = {"type": "output_text", "text": text, "annotations": []}
        if "refuses" in self.script.flags:
            part = {"type": "refusal", "refusal": text}
        return self._event(f"response.content_part.{what}", **place, part=part)

    def _close(self, status: str = "completed") -> bytes:
        """End the item that is open."""
        if self._open is None:
            return b""
        item = self._open["item"] | {"status": status}
        place = {key: self._open[key] for key in ("item_id", "output_index")}
        ended = b""
        if item["type"] == "reasoning":
            ended, item = self._thought(place, item)
        elif item["type"] == "message":
            ended = self._said(place, item)
        self._output.append(item)
        ended += self._event("response.output_item.done", output_index=place["output_index"], item=item)
        self._open = None
        return ended

    def _thought(self, place: dict, item: dict) -> tuple[bytes, dict]:
        thought, ended = "".join(self.script.piece(i) for i in range(self.script.thinking)), b""
        texts = [thought, SECOND] if "summaries" in self.script.flags else [thought]
        for n, text in enumerate(texts if self._tells else ()):
            if n:
                ended += self._summary("added", n, "")
                kind = "response.reasoning_summary_text"
                ended += self._event(f"{kind}.delta", **place, summary_index=n, delta=text)
                ended += self._event(f"{kind}.done", **place, summary_index=n, text=text)
            ended += self._summary("done", n, text)
            item["summary"] = [*item["summary"], {"type": "summary_text", "text": text}]
        if "reasoning.encrypted_content" in (self.body.get("include") or ()):
            item["encrypted_content"] = encrypted(item["id"])
        return ended, item

    def _said(self, place: dict, item: dict) -> bytes:
        text = "".join(self.script.piece(i) for i in range(self.script.thinking, self.script.length))
        kind, told = "response.output_text", {"text": text, "logprobs": []}
        if "refuses" in self.script.flags:
            kind, told = "response.refusal", {"refusal": text}
        is_refusal = "refuses" in self.script.flags
        part = {"type": "refusal", "refusal": text} if is_refusal else {"type": "output_text", "text": text}
        item["content"] = [part | ({} if is_refusal else {"annotations": []})]
        return self._event(f"{kind}.done", **place, content_index=0, **told) + self._content("done", text)

    def calling(self, calls: list[Call]) -> list[bytes]:
        found = []
        for call in calls:
            item = {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": ""}
            found.append(self._close() + self._begin(item, "fc"))
            place = {key: self._open[key] for key in ("item_id", "output_index")}
            kind = "response.function_call_arguments"
            for at in range(0, len(call.arguments), 8):
                found.append(self._event(f"{kind}.delta", **place, delta=call.arguments[at : at + 8]))
            found.append(self._event(f"{kind}.done", **place, name=call.name, arguments=call.arguments))
            self._open["item"] |= {"arguments": call.arguments}
        return found

    def ending(self, reason: str) -> bytes:
        status, told = self._ended(reason)
        closed = self._close(status)
        return closed + self._event(f"response.{status}", response=self._response(status, usage=self._usage(), **told))

    async def whole(self, script: Script) -> web.Response:
        self.script, calls = script, self.calls(script)
        if script.thinking:
            self.turning("reasoning")
        if calls:
            self.calling(calls)
        else:
            self.turning("text")
        status, told = self._ended("tool_calls" if calls else script.finish)
        self._close(status)
        return web.json_response(self._response(status, usage=self._usage(), **told), headers=self.headers())

    def _ended(self, reason: str) -> tuple[str, dict]:
        cut = {"length": "max_output_tokens"}.get(reason) or self.script.manners.finish
        return ("incomplete", {"incomplete_details": {"reason": cut}}) if cut else ("completed", {})

    def closing(self) -> bytes:
        if "empty" not in self.script.flags:
            return b""
        return self._event("response.completed", response=self._response("completed"))

    def nothing(self) -> bytes:
        return self._event("response.in_progress", response=self._response("in_progress"))

    def breaking(self) -> bytes:
        error = {"code": "server_error", "message": "scripted in-stream failure"}
        if "failed" in self.script.flags:
            return self._event("response.failed", response=self._response("failed", error=error))
        return self._event("error", **error, param=None)


class Numbered:
    """What stands before and after a token, with a number of its own for each."""

    def __init__(self, asked: Responses, kind: str) -> None:
        self._asked, self._kind = asked, kind

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._asked.around(self._kind))


def encrypted(id_: str) -> str:
    """Return what the service hides the thought of an item in."""
    return base64.b64encode(hashlib.sha256(id_.encode()).digest()).decode()


def text_of(item: dict) -> str:
    """Return what the model reads of an item."""
    content = item.get("content") or item.get("output") or item.get("arguments") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def check_input(items: list[dict] | None, *, is_kept: bool) -> None:
    """Raise Wrong for a conversation that the service would refuse."""
    required(items, "Missing required parameter: 'input'.")
    waiting: list[str] = []
    for item, following in itertools.zip_longest(items, items[1:], fillvalue={}):
        match item.get("type", "message"):
            case "message":
                _check_message(item)
            case "reasoning":
                _check_thought(item, is_kept=is_kept)
                is_followed = following.get("role") == "assistant" or following.get("type") in (
                    "function_call",
                    "reasoning",
                )
                required(is_followed, FOLLOWED.format(item["id"]))
            case "function_call":
                required(isinstance(item["arguments"], str), "Invalid type for 'arguments'.")
                required("id" not in item or is_kept, f"Item with id '{item.get('id')}' not found.")
                waiting.append(item["call_id"])
            case "function_call_output":
                id_ = item["call_id"]
                required(id_ in waiting, f"No tool call found for function call output with call_id {id_}.")
                waiting.remove(id_)
            case kind:
                raise Wrong(f"Invalid value: '{kind}'.")
    required(not waiting, f"No tool output found for function call {waiting}.")


def _check_message(item: dict) -> None:
    role, content = item.get("role"), item.get("content")
    required(role in ("system", "developer", "user", "assistant"), f"Invalid value: '{role}'.")
    required("id" not in item, f"Item with id '{item.get('id')}' not found.")
    required(item.get("phase") in (None, "commentary", "final_answer"), "Invalid value: 'phase'.")
    for part in content if isinstance(content, list) else ():
        match part.get("type"):
            case "input_text" if role != "assistant":
                pass
            case "input_image" if role == "user":
                check_data_url(part["image_url"], "image/")
            case "input_file" if role == "user":
                required(part.get("filename"), "Missing required parameter: 'filename'.")
                check_data_url(part["file_data"], "application/pdf")
            case kind:
                raise Wrong(f"Invalid value: '{kind}'.")


def _check_thought(item: dict, *, is_kept: bool) -> None:
    hidden = item.get("encrypted_content")
    words = f"Item with id '{item['id']}' not found. Items are not persisted when `store` is set to false."
    if not hidden and not is_kept:
        raise Wrong(words, 404)
    if hidden != encrypted(item["id"]):
        raise Wrong("The encrypted content gAAA...WXBV could not be verified. Reason: it could not be decrypted.")


async def responses(request: web.Request) -> web.StreamResponse:
    """POST /openai/v1/responses"""
    return await answer(Responses(request, await request.json()))


def routes() -> list[web.RouteDef]:
    """Return what is served; the list of models is that of the other protocol."""
    return [web.post("/openai/v1/responses", responses)]
