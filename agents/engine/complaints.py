"""Errors inside an answer of status 200, in the many shapes in which servers say that something is wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

#: Fields of an object that says what is wrong, where it holds no answer.
_WORDS = ("message", "detail", "msg")
#: What an answer holds, or a piece of one: choices, candidates, blocks, or the items of Responses.
_ANSWERS = frozenset({"choices", "candidates", "content", "output", "response", "delta", "usageMetadata"})
_MOST = 64 * 1024  # bytes that are looked through


class Reported(Exception):
    """The server put an error object into its stream; `body` is that object."""

    def __init__(self, body: Mapping) -> None:
        super().__init__(str(body.get("message", "")))
        self.body = body


def complaint_of(found: Mapping, *, is_error: bool = False) -> Mapping | None:
    """Return what an object says is wrong, None where it says nothing of the kind.

    OpenAI's and Google's `error`, MiniMax's `base_resp` (adrianlyjak/obsidian-aloud-tts#114 2025-12), vLLM's object of
    its own kind, FastAPI's `detail`. `is_error`: its event is called so.
    """
    if error := found.get("error"):
        return error if isinstance(error, dict) else {"message": str(error)}
    base = found.get("base_resp")
    if isinstance(base, dict) and base.get("status_code"):  # 0 is success
        return {"message": str(base.get("status_msg") or ""), "code": str(base["status_code"])}
    if is_error or "error" in (found.get("object"), found.get("type")):
        return found
    says = any(found.get(name) and isinstance(found[name], str | list) for name in _WORDS)
    return found if says and not found.keys() & _ANSWERS else None


def complaint_in(said: bytes) -> Mapping | None:
    """Return what is wrong by the end of an answer, be that JSON or lines of a stream, None where it does not say."""
    return next((found for one in _objects(said[-_MOST:]) if (found := complaint_of(one))), None)


def _objects(said: bytes) -> Iterator[dict]:
    for piece in (said, *said.splitlines()):
        found = _parsed(piece.strip().removeprefix(b"data:"))
        yield from (one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict))


def _parsed(piece: bytes) -> Any:
    try:
        return orjson.loads(piece)
    except ValueError:
        return None
