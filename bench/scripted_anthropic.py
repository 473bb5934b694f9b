"""Anthropic's Messages API of the scripted server, as strict as the documentation says."""

import base64
import hashlib
import json
import re

from aiohttp import web

from bench.script import Call, token_count
from bench.scripted_reply import LIMITS, STATE, Asked, Wrong, answer, required

REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
KINDS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
KINDS |= {400: "invalid_request_error", 402: "billing_error", 500: "api_error", 529: "overloaded_error"}
HIDDEN = "hidden-thought"
THOUGHTS = ("thinking", "redacted_thinking")
PAGE = 3  # models on one page of the list
MODELS = (("claude-sonnet-4-5", "Claude Sonnet 4.5"), ("claude-haiku-4-5", "Claude Haiku 4.5"))


class Messages(Asked):
    """POST /v1/messages"""

    def __init__(self, request: web.Request, body: dict) -> None:
        super().__init__(request, body)
        self._index = -1
        self._open = ""

    # ---- what is asked
    def name(self) -> str:
        return self.body.get("model", "")

    def check(self) -> None:
        check_key(self.request)
        required(isinstance(self.body.get("max_tokens"), int), "max_tokens: Field required")
        required(self.body.get("stream") is True, "stream: this server only streams")
        for tool in self.body.get("tools") or ():
            required(tool["input_schema"].get("type") == "object", "tools.0.custom.input_schema.type: Field required")
        choice = self.body.get("tool_choice")
        required(not choice or self.body.get("tools"), "tool_choice may only be specified while providing tools.")
        if self._thinks:
            budget = self.body["thinking"].get("budget_tokens", 1024)
            required(
                1024 <= budget < self.body["max_tokens"], "`max_tokens` must be greater than `thinking.budget_tokens`."
            )
            required(
                self.body.get("temperature", 1) == 1, "`temperature` may only be set to 1 when thinking is enabled."
            )
        check_messages(self._messages, self._thinks)

    @property
    def _thinks(self) -> bool:
        return (self.body.get("thinking") or {}).get("type") in ("enabled", "adaptive")

    def failure(self, status: int, message: str, kind: str) -> web.Response:
        return failure(status, message)

    def too_long(self) -> str:
        return "prompt is too long: 208310 tokens > 200000 maximum"

    def unknown(self) -> str:
        return f"model: {self.model}"

    def _system(self) -> list[dict]:
        return blocks_of(self.body.get("system") or "")

    def prompt(self) -> str:
        said = [block for message in self._messages for block in blocks_of(message["content"])]
        return "".join(block.get("text", "") for block in (*self._system(), *said))

    def tools(self) -> list[tuple[str, dict]]:
        return [(tool["name"], tool["input_schema"]) for tool in self.body.get("tools") or ()]

    @property
    def _messages(self) -> list[dict]:
        return self.body.get("messages") or []

    @property
    def turns(self) -> int:
        return len(self._messages)

    @property
    def is_answered(self) -> bool:
        return any(block["type"] == "tool_result" for block in blocks_of(self._messages[-1]["content"]))

    @property
    def limit(self) -> int | None:
        return self.body.get("max_tokens")

    @property
    def schema(self) -> dict | None:
        wanted = (self.body.get("output_config") or {}).get("format") or self.body.get("output_format") or {}
        return wanted.get("schema")

    # ---- what is answered
    def headers(self) -> dict[str, str]:
        found = {"request-id": "req_1"}
        for kind, (limit, left) in LIMITS.items():
            prefix = f"anthropic-ratelimit-{kind}"
            found |= {f"{prefix}-limit": str(limit), f"{prefix}-remaining": str(left)}
        return found

    def opening(self) -> bytes:
        message = {"id": f"msg_{self.number}", "type": "message", "role": "assistant", "model": self.model}
        message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": self._usage()}
        return event("message_start", message=message) + event("ping")

    def _usage(self) -> dict:
        """What was read, of it what the cache held: the system prompt from the second time on, if it was to be kept."""
        kept = [block["text"] for block in self._system() if "cache_control" in block]
        size, key = token_count("".join(kept)), hashlib.sha256("".join(kept).encode()).hexdigest()
        is_known = key in self.state.cached
        self.state.cached.add(key)
        usage = {"input_tokens": self.counted() - size, "output_tokens": 1}
        usage["cache_read_input_tokens"] = size if is_known else 0
        return usage | {"cache_creation_input_tokens": 0 if is_known else size}

    def frames(self, kind: str) -> list[bytes]:
        if kind == "reasoning" and "redacted" in self.script.flags:
            return [b"", b""]  # replaced below: nothing of it is shown
        delta = {"type": "text_delta", "text": "\0"}
        if kind == "reasoning":
            delta = {"type": "thinking_delta", "thinking": "\0"}
        index = 1 if kind == "text" and self.script.thinking and not self.script.is_inline else 0
        return event("content_block_delta", index=index, delta=delta).split(b"\\u0000")

    def turning(self, kind: str) -> bytes:
        if kind == "text":
            return self._close() + self._begin({"type": "text", "text": ""})
        if "redacted" in self.script.flags:
            return self._begin({"type": "redacted_thinking", "data": HIDDEN})
        return self._begin({"type": "thinking", "thinking": "", "signature": ""})

    def _begin(self, block: dict) -> bytes:
        self._index, self._open = self._index + 1, block["type"]
        return event("content_block_start", index=self._index, content_block=block)

    def _close(self) -> bytes:
        if not self._open:
            return b""
        signed = b""
        if self._open == "thinking":
            delta = {"type": "signature_delta", "signature": signature_of(self._thought())}
            signed = event("content_block_delta", index=self._index, delta=delta)
        self._open = ""
        return signed + event("content_block_stop", index=self._index)

    def _thought(self) -> str:
        return "".join(self.script.piece(i) for i in range(self.script.thinking))

    def calling(self, calls: list[Call]) -> list[bytes]:
        events = []
        for call in calls:
            id_ = f"toolu_{call.id}"
            block = {"type": "tool_use", "id": id_, "name": call.name, "input": {}}
            events.append(self._close() + self._begin(block))
            for at in range(0, len(call.arguments), 8):
                delta = {"type": "input_json_delta", "partial_json": call.arguments[at : at + 8]}
                events.append(event("content_block_delta", index=self._index, delta=delta))
        return events

    def ending(self, reason: str) -> bytes:
        finish = self.script.manners.finish
        delta = {"stop_reason": REASONS[reason] if reason == "tool_calls" else finish or REASONS[reason]}
        delta |= {"stop_sequence": None}
        usage = {"output_tokens": self.script.length}
        usage["output_tokens_details"] = {"thinking_tokens": self.script.thinking}
        return self._close() + event("message_delta", delta=delta, usage=usage) + event("message_stop")

    def nothing(self) -> bytes:
        return event("ping")

    def breaking(self) -> bytes:
        error = {"type": "api_error", "message": "scripted in-stream failure"}
        return event("error", error=error)


