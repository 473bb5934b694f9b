"""What goes into the engine and what comes out: plain frozen values, free of ORM, HTTP and any model library."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlsplit

from agents.engine import openai_names, schemas
from agents.engine.usage import Usage

Protocol = Literal["openai", "responses", "anthropic", "google"]
Provider = Literal["openai", "anthropic", "google", "groq", "ollama", "openai_compatible", "bundled", ""]

DEFAULT_URLS: dict[str, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "google": "https://generativelanguage.googleapis.com",
    "groq": "https://api.groq.com/openai/v1",
    "ollama": "http://127.0.0.1:11434/v1",
}

OPENAI = "api.openai.com"
#: Where the paths of a protocol begin; an address may be given with it or without.
_VERSIONS = {"anthropic": "/v1", "google": "/v1beta"}
#: Ollama has OpenAI's protocol under one path and its own under another; people name either, or none.
_OLLAMA = ("/v1", "/api")


def protocol_of(provider: str) -> Protocol:
    """Return the protocol that a provider speaks: its own, or OpenAI's older one."""
    return provider if provider in get_args(Protocol) else "openai"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is served, and the key that belongs to exactly that address.

    `trusted` is for addresses that the operator named (the bundled model, OPENAI_BASE_URL): only those may
    lie inside the network. The key never shows in a repr. `provider` tells services apart that speak one
    protocol; '' = not known.
    """

    protocol: Protocol
    base_url: str
    api_key: str = field(default="", repr=False)
    trusted: bool = False
    provider: Provider = ""

    def __post_init__(self) -> None:
        if self.protocol not in get_args(Protocol):
            raise ValueError(f"There is no protocol {self.protocol!r}.")
        if self.provider not in get_args(Provider):
            raise ValueError(f"There is no provider {self.provider!r}.")
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    @property
    def host(self) -> str:
        """Return the host's name, which is all of an address that an error may show."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def root(self) -> str:
        """Return the address without the version with which Anthropic's, Google's and Ollama's paths begin."""
        if self.provider == "ollama":
            return next(
                (self.base_url.removesuffix(end) for end in _OLLAMA if self.base_url.endswith(end)), self.base_url
            )
        return self.base_url.removesuffix(_VERSIONS.get(self.protocol, ""))

    @property
    def api(self) -> str:
        """Return the address under which OpenAI's paths lie: a known service's is completed where it is a bare host."""
        if self.provider == "ollama":
            return f"{self.root}/v1"
        usual = urlsplit(DEFAULT_URLS.get(self.provider, ""))
        is_bare = usual.hostname and usual.hostname == self.host and not urlsplit(self.base_url).path
        return f"{self.base_url}{usual.path}" if is_bare else self.base_url

    @property
    def is_openai(self) -> bool:
        """Return whether this is OpenAI's own service, which differs from servers that only speak its protocol."""
        return self.host == OPENAI or self.host.endswith(f".{OPENAI}")  # eu.api.openai.com, and other regions


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation.

    `parts` are the stored parts, except that images and files hold their bytes: {"type": "text", "text"},
    {"type": "reasoning", "text"}, {"type": "source", …}, {"type": "image", "image": bytes, "mimeType"},
    {"type": "file", "data": bytes, "mimeType", "name"}, {"type": "tool-call", "toolCallId", "toolName", "args"},
    {"type": "tool-result", "toolCallId", "result", "isError"?, "images"?}, the last being image parts. Calls and
    results stand in the assistant's turn in their order. Any part may carry `providerMetadata` {provider: {…}}, which
    goes back to that one alone.
    """

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

    @property
    def weight(self) -> str:
        """Its words, with calls and results as JSON: about what a model reads of it."""
        return "".join(_weight(part) for part in self.parts)


#: Services count an image as some hundred to some thousand tokens, by its size and by rules of their own.
_IMAGE = "image " * 500


def _weight(part: Mapping) -> str:
    match part["type"]:
        case "text":
            return part["text"]
        case "tool-call":
            return f"{part['toolName']}{json.dumps(part['args'])}"
        case "tool-result":
            text = part["result"] if isinstance(part["result"], str) else json.dumps(part["result"])
            return text + _IMAGE * len(part.get("images", ()))
        case "image":
            return _IMAGE
    return ""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that the model may call; `parameters` is the JSON schema (an object) of its arguments.

    Whatever it was made with, it is as services take it.
    """

    name: str
    description: str
    parameters: Mapping
    is_followed: bool = False  # its calls are handed on while they are written, as Writing

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", schemas.sent(self.parameters))


