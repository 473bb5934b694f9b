"""Google's Gemini API of the scripted server, as strict as the documentation says."""

import base64
import json
import re

from aiohttp import web

from bench.script import Call, token_count
from bench.scripted_reply import STATE, Asked, Wrong, answer, required

REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP"}
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
STATUSES |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
SIGNATURE = base64.b64encode(b"signed by the scripted server").decode()
UNSIGNED = base64.b64encode(b"skip_thought_signature_validator").decode()
MODELS = (
    ("gemini-2.5-flash", "Gemini 2.5 Flash", 1_048_576, 65_536, True, "generateContent"),
    ("gemini-2.0-flash", "Gemini 2.0 Flash", 1_048_576, 8_192, False, "generateContent"),
    ("gemini-embedding-001", "Gemini Embedding 001", 2_048, 1, False, "embedContent"),
)

INVALID_NAME = "Invalid function name. Must start with a letter or an underscore. Must be alphameric, _, ., : or -."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")


class Content(Asked):
    """POST /v1beta/models/NAME:streamGenerateContent?alt=sse"""

    # ---- what is asked
    def name(self) -> str:
        return self.request.match_info["name"]

    def check(self) -> None:
        check_key(self.request)
        required(self.request.query.get("alt") == "sse", "Only server-sent events are served here.")
        for tool in self.tools():
            required(_NAME.fullmatch(tool[0]), INVALID_NAME)
        check_contents(self._contents)

    def failure(self, status: int, message: str, kind: str) -> web.Response:
        return failure(status, message)

    def too_long(self) -> str:
        return "The input token count (1248310) exceeds the maximum number of tokens allowed (1048576)."

    def unknown(self) -> str:
        return f"models/{self.model} is not found for API version v1beta, or is not supported for generateContent."

    def prompt(self) -> str:
        parts = [part for content in self._contents for part in content["parts"]]
        system = (self.body.get("systemInstruction") or {}).get("parts") or ()
        return "".join(part.get("text", "") for part in (*system, *parts))

    def tools(self) -> list[tuple[str, dict]]:
        found = [one for tool in self.body.get("tools") or () for one in tool.get("functionDeclarations") or ()]
        return [(one["name"], _schema(one)) for one in found]

    @property
    def _contents(self) -> list[dict]:
        return self.body.get("contents") or []

    @property
    def turns(self) -> int:
        return len(self._contents)

    @property
    def is_answered(self) -> bool:
        return any("functionResponse" in part for part in self._contents[-1]["parts"])

    @property
    def limit(self) -> int | None:
        return (self.body.get("generationConfig") or {}).get("maxOutputTokens")

    @property
    def schema(self) -> dict | None:
        config = self.body.get("generationConfig") or {}
        return config.get("responseJsonSchema") or config.get("responseSchema")

    # ---- what is answered
    def _chunk(self, *parts: dict, reason: str | None = None) -> bytes:
        candidate: dict = {"index": 0, "content": {"role": "model", "parts": list(parts)}}
        if reason:
            candidate["finishReason"] = reason
        chunk = {"candidates": [candidate], "modelVersion": self.model, "responseId": f"r{self.number}"}
        return f"data: {json.dumps(chunk | {'usageMetadata': self._usage()})}\r\n\r\n".encode()

    def _usage(self) -> dict:
        counted, thinking, length = self.counted(), self.script.thinking, self.script.length
        usage = {"promptTokenCount": counted, "candidatesTokenCount": length - thinking}
        usage["totalTokenCount"] = counted + length
        usage["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": counted}]
        system = (self.body.get("systemInstruction") or {}).get("parts")
        if system and self.turns > 1:  # what was sent before, the service keeps by itself
            usage["cachedContentTokenCount"] = token_count("".join(part.get("text", "") for part in system))
        return usage | ({"thoughtsTokenCount": thinking} if thinking else {})

    def opening(self) -> bytes:
        return b""

    def frames(self, kind: str) -> list[bytes]:
        part = {"text": "\0"} if kind == "text" else {"text": "\0", "thought": True}
        return self._chunk(part).split(b"\\u0000")

    def calling(self, calls: list[Call]) -> list[bytes]:
        parts = []
        for n, call in enumerate(calls):
            part = {"functionCall": {"name": call.name, "args": json.loads(call.arguments), "id": call.id}}
            parts.append(part | ({} if n else {"thoughtSignature": SIGNATURE}))
        return [self._chunk(*parts)] if parts else []

    def ending(self, reason: str) -> bytes:
        signed = {"text": "", "thoughtSignature": SIGNATURE}
        parts = [signed] if self.script.thinking and reason != "tool_calls" else [{"text": ""}]
        if self.script.manners.block:
            return self._blocked(self.script.manners.block)
        finish = self.script.manners.finish
        if reason == "tool_calls" or not finish:
            return self._chunk(*parts, reason=REASONS[reason])
        return self._chunk(*(parts if self.script.length else ()), reason=finish)

    def _blocked(self, reason: str) -> bytes:
        feedback = {"promptFeedback": {"blockReason": reason}, "usageMetadata": self._usage()}
        return f"data: {json.dumps(feedback)}\r\n\r\n".encode()

    def nothing(self) -> bytes:
        return f"data: {json.dumps({'usageMetadata': self._usage()})}\r\n\r\n".encode()

    def breaking(self) -> bytes:
        error = {"code": 500, "message": "scripted in-stream failure", "status": "INTERNAL"}
        return f"data: {json.dumps({'error': error})}\r\n\r\n".encode()