def failure(status: int, message: str) -> web.Response:
    """Return an error as Anthropic words it."""
    error = {"type": KINDS.get(status, "api_error"), "message": message}
    return web.json_response({"type": "error", "error": error, "request_id": "req_1"}, status=status)


def event(kind: str, **fields) -> bytes:
    """Return one server-sent event."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | fields)}\n\n".encode()


def signature_of(thought: str) -> str:
    """Return the signature that belongs to a thought."""
    return base64.b64encode(hashlib.sha256(thought.encode()).digest()).decode()


def blocks_of(content: str | list[dict]) -> list[dict]:
    """Return content as blocks."""
    return [{"type": "text", "text": content}] if isinstance(content, str) and content else list(content)


def check_key(request: web.Request) -> None:
    """Raise Wrong unless a good key and the version of the protocol came."""
    is_dated = re.fullmatch(r"20\d\d-\d\d-\d\d", request.headers.get("anthropic-version", ""))
    required(is_dated, "anthropic-version: header is required")
    key = request.headers.get("x-api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not key or key == "none":
        raise Wrong("x-api-key header is required", 401)
    if key.startswith("bad"):
        raise Wrong("invalid x-api-key", 401)


def check_messages(messages: list[dict], thinks: bool) -> None:
    """Raise Wrong for a conversation that the service would refuse."""
    required(messages, "messages: at least one message is required")
    required(messages[0]["role"] == "user", "messages: first message must use the user role")
    waiting: list[str] = []
    for at, message in enumerate(messages):
        role, blocks = message["role"], blocks_of(message["content"])
        required(role in ("user", "assistant"), f"messages.{at}.role: Input should be 'user' or 'assistant'")
        required(blocks, f"messages.{at}: all messages must have non-empty content")
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        unknown = set(results) - set(waiting)
        required(not unknown, f"messages.{at}: unexpected `tool_use_id` found in `tool_result` blocks: {unknown}")
        missing = set(waiting) - set(results)
        required(not missing, f"messages.{at}: `tool_use` ids were found without `tool_result` blocks: {missing}")
        for block in blocks:
            _check_block(block, role, at)
        is_thought = role == "assistant" and blocks[-1]["type"] in THOUGHTS
        required(not is_thought, f"messages.{at}: The final block in an assistant message cannot be `thinking`.")
        waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
    required(not waiting, "`tool_use` ids were found without `tool_result` blocks immediately after")
    if thinks:
        _check_thought(messages)


def _check_thought(messages: list[dict]) -> None:
    """With thinking on, an answer whose calls were just answered must begin with its thought."""
    if len(messages) < 2 or not any(block["type"] == "tool_result" for block in blocks_of(messages[-1]["content"])):
        return
    first = blocks_of(messages[-2]["content"])[0]["type"]
    words = f"Expected `thinking` or `redacted_thinking`, but found `{first}`."
    required(first in THOUGHTS, words)


def _check_block(block: dict, role: str, at: int) -> None:
    match block["type"]:
        case "text":
            required(block["text"].strip(), f"messages.{at}: text content blocks must be non-empty")
        case "image":
            _check_source(block["source"], ("image/png", "image/jpeg", "image/gif", "image/webp"))
        case "document":
            _check_source(block["source"], ("application/pdf",))
        case "tool_result" if role == "user":
            for one in blocks_of(block["content"]):
                required(one.get("text", "-").strip(), f"messages.{at}: text content blocks must be non-empty")
        case "tool_use" if role == "assistant":
            required(isinstance(block["input"], dict), f"messages.{at}: tool_use.input: Input should be an object")
        case "thinking" if role == "assistant":
            is_ours = block["signature"] == signature_of(block["thinking"])
            required(is_ours, f"messages.{at}: Invalid `signature` in `thinking` block")
        case "redacted_thinking" if role == "assistant":
            required(block["data"] == HIDDEN, f"messages.{at}: Invalid `data` in `redacted_thinking` block")
        case kind:
            raise Wrong(f"messages.{at}: Input tag '{kind}' found using 'type' does not match")


def _check_source(source: dict, kinds: tuple[str, ...]) -> None:
    required(source["media_type"] in kinds, f"media_type: Input should be one of {kinds}")
    required(base64.b64decode(source["data"], validate=True), "data: at least one byte is required")


async def messages(request: web.Request) -> web.StreamResponse:
    """POST /anthropic/v1/messages"""
    return await answer(Messages(request, await request.json()))


async def models(request: web.Request) -> web.Response:
    """GET /anthropic/v1/models, page by page."""
    try:
        check_key(request)
    except Wrong as wrong:
        return failure(wrong.status, str(wrong))
    rows = [*MODELS, *((name, name) for name in request.app[STATE].models)]
    ids = [id_ for id_, _label in rows]
    start = ids.index(request.query["after_id"]) + 1 if "after_id" in request.query else 0
    limit = min(PAGE, int(request.query.get("limit", 20)))
    page = rows[start : start + limit]
    sizes = {"max_input_tokens": 200_000, "max_tokens": 64_000}
    data = [{"type": "model", "id": id_, "display_name": label, **sizes} for id_, label in page]
    more = start + limit < len(rows)
    found = {"data": data, "has_more": more, "first_id": page[0][0], "last_id": page[-1][0]}
    return web.json_response(found)


def routes() -> list[web.RouteDef]:
    """Return what is served."""
    return [web.post("/anthropic/v1/messages", messages), web.get("/anthropic/v1/models", models)]
