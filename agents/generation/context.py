"""What the model is told: the branch, cut to its window in whole turns."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop

from agents import engine, tools
from agents.catalog import Model, Reached
from agents.engine import Turn
from agents.models import Agent, ToolChoice
from agents.tools import Bound
from sambung.lib import words
from teams.workspace import Workspace

SYSTEM_PROMPT = "You are a helpful assistant."
#: The bundled model answers nonsense without being told so.
BUNDLED_SYSTEM_PROMPT = "You are a helpful assistant. Answer briefly."
OVERHEAD = 8  # tokens that a chat template adds to a message, at most
RESERVE, RESERVE_SHARE = 1024, 4  # tokens kept for the answer: this many, at most a quarter of the window
ANSWER = 8192  # tokens of an answer whose model must be told a limit, where nobody knows it
BYTES_A_TOKEN = 3
SHORTEST_RESULT = 500  # characters of a tool's result that are always left
TOOLS_SHARE = 4  # tools may take a quarter of the window
STRETCH = 32  # messages whose tokens are counted together: old ones that cannot fit are never counted
_ABOVE_WINDOW = words.known(
    gettext_noop(
        "This message takes %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model."
    )
)

_ABOUT_ABOVE_WINDOW = words.known(
    gettext_noop(
        "This message takes about %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model."
    )
)
_SYSTEM_ABOVE_WINDOW = words.known(
    gettext_noop(
        "The system prompt takes %(size)s tokens; this model reads %(window)s. Shorten it in the chat's settings."
    )
)


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is sent: `left_out` messages are not. `longest`: tokens that the answer may take, None = the model's own.

    `is_least`: no turn can be left out any more.
    """

    turns: tuple[Turn, ...]
    left_out: int
    longest: int | None
    is_least: bool


class TooLong(engine.BadRequest):
    """The last message alone is above the window."""

    code = "message_too_long"

    def __init__(self, sentence: str):
        super().__init__()
        self.sentence = sentence


def has_image(turns: Iterable[Turn]) -> bool:
    """Whether images go with them."""
    return any(part["type"] == "image" for turn in turns for part in turn.parts)


def tools_of(settings: dict, agent: Agent | None, workspace: Workspace, named: Iterable[str] = ()) -> Bound:
    """The tools that a model gets with a message, as a chat is set; those that the message names count alone."""
    if settings.get("tool_choice") == ToolChoice.NONE and not named:
        return Bound()
    return tools.bind(workspace, agent=agent, chosen=settings.get("tools"), named=named)


def prompts(model: Model, settings: dict, about: str, agent: Agent | None, of_tools: str = "") -> dict[str, str]:
    """What the model is told before everything else, by where it comes from.

    `instructions` are the agent's, `system` the chat's own words or ours, and what the person said of themselves;
    `tools` what is said of the tools that are bound.
    """
    instructions = agent.instructions.strip() if agent else ""
    usual = BUNDLED_SYSTEM_PROMPT if model.is_bundled else SYSTEM_PROMPT
    system = settings.get("system_prompt") or ("" if instructions else usual)
    return {"instructions": instructions, "system": "\n\n".join(filter(None, (system, about))), "tools": of_tools}


def system_prompt(model: Model, settings: dict, about: str = "", agent: Agent | None = None, of_tools: str = "") -> str:
    """The same as one text."""
    return "\n\n".join(filter(None, prompts(model, settings, about, agent, of_tools).values()))


