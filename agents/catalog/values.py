"""Models as people choose them: plain values."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple, Protocol, Self
from uuid import UUID

from agents.engine import Endpoint, Manners, ModelInfo
from agents.models import BUNDLED

#: What a model can do, by what its manners leave out.
_ABILITIES = {"tools": "tools", "images": "vision", "continue_final_message": "can_continue"}


class NamesModel(Protocol):
    """A row that says which model answers, or answered: a run, a chat."""

    api_key_id: UUID | None
    provider: str
    model: str


class Reference(NamedTuple):
    """Which model, and under which key; no key = the instance's environment, or the bundled model."""

    api_key: UUID | None
    provider: str
    model: str

    @classmethod
    def of_row(cls, row: NamesModel) -> Self:
        """Read what a row names."""
        return cls(row.api_key_id, row.provider, row.model)

    @classmethod
    def of(cls, stored: dict) -> Self:
        """Read what agents and settings store: {api_key, provider, model}."""
        key = stored.get("api_key")
        return cls(key and UUID(key), stored["provider"], stored["model"])

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read what forms send, see `value`."""
        place, _sep, model = value.partition(":")
        try:
            return cls(UUID(place), "", model)
        except ValueError:
            return cls(None, place, model)

    @property
    def value(self) -> str:
        """What forms send, e.g. `bundled:smollm2-135m-instruct`, or a key's id before the colon."""
        return f"{self.api_key or self.provider}:{self.model}"

    @property
    def stored(self) -> dict:
        return {"api_key": self.api_key and str(self.api_key), "provider": self.provider, "model": self.model}


@dataclass(frozen=True, slots=True)
class Model:
    """A model that people may choose. None = not known; prices are US dollars for a million tokens.

    `manners` is what it does not take, as its refusals have told.
    """

    provider: str
    id: str
    label: str
    context_window: int  # tokens
    has_tokenizer: bool = False
    can_continue: bool = False
    api_key: UUID | None = None
    key_label: str = ""
    holder: str = ""  # of the key: "" the person, "team", "instance"
    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    max_output: int | None = field(default=None, compare=False)
    input_price: Decimal | None = field(default=None, compare=False)
    output_price: Decimal | None = field(default=None, compare=False)
    manners: Manners = field(default=Manners(), compare=False)
    is_window_guessed: bool = field(default=False, compare=False)  # nobody tells the window

    @classmethod
    def listed(
        cls, provider: str, info: ModelInfo, window: int, *, api_key=None, key_label: str = "", holder: str = ""
    ) -> Self:
        """A model as its server listed it; `window` counts where the server tells none."""
        return cls(
            provider,
            info.id,
            info.label or info.id,
            info.context_window or window,
            info.has_tokenizer,
            info.can_continue,
            api_key,
            key_label,
            holder,
            info.vision,
            info.tools,
            info.reasoning,
            info.max_output,
            info.input_price,
            info.output_price,
            is_window_guessed=info.is_window_guessed or not info.context_window,
        )

    def taught(self, manners: Manners) -> Self:
        """The model as it is once that is known of it."""
        if not manners:
            return self
        known = self.manners | manners
        cannot = {ability: False for what, ability in _ABILITIES.items() if what in known.without}
        return replace(self, manners=known, **cannot)

    @property
    def value(self) -> str:
        """What forms send, see `Reference.value`."""
        return self.reference.value

    @property
    def reference(self) -> Reference:
        return Reference(self.api_key, self.provider, self.id)

    @property
    def window_label(self) -> str:
        """How much it reads, in short: 8k, 200k, 1M."""
        if self.context_window >= 1_000_000:
            return f"{self.context_window / 1_000_000:.1f}".rstrip("0").rstrip(".") + "M"
        return f"{round(self.context_window / 1000)}k" if self.context_window >= 1000 else str(self.context_window)

    @property
    def is_bundled(self) -> bool:
        return self.provider == BUNDLED


@dataclass(frozen=True, slots=True)
class Reached:
    """A model that can be asked, and where."""

    model: Model
    endpoint: Endpoint
