"""What all readers need: values that may be anything, brought to what our documents hold."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from chats.models import Role

MOST_TITLE = 200  # characters
_MILLISECONDS = 100_000_000_000  # seconds since 1970 are less until the year 5138
MOST_FILES = 2_000  # of one chat
#: Pictures that are drawn anew when they are kept; a file of another kind is one to read.
_PICTURES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
_DATA = re.compile(r"data:(?P<kind>[\w.+-]+/[\w.+-]+)(?:;[\w-]+=[\w.-]+)*;base64,", re.ASCII | re.IGNORECASE)


class Brought(NamedTuple):
    """A chat as our documents hold it, and what of it could not be brought: sentences with how often."""

    chat: dict
    left: Counter


@dataclass
class Branches:
    """The messages of a chat as they are read: those left out hand their place on to what stands above them."""

    begun: str  # a date for messages that have none
    messages: list[dict] = field(default_factory=list)
    _places: dict[str, str | None] = field(default_factory=dict)
    _dates: dict[str | None, str] = field(default_factory=dict)

    def place(self, name: object) -> str | None:
        """The message that stands for this node: itself, or the nearest one above that was kept."""
        return self._places.get(text(name)) if name is not None else None

    def skip(self, name: str, parent: object) -> None:
        """Leave a node out; what hangs on it will hang on its parent."""
        self._places[name] = self.place(parent)

    def add(self, name: str, parent: object, role: str, parts: list[dict], at: object, **fields) -> None:
        """Keep a node as a message; one without a date has that of its parent."""
        above = self.place(parent)
        date = self._dates[name] = moment(at) or self._dates.get(above, self.begun)
        kept = {"id": name, "parent": above, "role": role, "parts": parts, "created_at": date}
        self.messages.append(kept | fields)
        self._places[name] = name


@dataclass
class Inline:
    """The files of a chat that stand in it as `data:` addresses, as our documents hold them."""

    files: list[dict] = field(default_factory=list)

    def part(self, address: object, message: str, name: str = "") -> dict | None:
        """Keep what an address holds as a file of the message; return the part that names it, None for another one."""
        found = _DATA.match(text(address))
        if found is None or len(self.files) == MOST_FILES:
            return None
        kind = found["kind"].lower()
        file = f"inline-{len(self.files) + 1}"
        ending = kind.partition("/")[2].partition("+")[0]
        name = line(name, 200) or f"{file}.{ending}"
        kept = {"id": file, "message": message, "name": name, "mime_type": kind, "data": address[found.end() :]}
        self.files.append(kept)
        if kind in _PICTURES:
            return {"type": "image", "image": file, "mimeType": kind}
        return {"type": "file", "data": file, "mimeType": kind, "name": name}


def linked(title: str, address: str) -> str:
    """A link in Markdown, whose words are no markup; the words alone where the address is none of the web."""
    words = re.sub(r"([\\`*_\[\]<>])", r"\\\1", line(title) or line(address))
    is_web = address.startswith(("https://", "http://")) and not re.search(r"[\s<>]", address)
    return f"[{words}](<{address}>)" if is_web else words


def identity(given: object, nodes: Iterable[str]) -> str:
    """What a chat is known by where it comes from: its id, or else a digest of its messages' ids."""
    return line(given, 100) or hashlib.sha256("\n".join(sorted(nodes)).encode(errors="replace")).hexdigest()


def in_order(nodes: dict[str, object], parents: dict[str, object]) -> list[str]:
    """The names of nodes, each behind its parent, else as they come; what hangs in a ring is reached from its first."""
    found: dict[str, None] = {}
    for name in nodes:
        way: dict[str, None] = {}
        at: object = name
        while isinstance(at, str) and at in nodes and at not in found and at not in way:
            way[at] = None
            at = parents.get(at)
        found |= dict.fromkeys(reversed(way))
    return list(found)


def text(value: object) -> str:
    """The value if it is a text, else nothing."""
    return value if isinstance(value, str) else ""


def line(value: object, most: int = MOST_TITLE) -> str:
    """A text on one line, cut."""
    return " ".join(text(value).split())[:most]


def mapping(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list:
    return value if isinstance(value, list) else []


def role(value: object) -> str | None:
    """One of ours, or None."""
    known = {"developer": Role.SYSTEM, "function": Role.TOOL, "model": Role.ASSISTANT, "human": Role.USER}
    found = known.get(text(value), value)
    return str(found) if found in Role.values else None


def moment(value: object) -> str | None:
    """A number of seconds since 1970, or of smaller parts of them, or ISO 8601; None where it is no date."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            return None
        while value >= _MILLISECONDS:
            value /= 1000
        return datetime.fromtimestamp(value, UTC).isoformat()
    except (ValueError, OverflowError):
        return None