def readable(turns: Sequence[Turn], model: Model, offered: Sequence[engine.Tool], share: int = 1) -> list[Turn]:
    """Return the turns as this model can take them: without tools it is told of calls in words, and long results are
    cut to an eighth of the window, or to a `share`th of that.
    """
    longest = max(model.context_window * BYTES_A_TOKEN // (8 * share), SHORTEST_RESULT)
    return [replace(turn, parts=tuple(_readable(turn.parts, longest, bool(offered)))) for turn in turns]


def _readable(parts: Iterable[Mapping], longest: int, has_tools: bool) -> Iterator[Mapping]:
    for part in parts:
        if part["type"] == "tool-result":
            part = {**part, "result": engine.shortened(part["result"], longest)}
        yield part if has_tools else engine.in_words(part)


def offered(bound: Bound, model: Model) -> tuple[Bound, int]:
    """Return the tools that the model gets, and about how many tokens those take that it was meant to have.

    A model that cannot use tools gets none, and neither does one whose window they would fill.
    """
    if not bound.tools or model.tools is False:
        return bound.without_tools, 0
    told = [[tool.name, tool.description, dict(tool.parameters)] for tool in bound.offered]
    size = estimate(json.dumps(told)) + estimate(bound.instructions)
    return (bound if size <= model.context_window // TOOLS_SHARE else bound.without_tools), size


async def fit(
    reached: Reached, system: str, turns: Sequence[Turn], max_tokens: int | None, share: int = 1, aside: int = 0
) -> Fitting:
    """Return the system prompt and the last whole turns that fit into the window, or into a `share`th of it.

    A turn is a user's message with the replies to it. `aside`: tokens that something else takes. Tokens are counted
    by the server's tokenizer where it has one, else estimated. Raises TooLong when not even the last turn fits.
    """
    model = reached.model
    first = Turn("system", ({"type": "text", "text": system},))
    budget = model.context_window - reserve(model, max_tokens) - aside
    sizes = await _sizes(reached, [first, *turns], budget)
    budget -= sizes[0]
    if budget <= 0:
        raise TooLong(_SYSTEM_ABOVE_WINDOW % {"size": sizes[0], "window": budget + sizes[0]})
    cut, used = cut_at(turns, sizes[1:], budget, share)
    if cut == len(turns) > 0:
        sentence = _ABOVE_WINDOW if model.has_tokenizer else _ABOUT_ABOVE_WINDOW
        raise TooLong(sentence % {"size": used, "window": budget})
    room = model.context_window - aside - sizes[0] - sum(sizes[cut + 1 :])
    is_least = not any(turn.role == "user" for turn in turns[cut + 1 :])
    return Fitting((first, *turns[cut:]), cut, _longest(reached, max_tokens, room), is_least)


def reserve(model: Model, max_tokens: int | None) -> int:
    """Tokens of the window that are kept for the answer."""
    return min(max_tokens or RESERVE, model.context_window // RESERVE_SHARE)


def cut_at(turns: Sequence[Turn], sizes: Sequence[int], budget: int, share: int = 1) -> tuple[int, int]:
    """Return where to begin so that whole turns fit the budget, and what was added up; len(turns) = none fits.

    The last turn may take all of the budget, those before it a `share`th.
    """
    starts = [n for n, turn in enumerate(turns) if turn.role == "user"] or [0]
    cut, used = len(turns), 0
    for start in reversed(starts):
        used += sum(sizes[start:cut])
        if used > (budget if cut == len(turns) else budget // share):
            break
        cut = start
    return (0 if cut == starts[0] else cut), used  # whatever stands before the first question goes with it


def _longest(reached: Reached, max_tokens: int | None, room: int) -> int | None:
    """Anthropic must be told how long an answer may get; others know it."""
    if reached.endpoint.protocol == "anthropic":
        max_tokens = max_tokens or reached.model.max_output or ANSWER
    return max_tokens and min(max_tokens, max(room, 1))


def estimate(text: str) -> int:
    """About how many tokens a text takes: most languages and code have three to four bytes to one."""
    return len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN + OVERHEAD


async def _sizes(reached: Reached, turns: Sequence[Turn], budget: int) -> list[int]:
    """Tokens of each turn: the bound where that decides, else counted from the newest back till the window is full."""
    model, texts = reached.model, [turn.weight for turn in turns]
    bounds = [engine.upper_bound(text) + OVERHEAD for text in texts]
    if sum(bounds) <= budget:
        return bounds
    if not model.has_tokenizer:
        return [estimate(text) for text in texts]
    sizes, end = bounds, len(texts)
    (system,) = await engine.count_tokens(reached.endpoint, model.id, texts[:1])
    sizes[0] = system + OVERHEAD
    while end > 1 and sizes[0] + sum(sizes[end:]) <= budget:
        start = max(end - STRETCH, 1)
        counted = await engine.count_tokens(reached.endpoint, model.id, texts[start:end])
        sizes[start:end] = [n + OVERHEAD for n in counted]
        end = start
    return sizes
