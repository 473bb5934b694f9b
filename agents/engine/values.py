"""What goes into the engine and what comes out: plain frozen values, free of ORM, HTTP and any model
library.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is served, and the key that belongs to exactly that address.

    `trusted` is for addresses that the operator named (the bundled model, OPENAI_BASE_URL): only those may
    lie inside the network. The key never shows in a repr.
    """

    protocol: Literal["openai"]
    base_url: str
    api_key: str = field(default="", repr=False)
    trusted: bool = False

    def __post_init__(self) -> None:
        if self.protocol != "openai":
            raise ValueError(f"There is no protocol {self.protocol!r}.")
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    @property
    def host(self) -> str:
        """Return the host's name, which is all of an address that an error may show."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_openai(self) -> bool:
        """Return whether this is OpenAI's own service, which differs from servers that only speak its
        protocol.
        """
        return self.host == "api.openai.com"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation; `parts` are the stored parts ({"type": "text", "text": …}, …)."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[Mapping, ...]

    @classmethod
    def of(cls, role: Literal["system", "user", "assistant"], text: str) -> "Turn":
        """Return a turn of one text part."""
        return cls(role, ({"type": "text", "text": text},))

    @property
    def text(self) -> str:
        """Its words, without reasoning and whatever else its parts hold."""
        return "".join(part["text"] for part in self.parts if part["type"] == "text")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a reply.

    `continue_last`: the last turn is the assistant's unfinished text, and the model is to go on with it; only
    for models whose ModelInfo says `can_continue`. `extra` is merged into the request body as it is.
    """

    endpoint: Endpoint
    model: str
    turns: tuple[Turn, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    continue_last: bool = False
    extra: Mapping = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how large things may be: seconds, bytes, characters, tries after the first.

    `first_token` runs from the request to the first event, `idle` between events, `total` over the whole
    reply.
    """

    connect: float = 10.0
    first_token: float = 120.0
    idle: float = 60.0
    total: float = 3600.0
    line_bytes: int = 1_000_000
    text_chars: int = 1_000_000
    retries: int = 2
    longest_wait: float = 20.0


@dataclass(frozen=True, slots=True)
class Text:
    """Some more of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Some more of what the model thinks before or between its answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that the server counted. `cached_tokens` are part of the input, `reasoning_tokens` of the
    output.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, as they are stored with a message."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finish:
    """The proper end of a reply: `stop`, `length` (the limit of tokens), `content_filter` or `other`."""

    reason: Literal["stop", "length", "content_filter", "other"]


Event = Text | Reasoning | Usage | Finish


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that an endpoint offers, and what its server is known to do.

    `context_window` is in tokens, None where the server does not say. `can_continue`: an unfinished assistant
    message can be continued in place. `has_tokenizer`: count_tokens works there.
    """

    id: str
    context_window: int | None = None
    can_continue: bool = False
    has_tokenizer: bool = False
