"""A request as a model takes it: what it is known not to take is left out, put otherwise or said in words."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count, groupby
from typing import Any

from agents.engine.parts import dropped, file_text, in_words, text_part, unseen, unsigned, with_pictures
from agents.engine.values import Ask, Endpoint, Manners, Turn

#: What is left out beside the fields of a request.
TOOLS, IMAGES, FILES, SYSTEM, TURNS = ABILITIES = ("tools", "images", "files", "system", "turns")
#: The model does not think beside tools; OpenAI's own: it is asked by its other protocol, does not tell what it thinks,
#: or hides no thought to carry.
THINKING, CHAT, SUMMARIES, THOUGHTS = "thinking", "chat_completions", "summaries", "thoughts"
#: What it was given of its earlier thoughts is another's. That is so in this conversation, and not remembered of it.
EARLIER = "earlier_thoughts"
STREAM = "stream"  # its answers come in one piece
CACHE = "cache_control"  # Anthropic's: what is marked to be kept in its cache
#: Names under which one thing goes, by the one that Manners use.
SPELLINGS = {
    "max_tokens": ("max_tokens", "max_completion_tokens", "max_output_tokens"),
    "continue_final_message": ("continue_final_message", "add_generation_prompt"),
}
_CANONICAL = {
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "add_generation_prompt": "continue_final_message",
}
#: Models that are known before they are asked, by provider: CherryHQ/cherry-studio#3242 (2025-03).
_WITHOUT_SYSTEM = {"google": re.compile(r"gemma-(1|2|3)")}
_BEGUN = "[The conversation begins.]"
_UNANSWERED = "[No answer was given.]"
_PICTURES, _THEY_FOLLOW = "[Pictures of the result of %s:]", "[The pictures of the result follow.]"
_IN_FORM = "Answer with JSON alone, which follows this JSON schema:\n"


def known(endpoint: Endpoint, model: str) -> Manners:
    """Return what is known without asking: Anthropic's and Google's conversations begin with a question."""
    found = {TURNS} if endpoint.protocol in ("anthropic", "google") else set()
    names = _WITHOUT_SYSTEM.get(endpoint.provider or endpoint.protocol)
    if names and names.search(model):
        found.add(SYSTEM)
    return Manners(frozenset(found))


def applied(ask: Ask) -> Ask:
    """Return the request without what its model does not take, whatever protocol it goes by.

    What a body alone can leave out is left to `trimmed`. Neighbouring turns of one role are always joined.
    """
    manners = known(ask.endpoint, ask.model) | ask.manners
    without, turns, changed = manners.without, ask.turns, {"manners": manners}
    if TOOLS in without and not ask.needs_tools:
        turns = _mapped(turns, in_words)
        changed["tools"] = ()
    if IMAGES in without or FILES in without:
        turns = _mapped(turns, lambda part: unseen(part) if _kind(part) in without else part)
    if manners.most_images:
        turns = _with_newest(turns, manners.most_images)
    if ask.output is not None and "response_format" in without:
        turns = (Turn.of("system", _IN_FORM + json.dumps(ask.output)), *turns)
        changed["output"] = None
    if THOUGHTS in without or EARLIER in without:
        turns = _mapped(turns, unsigned)
    if ask.protocol == "openai":
        turns = tuple(part for turn in turns for part in _with_pictures_apart(turn))
    turns = joined(turns)
    if SYSTEM in without:
        turns = joined(_without_system(turns))
    if TURNS in without:
        turns = alternating(turns)
    return replace(ask, turns=turns, **changed, **_settings(ask, manners))


def _settings(ask: Ask, manners: Manners) -> dict[str, Any]:
    """Temperature, effort and length as the model takes them."""
    found: dict[str, Any] = {}
    if "temperature" in manners.without:
        found["temperature"] = None
    if "reasoning_effort" in manners.without:
        found["reasoning"] = None
    elif THINKING in manners.without and ask.tools:
        found["reasoning"] = "off"
    if "max_tokens" in manners.without:
        found["max_tokens"] = None
    elif manners.longest and ask.max_tokens:
        found["max_tokens"] = min(ask.max_tokens, manners.longest)
    return found


def trimmed(body: Mapping[str, Any], manners: Manners) -> dict[str, Any]:
    """Return a request's body without the fields that are left out, and with those renamed that have another name."""
    gone = {spelling for name in manners.without - set(ABILITIES) for spelling in SPELLINGS.get(name, (name,))}
    if "stream" in gone:
        gone.add("stream_options")
    return {manners.renamed.get(canonical(name), name): value for name, value in body.items() if name not in gone}


def canonical(field: str) -> str:
    """Return the name by which Manners know a field."""
    return _CANONICAL.get(field, field)