@dataclass(frozen=True, slots=True)
class Manners:
    """What a model behind an endpoint does not take, as it is known or as refusals told it; empty = it takes all.

    `without`: what is left out of a request, by the names of chat completions' fields (`temperature`, `max_tokens`,
    `stream_options` …), or `tools`, `images`, `files`, `system` (a system prompt), `turns` (questions and answers that
    do not alternate) and what else `agents.engine.manners` names. `renamed`: fields that go under another name.
    `longest`: tokens of an answer at most. `most_images`: how many images a request may hold.
    """

    without: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    longest: int | None = None
    most_images: int | None = None

    def __bool__(self) -> bool:
        return bool(self.without or self.renamed) or (self.longest, self.most_images) != (None, None)

    def __or__(self, other: "Manners") -> "Manners":
        """Return both together; in what they differ the other's word counts."""
        renamed = {**self.renamed, **other.renamed}
        most = other.most_images or self.most_images
        return Manners(self.without | other.without, renamed, other.longest or self.longest, most)

    def as_dict(self) -> dict:
        """Return it as JSON keeps it, without what is empty."""
        found = {"without": sorted(self.without), "renamed": dict(self.renamed), "longest": self.longest}
        found["most_images"] = self.most_images
        return {name: value for name, value in found.items() if value}

    @classmethod
    def of(cls, stored: Mapping) -> "Manners":
        """Read what `as_dict` gave."""
        without, renamed = frozenset(stored.get("without", ())), dict(stored.get("renamed", {}))
        return cls(without, renamed, stored.get("longest"), stored.get("most_images"))


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a reply.

    `output` is a JSON schema that the answer must follow; its text is then JSON. `reasoning` None leaves the
    effort to the model. `continue_last`: the last turn is the assistant's unfinished text, and the model is to
    go on with it; only for models whose ModelInfo says `can_continue`. `extra` is merged into the request body
    as it is. `manners`: what the model is known not to take, which is left out of the request. `needs_tools`: the
    person named the tools, so an answer without them is none.
    """

    endpoint: Endpoint
    model: str
    turns: tuple[Turn, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    continue_last: bool = False
    extra: Mapping = field(default_factory=dict)
    tools: tuple[Tool, ...] = ()
    tool_choice: Literal["auto", "none", "required"] = "auto"
    output: Mapping | None = None
    reasoning: Literal["off", "low", "medium", "high"] | None = None
    manners: Manners = Manners()
    needs_tools: bool = False

    @property
    def protocol(self) -> Protocol:
        """Return how the model is asked: the endpoint's protocol, or the one that it needs at OpenAI itself."""
        is_told = "chat_completions" in self.manners.without
        is_newer = self.endpoint.is_openai and (is_told or openai_names.thinks(self.model))
        return "responses" if is_newer else self.endpoint.protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how large things may be: seconds, bytes, characters, tries after the first.

    `first_token` runs from the request to the first event, `idle` between events, `total` over the whole
    reply. `lessons`: how often a request is sent again without what its refusal named.
    """

    connect: float = 10.0
    first_token: float = 120.0
    idle: float = 60.0
    total: float = 3600.0
    line_bytes: int = 1_000_000
    text_chars: int = 1_000_000
    retries: int = 2
    lessons: int = 3
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
class Reconsidered:
    """The text that was handed over last, since the last thought, call or result, was a thought."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call, whole: its arguments are complete.

    `problem` says why `args` are empty where the model wrote something that is no JSON object. `metadata` is
    the part's providerMetadata. `tool` and `title` are added by whoever gave the model its tools.
    """

    id: str
    name: str
    args: Mapping
    metadata: Mapping = field(default_factory=dict)
    problem: str = ""
    tool: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """More of the arguments, as JSON, of the `number`th call of the answer, from 0; the call follows as a whole.

    `is_first`: a try begins, perhaps anew. `about` is added by whoever gave the model its tools: {toolCallId, tool,
    title, field}, the last being the argument that people read.
    """

    number: int
    name: str
    text: str
    is_first: bool
    about: Mapping = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolProgress:
    """How far a call is, in a few words; the next one takes its place."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call gave: `result` (text or JSON) is what the model reads, `show` how people see it, if otherwise.

    `seconds`: how long it ran, None = not at all. `written` are documents that it made or changed: [{documentId,
    version}].
    """

    id: str
    result: object
    is_error: bool = False
    show: Mapping | None = None
    seconds: float | None = None
    written: Sequence[Mapping] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """The providerMetadata of the part that was handed over last; of reasoning that is hidden after Reasoning("")."""

    metadata: Mapping


@dataclass(frozen=True, slots=True)
class Accepted:
    """The service has taken the request: what it reads from here on may have to be paid, whatever comes of it."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the key may still use until its limits are counted anew, as the server told; None = it did not."""

    requests_left: int | None = None
    requests_limit: int | None = None
    tokens_left: int | None = None
    tokens_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """The model does not take something, as its refusal told in `words`; it was asked again without.

    `what` is the name as in Manners, `value` the other name or the number, where there is one; `manners` is what is
    new. What is not `is_lasting` is of this request alone, such as a value out of range.
    """

    what: str
    manners: Manners
    value: str = ""
    words: str = ""
    is_lasting: bool = True


#: What an end means, whatever the service calls it.
End = Literal["stop", "length", "tool_calls", "no_call", "content_filter", "broken_call", "paused", "error", "other"]


@dataclass(frozen=True, slots=True)
class Finish:
    """The proper end of a reply, with what it means: `length` is the limit of tokens, `other` a word nobody knows.

    `no_call`: calls were announced that did not come.
    """

    reason: End


Event = (
    Text
    | Reasoning
    | Reconsidered
    | ToolCall
    | Writing
    | ToolProgress
    | ToolResult
    | Signature
    | Accepted
    | Allowance
    | Learned
    | Usage
    | Finish
)
