"""What is known of a model before it is asked."""

from dataclasses import dataclass
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
