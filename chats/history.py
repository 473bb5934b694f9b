"""What the model is told: the branch, cut to its window in whole turns."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from agents import catalog, engine, words
from agents.engine import Turn

SYSTEM_PROMPT = "You are a helpful assistant."
#: The bundled model answers nonsense without being told so.
BUNDLED_SYSTEM_PROMPT = "You are a helpful assistant. Answer briefly."
OVERHEAD = 8  # tokens that a chat template adds to a message, at most
RESERVE, RESERVE_SHARE = 1024, 4  # tokens kept for the answer: this many, at most a quarter of the window
STRETCH = 32  # messages whose tokens are counted together: old ones that cannot fit are never counted
_ABOVE_WINDOW = words.known(
    gettext_noop(
        "This message takes %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model."
    )
)

_MAYBE_ABOVE_WINDOW = words.known(
    gettext_noop(
        "This message may take up to %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model."
    )
)
_SYSTEM_ABOVE_WINDOW = words.known(
    gettext_noop(
        "The system prompt takes %(size)s tokens; this model reads %(window)s. Shorten it in the chat's settings."
    )
)


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is sent: `left_out` messages are not, and `room` tokens of the window are free for the answer."""

    turns: tuple[Turn, ...]
    left_out: int
    room: int


class TooLong(engine.BadRequest):
    """The last message alone is above the window."""

    code = "message_too_long"

    def __init__(self, sentence: str):
        super().__init__()
        self.sentence = sentence


def system_prompt(model: catalog.Model, settings: dict, about: str = "") -> str:
    """Return what the model is told before everything else; `about` is what the person said of themselves."""
    first = settings.get("system_prompt") or (BUNDLED_SYSTEM_PROMPT if model.is_bundled else SYSTEM_PROMPT)
    return f"{first}\n\n{about}" if about else first


async def fit(
    endpoint: engine.Endpoint,
    model: catalog.Model,
    system: str,
    turns: Sequence[Turn],
    max_tokens: int | None,
) -> Fitting:
    """Return the system prompt and the last whole turns that fit.

    A turn is a user's message with the replies to it. Tokens are counted by the server's tokenizer where it has one,
    else by `engine.upper_bound`. Raises TooLong when not even the last turn fits.
    """
    first = Turn("system", ({"type": "text", "text": system},))
    reserve = min(max_tokens or RESERVE, model.context_window // RESERVE_SHARE)
    budget = model.context_window - reserve
    sizes = await _sizes(endpoint, model, [first, *turns], budget)
    budget -= sizes[0]
    if budget <= 0:
        raise TooLong(_SYSTEM_ABOVE_WINDOW % {"size": sizes[0], "window": model.context_window - reserve})
    starts = [n for n, turn in enumerate(turns) if turn.role == "user"] or [0]
    cut, used = len(turns), 0
    for start in reversed(starts):
        used += sum(sizes[start + 1 : cut + 1])
        if used > budget:
            break
        cut = start
    if cut == len(turns) > 0:
        sentence = _ABOVE_WINDOW if model.has_tokenizer else _MAYBE_ABOVE_WINDOW
        raise TooLong(sentence % {"size": used, "window": budget})
    if cut == starts[0]:
        cut = 0  # whatever stands before the first question goes with it
    sent = sizes[0] + sum(sizes[cut + 1 :])
    return Fitting((first, *turns[cut:]), cut, model.context_window - sent)


async def _sizes(endpoint, model, turns: Sequence[Turn], budget: int) -> list[int]:
    """Tokens of each turn: the bound where that decides, else counted from the newest back till the window is full."""
    texts = [turn.text for turn in turns]
    bounds = [engine.upper_bound(text) + OVERHEAD for text in texts]
    if sum(bounds) <= budget or not model.has_tokenizer:
        return bounds
    sizes, end = bounds, len(texts)
    (system,) = await engine.count_tokens(endpoint, model.id, texts[:1])
    sizes[0] = system + OVERHEAD
    while end > 1 and sizes[0] + sum(sizes[end:]) <= budget:
        start = max(end - STRETCH, 1)
        counted = await engine.count_tokens(endpoint, model.id, texts[start:end])
        sizes[start:end] = [n + OVERHEAD for n in counted]
        end = start
    return sizes
