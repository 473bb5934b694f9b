"""The OpenAI protocol of the scripted server, plain and as Groq serves it."""

import asyncio
import base64
import contextlib
import json
import time

from aiohttp import web

from bench.manners import DELTAS, ERRORS
from bench.script import WINDOW, Call, Script, continued_from, ordered
from bench.scripted_reply import LIMITS, STATE, Asked, Wrong, answer, required

EITHER = (
    "Function tools with reasoning_effort are not supported for {} in /v1/chat/completions. "
    "To use function tools, use /v1/responses or set reasoning_effort to 'none'."
)
ROLES = {"system", "developer", "user", "assistant", "tool"}


class Chat(Asked):
    """POST /v1/chat/completions, as a server of one's own takes it: a key is not needed, but a bad one refused."""

    needs_key = False
    bad_key = "Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com."

    # ---- what is asked
    def name(self) -> str:
        return self.body.get("model", "")

    def check(self) -> None:
        check_key(self.request, self.needs_key, self.bad_key)
        check_messages(self.body.get("messages"))
        for tool in self.body.get("tools") or ():
            function = tool.get("function") or {}
            required(tool.get("type") == "function" and function.get("name"), "Missing required parameter: 'tools[0]'.")
            if not self.state.takes_any_schema:
                check_schema(function.get("parameters", {}))
        required(
            "tool_choice" not in self.body or self.body.get("tools"), "'tool_choice' is only allowed with 'tools'."
        )
        self._check_manners()

    def _check_manners(self) -> None:
        script = self.state.script(self.model)
        flags = script.flags if script else ()
        if "newer" in flags:
            raise Wrong("This model is only supported in v1/responses and not in v1/chat/completions.", 404)
        if "either" in flags and self.body.get("tools") and self.body.get("reasoning_effort") != "none":
            raise Wrong(EITHER.format(self.model))

    def failure(self, status: int, message: str, kind: str) -> web.Response:
        error = {"message": message, "type": kind, "code": status}
        return web.json_response({"error": error}, status=status)

    def prompt(self) -> str:
        return "".join(text_of(message) for message in self._messages)

    def tools(self) -> list[tuple[str, dict]]:
        found = [tool["function"] for tool in self.body.get("tools") or ()]
        return [(function["name"], function.get("parameters") or {}) for function in found]

    @property
    def _messages(self) -> list[dict]:
        return self.body.get("messages") or [{}]

    @property
    def turns(self) -> int:
        return len(self._messages)

    @property
    def is_answered(self) -> bool:
        return self._messages[-1].get("role") == "tool"

    def calls(self, script: Script) -> list[Call]:
        if "obeys" not in script.flags or not self.tools():
            return super().calls(script)
        last = max((n for n, message in enumerate(self._messages) if message.get("role") == "user"), default=0)
        done = sum(bool(message.get("tool_calls")) for message in self._messages[last:])
        return ordered(text_of(self._messages[last]), done, self.turns)

    @property
    def unfinished(self) -> str:
        last = self._messages[-1]
        return text_of(last) if last.get("role") == "assistant" else ""

    @property
    def limit(self) -> int | None:
        limits = [self.body.get(key) for key in ("max_completion_tokens", "max_tokens")]
        return min((limit for limit in limits if isinstance(limit, int)), default=None)

    @property
    def schema(self) -> dict | None:
        return ((self.body.get("response_format") or {}).get("json_schema") or {}).get("schema")

    @property
    def is_streamed(self) -> bool:
        return bool(self.body.get("stream"))

    # ---- what is answered
    def _chunk(self, choices: str, more: str = "") -> bytes:
        made = {"id": f"chatcmpl-{self.number}", "object": "chat.completion.chunk", "created": int(time.time())}
        head = json.dumps(made | {"model": self.model})[:-1]
        return f'data: {head}, "choices": {choices}{more}}}\n\n'.encode()

    def _event(self, delta: dict, finish: str | None = None) -> bytes:
        reason = finish or self.script.manners.null
        return self._chunk(json.dumps([{"index": 0, "delta": delta, "finish_reason": reason}]))

    def opening(self) -> bytes:
        return self._event({"role": "assistant", "content": ""})

    def frames(self, kind: str) -> list[bytes]:
        thought = DELTAS.get(self.script.manners.thoughts, DELTAS["field"])
        return self._event({"content": "\0"} if kind == "text" else thought).split(b"\\u0000")

    def calling(self, calls: list[Call]) -> list[bytes]:
        cut = self.script.manners.cut
        return [
            self._event({"tool_calls": [self._piece(piece)]})
            for index, call in enumerate(calls)
            for piece in cut(index, call)
        ]

    def _piece(self, piece: dict) -> dict:
        """Some send arguments as an object, which only what is JSON can be."""
        function = piece["function"]
        if self.script.manners.args == "object" and function["arguments"]:
            with contextlib.suppress(ValueError):
                function["arguments"] = json.loads(function["arguments"])
        return piece

    def ending(self, reason: str) -> bytes:
        finish = self.script.manners.finish
        return self._event({}, reason if reason == "tool_calls" else finish or reason)

    def closing(self) -> bytes:
        options, flags = self.body.get("stream_options") or {}, self.script.flags
        is_counted = bool(options.get("include_usage")) and "nousage" not in flags
        usage = self._chunk("[]", f', "usage": {json.dumps(self.usage(self.script))}') if is_counted else b""
        return usage + (b"" if "nodone" in flags else b"data: [DONE]\n\n")

    def nothing(self) -> bytes:
        return self._chunk("[]")

    def breaking(self) -> bytes:
        return f"{ERRORS[self.script.manners.errors]}data: [DONE]\n\n".encode()

    def usage(self, script: Script) -> dict:
        counted = self.counted()
        return {
            "prompt_tokens": counted,
            "completion_tokens": script.length,
            "total_tokens": counted + script.length,
        }

    async def whole(self, script: Script) -> web.Response:
        calls = self.calls(script)
        start = continued_from(script, self.unfinished) if self.unfinished else 0
        await asyncio.sleep(script.first + (script.length / script.rate if script.rate and not calls else 0))
        said, half = [script.piece(i) for i in range(start, script.length)], max(script.thinking - start, 0)
        half = 0 if script.is_inline else half
        message: dict = {"role": "assistant", "content": None if calls else "".join(said[half:])}
        if calls:
            message["tool_calls"] = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in calls
            ]
        elif half:
            message["reasoning_content"] = "".join(said[:half])
        reason = "tool_calls" if calls else script.manners.finish or script.finish
        choice = {"index": 0, "message": message, "finish_reason": reason}
        made = {"id": "chatcmpl-whole", "object": "chat.completion", "created": int(time.time())}
        return web.json_response(made | {"model": self.model, "choices": [choice], "usage": self.usage(script)})


