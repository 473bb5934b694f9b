"""Why a service refused: its words out of every shape that bodies of errors have, and what can be learned from them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from agents.engine import errors
from agents.engine.errors import LONGEST_TEXT, Refusal
from agents.engine.manners import (
    CACHE,
    CHAT,
    EARLIER,
    FILES,
    IMAGES,
    SPELLINGS,
    SUMMARIES,
    SYSTEM,
    THINKING,
    THOUGHTS,
    TURNS,
    canonical,
    images,
    sent,
)
from agents.engine.refusal_words import INSTEAD, KINDS, LESSONS, LONGEST, MOST_IMAGES, RANGES, REFUSES, compiled
from agents.engine.values import Ask, Learned, Manners

DEEPEST = 8
#: Where words lie in an object, the most telling place first.
_PLACES = ("error_description", "message", "detail", "error", "errors", "msg", "error_message", "description", "title")
_TITLE = re.compile(r"<title[^>]*>([^<]+)</title>", re.IGNORECASE)
_PAGE = re.compile(r"^\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)

#: What words may mean among other things, so that a refusal may come again though it was left out. Turns that do not
#: alternate are told by themselves.
GUESSED = frozenset(what for row in LESSONS if len(row.means) > 1 for what in row.means) - {TURNS}
_KINDS, _LESSONS = compiled(KINDS), compiled(LESSONS)
_NO_TOOLS = tuple(words for words, row in _LESSONS if row.means == ("tools",))
_LONGEST = tuple(re.compile(words, re.IGNORECASE) for words, _source in LONGEST)
_MOST_IMAGES = tuple(re.compile(words, re.IGNORECASE) for words, _source in MOST_IMAGES)
_REFUSES = re.compile("|".join(words for words, _source in REFUSES), re.IGNORECASE)
_RANGES = re.compile("|".join(words for words, _source in RANGES), re.IGNORECASE)
_INSTEAD = tuple(re.compile(words, re.IGNORECASE) for words, _source in INSTEAD)
#: Statuses of what may pass by itself, beside those that the model library knows.
#: Statuses that say that there is no such model, or nobody at this address who has one.
GONE = {404, 405, 410}
_PASSING = {408, 409, 424, 425, 498, 499}
#: What no request goes without; what is no field of its own.
_NEEDED = {"model", "messages"}
_NOT_FIELDS = {IMAGES, FILES, SYSTEM, TURNS, THINKING, CHAT, SUMMARIES, THOUGHTS, EARLIER, CACHE}
#: Fields by further words for them.
_ALSO = {"reasoning_effort": ("reasoningEffort", "reasoning", "thinking", "thinking_config", "effort")}


# ---- what was said --------------------------------------------------------------------------------------
def read(status: int | None, body: Any, sent_fields: Iterable[str] = ()) -> Refusal:
    """Return what a body says, be it JSON of any shape, a page, or text; bytes or as it was parsed."""
    found = _parsed(body)
    words = " ".join(_words(found).split())[:LONGEST_TEXT]
    code = next((f"{one.get('code') or ''} {one.get('type') or ''}".strip() for one in _errors(found)), "")
    return Refusal(status, words, code, tuple(dict.fromkeys(_named(found))), frozenset(sent_fields))


def _parsed(body: Any) -> Any:
    if isinstance(body, bytes | bytearray):
        body = bytes(body).decode("utf-8", "replace")
    if not isinstance(body, str):
        return body
    text = body.strip()[: 64 * 1024]
    if text[:1] in ("{", "[", '"') or text == "null":
        try:
            return orjson.loads(text)
        except ValueError:
            return text
    return text


def _words(value: Any, depth: int = 0) -> str:
    """The words in a body; of a page its title."""
    if depth > DEEPEST:
        return ""
    match value:
        case str() if value.lstrip()[:1] in ("{", "[") and not isinstance(inner := _parsed(value), str):
            return _words(inner, depth + 1)
        case str() if _PAGE.match(value):
            title = _TITLE.search(value)
            return title[1].strip() if title else ""
        case str():
            return value.strip()
        case list():
            return "; ".join(dict.fromkeys(filter(None, (_words(one, depth + 1) for one in value[:5]))))
        case dict():
            return _words_of(value, depth)
    return ""


def _words_of(body: dict, depth: int) -> str:
    said = next(filter(None, (_words(body.get(place), depth + 1) for place in _PLACES)), "")
    if place := _path(body.get("loc")):  # FastAPI's and pydantic's
        return f"{place}: {said}"
    param = body.get("param")
    more = [param] if isinstance(param, str) and " " in param else []
    metadata = body.get("metadata")
    if isinstance(metadata, dict):  # OpenRouter hands on what the provider behind it said
        more.append(_words(metadata.get("raw"), depth + 1))
    return " ".join(filter(None, dict.fromkeys((said, *more))))


def _path(places: Any) -> str:
    """The place of a fault in the body, such as `messages.0.content`, "" for what is none."""
    names = places.split(" -> ") if isinstance(places, str) else [*map(str, places)] if isinstance(places, list) else []
    return ".".join(names[1:] if names[:1] == ["body"] else names)


def _objects(value: Any, depth: int = 0) -> Iterator[dict]:
    """All objects of a body, the outer ones first."""
    if depth > DEEPEST:
        return
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        value = _parsed(value)
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _objects(one, depth + 1)


def _errors(value: Any) -> Iterator[dict]:
    """The objects that say what kind of error it is, the inner ones first."""
    yield from reversed([one for one in _objects(value) if isinstance(one.get("code") or one.get("type"), str)])


def _named(value: Any) -> Iterator[str]:
    """The fields that a body names beside its words."""
    for one in _objects(value):
        for name in (one.get("param"), one.get("field")):
            if isinstance(name, str) and name and " " not in name:
                yield name
        if place := _path(one.get("loc")):
            yield place


# ---- what it is -----------------------------------------------------------------------------------------
def fault(refusal: Refusal, retry_after: float | None = None) -> errors.EngineError | None:
    """Return what a refusal is by its words and its status, None where those do not tell."""
    match _kind(refusal):
        case "too_large":
            return errors.TooLarge()
        case "rate":
            return errors.RateLimited(retry_after=retry_after)
        case "quota":
            return errors.QuotaExceeded()
        case "place":
            return errors.PlaceRefused()
        case "key":
            return errors.AuthFailed()
        case "refused":
            return errors.BadRequest(refusal.words)
        case "gone":
            return errors.ModelGone(refusal.words)
        case "too_long":
            return errors.ContextTooLong()
    if refusal.status == 413:
        return errors.TooLarge()
    if refusal.status in _PASSING:
        return errors.Overloaded(retry_after=retry_after)
    return errors.NoTools(refusal.words) if any(words.search(refusal.text) for words in _NO_TOOLS) else None


def _kind(refusal: Refusal) -> str:
    fitting = (row for words, row in _KINDS if _is_of(row.statuses, refusal.status) and words.search(refusal.text))
    return next((row.means[0] for row in fitting), "")


def _is_of(statuses: frozenset, status: int | None) -> bool:
    return not statuses or status is None or status in statuses


# ---- what can be learned --------------------------------------------------------------------------------
def lesson(error: errors.EngineError, ask: Ask, vain: frozenset[str] = frozenset()) -> Learned | None:
    """Return what the model does not take of this request, as its refusal tells; None where it teaches nothing.

    Only what was sent counts, so the same is never learned twice. `ask` is what was sent, as `manners.applied` gave it.
    `vain`: what was left out before, which did not help.
    """
    refusal = error.refusal
    if refusal is None or not _teaches(error):
        return None
    held = (sent(ask) | {canonical(field) for field in refusal.sent}) - _NEEDED - vain
    if ask.needs_tools:
        held -= {"tools", "tool_choice"}
    words = errors.clean(refusal.words)
    return _longest(refusal, ask, words) or _most_images(refusal, ask, words) or _learned(refusal, held, words)


def _teaches(error: errors.EngineError) -> bool:
    is_refusal = isinstance(error, errors.BadRequest | errors.ServerFailed | errors.UpstreamError)
    return is_refusal and not isinstance(error, errors.ContextTooLong | errors.PlaceRefused | errors.NotFound)


def _longest(refusal: Refusal, ask: Ask, words: str) -> Learned | None:
    """The model's answers are shorter than what was asked for."""
    for pattern in _LONGEST:
        if (found := pattern.search(refusal.text)) and ask.max_tokens and 0 < int(found[1]) < ask.max_tokens:
            return Learned("longest", Manners(longest=int(found[1])), found[1], words)
    return None