def failure(status: int, message: str) -> web.Response:
    """Return an error as Google words it."""
    error = {"code": status, "message": message, "status": STATUSES.get(status, "UNKNOWN")}
    if "API key not valid" in message:
        reason = {"reason": "API_KEY_INVALID", "domain": "googleapis.com"}
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo"} | reason]
    if status == 429:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}]
    return web.json_response({"error": error}, status=status)


def _schema(declared: dict) -> dict:
    """The parameters of a function; the service reads both spellings."""
    return declared.get("parametersJsonSchema") or declared.get("parameters_json_schema") or {}


def check_key(request: web.Request) -> None:
    """Raise Wrong unless a good key came, in a header or in the address."""
    key = request.headers.get("x-goog-api-key") or request.query.get("key", "")
    if not key or key == "none":
        raise Wrong("Method doesn't allow unregistered callers (callers without established identity).", 403)
    if key.startswith("bad"):
        raise Wrong("API key not valid. Please pass a valid API key.")


def check_contents(contents: list[dict]) -> None:
    """Raise Wrong for a conversation that the service would refuse."""
    required(contents, "* GenerateContentRequest.contents: contents is not specified")
    waiting: list[str] = []
    for content in contents:
        role, parts = content.get("role"), content.get("parts")
        required(role in ("user", "model"), "Please use a valid role: user, model.")
        required(parts, "GenerateContentRequest.contents: parts must not be empty")
        answered = [part["functionResponse"]["name"] for part in parts if "functionResponse" in part]
        words = "Please ensure that the number of function response parts is equal to the number of function call parts"
        required(sorted(answered) == sorted(waiting), words)
        calls = [part for part in parts if "functionCall" in part]
        required(not calls or role == "model", "Please ensure that function call turn comes from the model.")
        if calls:
            required(calls[0].get("thoughtSignature"), "Function call is missing a thought_signature.")
        waiting = [part["functionCall"]["name"] for part in calls]
        required(all(map(_NAME.fullmatch, waiting)), INVALID_NAME)
        for part in parts:
            _check_part(part)
    required(not waiting, "Please ensure that function call turns are answered.")


def _check_part(part: dict) -> None:
    if "inlineData" in part:
        data = part["inlineData"]
        kind = data.get("mimeType") or data.get("mime_type")  # the service reads both spellings
        known = ("image/png", "image/jpeg", "image/webp", "application/pdf")
        required(kind in known, f"Unsupported MIME type: {kind}")
        required(base64.urlsafe_b64decode(data["data"]), "Empty inline data.")
    known = {"text", "inlineData", "functionCall", "functionResponse"}
    required(len(known & set(part)) == 1, "Proto field is not repeating: parts must hold exactly one kind of data.")
    signature = part.get("thoughtSignature")
    required(signature in (None, SIGNATURE, UNSIGNED), "Thought signature is not valid.")


async def generate(request: web.Request) -> web.StreamResponse:
    """POST /google/v1beta/models/NAME:streamGenerateContent"""
    return await answer(Content(request, await request.json()))


async def models(request: web.Request) -> web.Response:
    """GET /google/v1beta/models, page by page."""
    try:
        check_key(request)
    except Wrong as wrong:
        return failure(wrong.status, str(wrong))
    rows = [
        {
            "name": f"models/{name}",
            "displayName": label,
            "inputTokenLimit": window,
            "outputTokenLimit": longest,
            "thinking": thinks,
            "supportedGenerationMethods": [method],
        }
        for name, label, window, longest, thinks, method in (
            *MODELS,
            *((name, name, 8192, 1024, "think" in name, "generateContent") for name in request.app[STATE].models),
        )
    ]
    start, size = int(request.query.get("pageToken") or 0), 4
    page = {"models": rows[start : start + size]}
    return web.json_response(page | ({"nextPageToken": str(start + size)} if start + size < len(rows) else {}))


def routes() -> list[web.RouteDef]:
    """Return what is served."""
    return [
        web.post("/google/v1beta/models/{name:.+}:streamGenerateContent", generate),
        web.get("/google/v1beta/models", models),
    ]