class KeyedChat(Chat):
    """The same as OpenAI itself does it: not without a key, and telling more."""

    needs_key = True

    def headers(self) -> dict[str, str]:
        found = {}
        for kind, (limit, left) in LIMITS.items():
            found |= {f"x-ratelimit-limit-{kind}": str(limit), f"x-ratelimit-remaining-{kind}": str(left)}
        return found

    def usage(self, script: Script) -> dict:
        usage = super().usage(script)
        usage["prompt_tokens_details"] = {"cached_tokens": usage["prompt_tokens"] // 2}
        return usage | {"completion_tokens_details": {"reasoning_tokens": script.thinking}}


class GroqChat(KeyedChat):
    """The same at Groq: another name for reasoning, and usage in a place of its own."""

    bad_key = "Invalid API Key"

    def frames(self, kind: str) -> list[bytes]:
        return self._event({"content" if kind == "text" else "reasoning": "\0"}).split(b"\\u0000")

    def check(self) -> None:
        super().check()
        kinds = {piece.get("type") for message in self._messages for piece in _pieces(message)}
        required("file" not in kinds, "content type 'file' is not supported")

    def closing(self) -> bytes:
        usage = json.dumps({"id": "req_1", "usage": self.usage(self.script)})
        return self._chunk("[]", f', "x_groq": {usage}') + b"data: [DONE]\n\n"


def check_schema(schema: object) -> None:
    """As OpenAI refuses them: objects and lists say what they hold, and none is a choice at the top."""
    required(isinstance(schema, dict), "Invalid schema for function.")
    is_plain = not {"anyOf", "oneOf", "allOf", "enum", "not"} & set(schema)
    required(is_plain, "Invalid schema for function: schema must not have 'oneOf'/'anyOf'/'allOf' at the top level.")
    left = [schema]
    while left:
        part = left.pop()
        is_explicit = part.get("type") != "object" or isinstance(part.get("properties"), dict)
        required(is_explicit, "Invalid schema for function: In context=(), object schema missing properties.")
        is_said = part.get("type") != "array" or "items" in part
        required(is_said, "Invalid schema for function: In context=(), array schema missing items.")
        named = part.get("properties") or {}
        left += [inner for inner in (*named.values(), part.get("items")) if isinstance(inner, dict)]


def check_key(request: web.Request, needs_key: bool, words: str) -> None:
    """Raise Wrong for a key that is bad, or missing where one is needed."""
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if key.startswith("bad"):
        raise Wrong(words.format(key=key), 401, "invalid_request_error")
    if needs_key and not key:
        raise Wrong("You didn't provide an API key.", 401, "invalid_request_error")


def check_messages(messages: object) -> None:
    """Raise Wrong for a conversation that OpenAI would refuse."""
    required(isinstance(messages, list) and messages, "Missing required parameter: 'messages'.")
    waiting: list[str] = []
    for message in messages:
        role = message.get("role")
        required(role in ROLES, f"Invalid value: '{role}'. Supported values are: {sorted(ROLES)}.")
        if role == "tool":
            id_ = message.get("tool_call_id")
            required(id_ in waiting, "messages with role 'tool' must be a response to a preceeding message.")
            waiting.remove(id_)
        else:
            required(not waiting, "An assistant message with 'tool_calls' must be followed by tool messages.")
        calls = message.get("tool_calls")
        required(calls or message.get("content"), f"Invalid value for 'content' of a message of {role}: none.")
        waiting += [call["id"] for call in calls or ()]
        for call in calls or ():
            required(isinstance(json.loads(call["function"]["arguments"]), dict), "Invalid 'arguments'.")
        for piece in _pieces(message):
            _check_piece(piece, role)
    required(not waiting, "An assistant message with 'tool_calls' must be followed by tool messages.")


def _check_piece(piece: dict, role: str) -> None:
    match piece.get("type"):
        case "text":
            required(isinstance(piece["text"], str), "Invalid 'text'.")
        case "image_url":
            required(role == "user", "Invalid role for an image.")
            check_data_url(piece["image_url"]["url"], "image/")
        case "file":
            required(piece["file"].get("filename"), "Missing required parameter: 'filename'.")
            check_data_url(piece["file"]["file_data"], "application/pdf")
        case kind:
            raise Wrong(f"Invalid value: '{kind}'.")


def check_data_url(url: str, kind: str) -> None:
    """Raise Wrong for what is no data URL of the kind."""
    head, _sep, data = url.partition(";base64,")
    required(head.startswith(f"data:{kind}"), f"Invalid data URL: expected {kind}.")
    required(base64.b64decode(data, validate=True), "Invalid base64.")


def _pieces(message: dict) -> list[dict]:
    content = message.get("content")
    return content if isinstance(content, list) else []


def text_of(message: dict) -> str:
    """Return a message's text, whether it is a string or a list of parts."""
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _serve(kind: type[Chat]):
    async def handle(request: web.Request) -> web.StreamResponse:
        return await answer(kind(request, await request.json()))

    return handle


async def models(request: web.Request) -> web.Response:
    """GET /v1/models, as llama.cpp tells of those that continue."""
    state, rows = request.app[STATE], []
    for name in dict.fromkeys((*state.models, *state.scripts)):
        row = {"id": name, "object": "model", "created": 1700000000, "owned_by": "scripted"}
        if "continues" in state.script(name).flags:
            row |= {"owned_by": "llamacpp", "meta": {"n_ctx": WINDOW, "n_ctx_train": WINDOW}}
        rows.append(row)
    return _listed(request, Chat, rows)


async def openai_models(request: web.Request) -> web.Response:
    """GET /openai/v1/models"""
    names = ("gpt-4o-mini", "gpt-5", "text-embedding-3-small", *request.app[STATE].models)
    rows = [{"id": name, "object": "model", "created": 1700000000, "owned_by": "openai"} for name in names]
    return _listed(request, KeyedChat, rows)


async def groq_models(request: web.Request) -> web.Response:
    """GET /groq/openai/v1/models"""
    more = {"object": "model", "created": 1700000000, "owned_by": "Meta", "active": True}
    rows = [
        {"id": name, **more, "context_window": 131072, "max_completion_tokens": 32768}
        for name in ("llama-3.3-70b-versatile", "openai/gpt-oss-20b", *request.app[STATE].models)
    ]
    rows.append({"id": "retired", **more, "active": False, "context_window": 8192})
    rows.append({"id": "whisper-large-v3", **more, "context_window": 448})
    return _listed(request, GroqChat, rows)


def _listed(request: web.Request, kind: type[Chat], rows: list[dict]) -> web.Response:
    try:
        check_key(request, kind.needs_key, kind.bad_key)
    except Wrong as wrong:
        error = {"message": str(wrong), "type": wrong.kind, "code": "invalid_api_key"}
        return web.json_response({"error": error}, status=wrong.status)
    return web.json_response({"object": "list", "data": rows})


def routes() -> list[web.RouteDef]:
    """Return what is served."""
    return [
        web.get("/v1/models", models),
        web.post("/v1/chat/completions", _serve(Chat)),
        web.post("/unlisted/v1/chat/completions", _serve(Chat)),  # by a server without a list
        web.get("/openai/v1/models", openai_models),
        web.post("/openai/v1/chat/completions", _serve(KeyedChat)),
        web.get("/groq/openai/v1/models", groq_models),
        web.post("/groq/openai/v1/chat/completions", _serve(GroqChat)),
        web.post("/ollama/v1/chat/completions", _serve(Chat)),
    ]