def sent(ask: Ask) -> set[str]:
    """Return what of all that could be left out an applied request holds, as far as it is not a body's alone."""
    parts = list(_all_parts(ask.turns))
    kinds = {_kind(part) for part in parts}
    has_calls = not ask.needs_tools and (bool(ask.tools) or TOOLS in kinds)
    holds = {
        TOOLS: has_calls,
        IMAGES: IMAGES in kinds,
        FILES: FILES in kinds,
        SYSTEM: any(turn.role == "system" for turn in ask.turns),
        TURNS: alternating(ask.turns) != ask.turns,
        THINKING: bool(ask.tools) and ask.reasoning != "off",
        "temperature": ask.temperature is not None,
        "max_tokens": ask.max_tokens is not None,
        "reasoning_effort": ask.reasoning is not None or ask.endpoint.protocol == "google",  # it is asked for thoughts
        "response_format": ask.output is not None,
        CHAT: ask.endpoint.is_openai and ask.protocol == "openai",
        SUMMARIES: ask.protocol == "responses",
        THOUGHTS: ask.protocol == "responses",
        STREAM: ask.protocol == "responses",
        EARLIER: any("providerMetadata" in part for part in parts),
        CACHE: ask.protocol == "anthropic",
    }
    return {name for name, is_sent in holds.items() if is_sent} - ask.manners.without


def _kind(part: Mapping) -> str:
    """What a model must take to read a part, "" for text."""
    match part["type"]:
        case "image":
            return IMAGES
        case "file" if file_text(part) is None:
            return FILES
        case "tool-call" | "tool-result":
            return TOOLS
    return ""


def _mapped(turns: Iterable[Turn], change: Callable[[Mapping], Mapping]) -> tuple[Turn, ...]:
    """Change all parts, and the images of results."""
    return tuple(replace(turn, parts=tuple(_changed(part, change) for part in turn.parts)) for turn in turns)


def _changed(part: Mapping, change: Callable[[Mapping], Mapping]) -> Mapping:
    found = change(part)
    is_seen = found["type"] == "tool-result" and found.get("images")
    return with_pictures(found, map(change, found["images"])) if is_seen else found


def images(turns: Iterable[Turn]) -> list[Mapping]:
    """Return the images of a conversation, those of tools among them."""
    return [part for part in _all_parts(turns) if _kind(part) == IMAGES]


def _all_parts(turns: Iterable[Turn]) -> Iterator[Mapping]:
    for turn in turns:
        for part in turn.parts:
            yield part
            yield from part.get("images", ())


def _with_newest(turns: tuple[Turn, ...], most: int) -> tuple[Turn, ...]:
    """Only so many images, the newest; words stand for those before."""
    too_many, n = len(images(turns)) - most, count()
    return _mapped(turns, lambda part: dropped(part) if _kind(part) == IMAGES and next(n) < too_many else part)


# ---- roles ----------------------------------------------------------------------------------------------
def joined(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Return the conversation with neighbouring turns of one role as one: two people wrote, or one was not answered."""
    return tuple(_one([turn for turn in group if turn.parts], role) for role, group in groupby(turns, _role))


def _role(turn: Turn) -> str:
    return turn.role


def _one(turns: list[Turn], role: str) -> Turn:
    if len(turns) == 1:
        return turns[0]
    parts: list[Mapping] = []
    for turn in turns:
        first, *rest = turn.parts
        if parts and _is_plain(parts[-1]) and _is_plain(first):
            parts[-1] = text_part("\n\n".join(filter(None, (parts[-1]["text"], first["text"]))))
            parts += rest
        else:
            parts += turn.parts
    return Turn(role, tuple(parts))


def _with_pictures_apart(turn: Turn) -> Iterator[Turn]:
    """A tool's message holds text alone in chat completions: its pictures go as a question behind the results."""
    if turn.role != "assistant" or not any(part.get("images") for part in turn.parts):
        yield turn
        return
    names = {part["toolCallId"]: part["toolName"] for part in turn.parts if part["type"] == "tool-call"}
    for is_result, group in groupby(turn.parts, lambda part: part["type"] == "tool-result"):
        said = tuple(group)
        yield Turn("assistant", tuple({name: one for name, one in part.items() if name != "images"} for part in said))
        shown = [part for part in said if part.get("images")]
        if is_result and shown:
            told = ((text_part(_PICTURES % names.get(one["toolCallId"], "")), *one["images"]) for one in shown)
            yield Turn("user", tuple(chain.from_iterable(told)))


def _is_plain(part: Mapping) -> bool:
    return part["type"] == "text" and "providerMetadata" not in part


def _without_system(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The system prompt's words go in front of the first question."""
    return tuple(replace(turn, role="user") if turn.role == "system" else turn for turn in turns)


def alternating(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Return joined turns so that a question comes first, and an answer stands behind each tool's result."""
    found: list[Turn] = []
    for turn in turns:
        before = found[-1] if found else None
        if turn.role == "assistant" and (before is None or before.role == "system"):
            found.append(Turn.of("user", _BEGUN))
        if turn.role == "user" and before and before.parts and before.parts[-1]["type"] == "tool-result":
            is_shown = turn.parts[0]["type"] == "text" and turn.parts[0]["text"].startswith(_PICTURES[:12])
            told = _THEY_FOLLOW if is_shown else _UNANSWERED
            found[-1] = replace(before, parts=(*before.parts, text_part(told)))
        found.append(turn)
    return tuple(found)