def _most_images(refusal: Refusal, ask: Ask, words: str) -> Learned | None:
    """The model takes images, but not as many."""
    for pattern in _MOST_IMAGES:
        if (found := pattern.search(refusal.text)) and 0 < int(found[1]) < len(images(ask.turns)):
            return Learned("most_images", Manners(most_images=int(found[1])), found[1], words)
    return None


def _learned(refusal: Refusal, held: set[str], words: str) -> Learned | None:
    is_of_value = bool(_RANGES.search(refusal.text))
    for pattern, row in _LESSONS:
        if pattern.search(refusal.text) and (what := next((one for one in row.means if one in held), "")):
            return Learned(
                what, Manners(frozenset({what})), words=words, is_lasting=what != EARLIER and not is_of_value
            )
    for field, is_certain in _fields(refusal, held):
        if is_certain or is_of_value or _REFUSES.search(refusal.words):
            return replace(_without(field, refusal, words), is_lasting=not is_of_value)
    return None


def _fields(refusal: Refusal, held: set[str]) -> Iterator[tuple[str, bool]]:
    """The sent fields that a refusal names: in a place of their own, which is certain, or in its words."""
    named = {name: field for field in held - _NOT_FIELDS for name in _names(field)}
    for name in refusal.fields:
        top, _dot, inside = name.replace("[", ".").partition(".")
        if top in named and not (inside and top == "tools"):
            yield named[top], True
    for name in sorted(named.keys() - {"tools"}, key=len, reverse=True):
        if re.search(_as_named(name), refusal.words):
            yield named[name], False


def _as_named(name: str) -> str:
    """The pattern by which words name a field: what could be any word is quoted, or begins them as Anthropic's do."""
    is_plain = "_" in name or not name.islower() or name == "temperature"
    name = re.escape(name)
    return rf"(?<![\w-]){name}(?![\w-])" if is_plain else rf"['\"`]{name}['\"`]|^{name}(\.\w+)*: "


def _names(field: str) -> tuple[str, ...]:
    return (*SPELLINGS.get(field, (field,)), *_ALSO.get(field, ()))


def _without(field: str, refusal: Refusal, words: str) -> Learned:
    """A field is left out, or goes under the name that is asked for."""
    for pattern in _INSTEAD:
        found = pattern.search(refusal.words)
        if found and found[1] in _names(field) and found[1] not in refusal.sent:
            return Learned(field, Manners(renamed={field: found[1]}), found[1], words)
    return Learned(field, Manners(frozenset({field})), words=words)
