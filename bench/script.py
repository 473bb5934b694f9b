"""Scripts: what a model's name makes the scripted model server do.

The same names work behind every protocol. A name is `fake` followed by words joined with dashes, in any order (an
unknown word answers 404):

    tMS  rN  nN        first token after MS ms; N tokens a second (0 = at once); N tokens (100)
    pN                 a blank line after every N tokens
    eCODE  eCODExK     answer with this HTTP status; with xK only the first K times
    html502  html502xK the same with a proxy's HTML page; `full` is llama.cpp's "prompt too long"
    cutN  finN  eofN   after N tokens reset the connection; close it; end the body without a terminator
    garbageN  biglineN emptyN   after N tokens send a line that is not JSON; one of 2 MB; no choices; go on
    errN               after N tokens send an error object, then end
    stallN  stallNxMS  after N tokens send nothing for an hour, or for MS milliseconds
    holdN              after N tokens wait for POST /_release
    endless            never stop; `utf8` cuts events inside a character; `empty` sends no choices at all
    think  plain       first half as reasoning_content; no time stamps (byte-for-byte repeatable)
    tags               with think: the first half as <think> text inside the content
    tool               call the first offered tool, then answer its result with text
    callsN             with tool: N calls at once, over all offered tools in turn; `badargs` cuts their arguments
    obeys              call what the last question says: lines `call <tool> <JSON>`, a blank line between steps (OpenAI)
    halfway            wait for POST /_release in the middle of what is called (OpenAI)
    redacted           with think: the reasoning is hidden, as Anthropic and OpenAI do it
    summaries refuses  with think: a second summary; what is said is a refusal (Responses)
    failed             errN is a failed answer, no error event (Responses)
    unverified         refuse summaries of thoughts; `plainest` encrypted ones (Responses)
    unstreamed slowly  refuse to stream; keep alive before anything is said (Responses)
    newer  either      refuse chat completions; tools beside thought (OpenAI)
    continues          like llama.cpp: a trailing assistant message is continued after its last word
    nodone  nousage    leave out [DONE]; leave out the usage
    no:WHAT:SERVICE    refuse what bench/scripted_refusals.py says, as long as it is sent (OpenAI)

A word with an underscore is a manner of real servers, see bench/manners.py: `thoughts_lone`, `finish_content_filter`.

Token i reads `w<i>@<time in ns> `, so whoever sees it on this machine can tell its age.
"""

import json
import re
import time
from dataclasses import dataclass, replace

from bench.manners import DOCUMENTED, Manners
from bench.scripted_refusals import MANNERS

