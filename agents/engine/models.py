"""What is known of a model before it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that an endpoint offers, and what it is known to do; None = not known.

    `context_window` and `max_output` are in tokens, prices in US dollars for a million tokens. `can_continue`:
    an unfinished assistant message can be continued in place. `has_tokenizer`: count_tokens works there.
    `is_window_guessed`: nobody tells how much it reads, so a cautious figure stands for that.
    """

    id: str
    context_window: int | None = None
    can_continue: bool = False
    has_tokenizer: bool = False
    label: str = ""
    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    max_output: int | None = None
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    is_window_guessed: bool = False


def remembered(found: Iterable[ModelInfo], before: Mapping[str, int]) -> list[ModelInfo]:
    """Return models with the windows that were told of them `before`, where they are guessed now.

    Ollama tells that of a model while it is in memory.
    """
    return [
        replace(one, context_window=before[one.id], is_window_guessed=False)
        if one.is_window_guessed and one.id in before
        else one
        for one in found
    ]