WORD = re.compile(r"(stall|garbage|cut|fin|eof|err|bigline|empty|hold|calls|t|r|n|p|e)(\d+(?:\.\d+)?)(?:x(\d+))?")
_ORDER = re.compile(r"^call (\S+) ?(.*)$", re.MULTILINE)
MANNER = re.compile(r"([a-z]+)_(\w+)")
PAGE = re.compile(r"html(\d{3})(?:x(\d+))?")
FLAGS = {
    "think",
    "tags",
    "plain",
    "tool",
    "badargs",
    "obeys",
    "halfway",
    "redacted",
    "summaries",
    "refuses",
    "failed",
    "unverified",
    "plainest",
    "newer",
    "either",
    "unstreamed",
    "slowly",
    "utf8",
    "endless",
    "continues",
    "nodone",
    "nousage",
    "full",
    "empty",
}
HOUR = 3600.0
WINDOW = 8192


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens just before token `at`; `pause` is a stall's length in seconds."""

    kind: str
    at: int
    pause: float = HOUR


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP status instead of a reply, for the first `times` requests (None: always)."""

    status: int
    times: int | None = None
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What a model's name asks for. Times in seconds, `rate` in tokens per second (0 = no pace)."""

    first: float = 0.0
    rate: float = 0.0
    length: int = 100
    paragraph: int = 0
    refusal: Refusal | None = None
    faults: tuple[Fault, ...] = ()
    flags: frozenset[str] = frozenset()
    text: tuple[str, ...] | None = None
    reasoning: tuple[str, ...] = ()
    finish: str = "stop"
    calls: int = 1
    refuses: tuple[str, ...] = ()
    manners: Manners = DOCUMENTED

    @classmethod
    def parse(cls, model: str) -> "Script | None":
        """Read a model's name (a provider prefix before `/` is ignored). None if it is no script."""
        head, *words = model.rsplit("/", 1)[-1].split("-")
        script = cls() if head == "fake" else None
        for word in words:
            script = script and script._with(word)
        return script

    def _with(self, word: str) -> "Script | None":
        if word in FLAGS:
            return replace(self, flags=self.flags | {word})
        if word.startswith("no:"):
            name = word.removeprefix("no:")
            return replace(self, refuses=(*self.refuses, name)) if name in MANNERS else None
        if page := PAGE.fullmatch(word):
            return replace(self, refusal=Refusal(int(page[1]), page[2] and int(page[2]), is_page=True))
        if manner := MANNER.fullmatch(word):
            manners = self.manners.having(manner[1], manner[2])
            return manners and replace(self, manners=manners)
        if not (match := WORD.fullmatch(word)):
            return None
        key, number, times = match[1], float(match[2]), match[3] and int(match[3])
        match key:
            case "t":
                return replace(self, first=number / 1000)
            case "r":
                return replace(self, rate=number)
            case "n":
                return replace(self, length=int(number))
            case "p":
                return replace(self, paragraph=int(number))
            case "calls":
                return replace(self, calls=int(number))
            case "e":
                return replace(self, refusal=Refusal(int(number), times))
        pause = HOUR if times is None else times / 1000
        return replace(self, faults=(*self.faults, Fault(key, int(number), pause)))

    def told(self, text: str, reasoning: str, piece: int) -> "Script":
        """Return this script saying `text` after `reasoning`, in tokens of `piece` characters."""
        thoughts, words = (
            tuple(whole[at : at + piece] for at in range(0, len(whole), piece)) for whole in (reasoning, text)
        )
        return replace(self, text=words, reasoning=thoughts, length=len(words) + len(thoughts))

    def capped(self, limit: int | None) -> "Script":
        """Return this script within the request's own limit of tokens."""
        if not isinstance(limit, int) or limit >= self.length:
            return self
        return replace(self, length=limit, finish="length")

    def shaped(self, schema: dict | None) -> "Script":
        """Return this script answering by a schema, where one is asked for and no text is given."""
        return self if schema is None or self.text else self.told(json.dumps(plausible(schema)), "", 4)

    def piece(self, i: int) -> str:
        """Return the text of token i."""
        opening, closing = self.manners.tags
        before = opening if i == 0 and (self.thinking or self.manners.thoughts == "rest") else ""
        return before + self._word(i) + (closing if i == self.thinking - 1 else "")

    def _word(self, i: int) -> str:
        if self.text is not None:
            return (self.reasoning + self.text)[i]
        word = f"w{i} " if "plain" in self.flags else f"w{i}@{time.time_ns()} "
        if "utf8" in self.flags:
            word = f"é漢😀{word}"
        half = self.thinking
        if "tags" in self.flags and half:
            word = ("<think>" if i == 0 else "") + word + ("</think>" if i == half - 1 else "")
        return word + ("\n\n" if self.paragraph and (i + 1) % self.paragraph == 0 else "")

    @property
    def is_inline(self) -> bool:
        """Return whether the reasoning is sent as content."""
        return "tags" in self.flags or self.manners.tags != ("", "")

    @property
    def thinking(self) -> int:
        """Return how many tokens at the start are reasoning."""
        if self.text is not None:
            return len(self.reasoning)
        return self.length // 2 if "think" in self.flags else 0


def plausible(schema: dict, name: str = "value") -> object:
    """Return a value that fits the usual parts of a JSON schema."""
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if options := schema.get("enum"):
        return options[0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return plausible(schema[key][0], name)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            fields = schema.get("properties", {})
            return {key: plausible(fields.get(key, {}), key) for key in schema.get("required") or fields}
        case "array":
            return [plausible(schema.get("items", {}), name)]
        case "integer" | "number":
            return schema.get("minimum", 2)
        case "boolean":
            return True
        case "null":
            return None
    return f"sample {name}"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool; `arguments` is JSON, unless the script says otherwise."""

    id: str
    name: str
    arguments: str


def calls_due(script: Script, tools: list[tuple[str, dict]], is_answered: bool, turn: int) -> list[Call]:
    """Return the calls that are due now, none when it is time for text; `tools` are names and schemas."""
    if "tool" not in script.flags or not tools or is_answered:
        return []
    due = []
    for n in range(script.calls):
        name, schema = tools[n % len(tools)]
        arguments = json.dumps(plausible(schema or {"type": "object"}))
        due.append(Call(f"call_{turn}_{n}", name, arguments[:-1] if "badargs" in script.flags else arguments))
    return due


def ordered(question: str, done: int, turn: int) -> list[Call]:
    """Return the calls that a question orders for the next step, `done` of them being answered."""
    steps = [lines for part in re.split(r"\n\s*\n", question) if (lines := _ORDER.findall(part))]
    if done >= len(steps):
        return []
    return [Call(f"call_{turn}_{n}", name, given or "{}") for n, (name, given) in enumerate(steps[done])]


def token_count(text: str) -> int:
    """Return how many tokens the scripted tokenizer sees: words and single other characters."""
    return len(re.findall(r"\w+|\W", text))


def continued_from(script: Script, said: str) -> int:
    """Return the token to go on with: after the words of an unfinished answer that was sent, else 0."""
    if "continues" not in script.flags:
        return 0
    if script.text is None:
        return len(re.findall(r"w\d+", said))
    at = 0
    while at < script.length and said:
        said, at = said[len(script.piece(at)) :], at + 1
    return at
