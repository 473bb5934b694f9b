"""Open WebUI's export of chats: a list of rows, each with its `chat`; older ones hold a list of messages, no tree."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext_noop

from chats.transfer.readers import details
from chats.transfer.readers.values import (
    Branches,
    Brought,
    Inline,
    identity,
    in_order,
    line,
    linked,
    listed,
    mapping,
    moment,
    role,
    text,
)

FILES = gettext_noop("Files, which are not in the file")
FOLDERS = gettext_noop("Folders, whose names are not in the file")
_PICTURE = re.compile(r"!\[([^\]\n]*)\]\((data:[^)\s]+)\)")


def fits(item: dict) -> bool:
    chat = mapping(item.get("chat"))
    return isinstance(chat.get("messages"), list) or isinstance(chat.get("history"), dict)


def read(item: dict) -> Brought:
    """Return one chat with all its branches."""
    chat, left = mapping(item["chat"]), Counter()
    begun = moment(item.get("created_at")) or moment(chat.get("timestamp")) or "1970-01-01T00:00:00+00:00"
    nodes, parents, current = _nodes(chat)
    branches = Branches(begun)
    reading = _Reading(branches, left=left)
    for name in in_order(nodes, parents):
        reading.add(name, parents.get(name), nodes[name])
    left[FOLDERS] += bool(item.get("folder_id"))
    made = {
        "origin": f"open-webui:{identity(item.get('id') or chat.get('id'), nodes)}",
        "title": line(item.get("title")) or line(chat.get("title")),
        "created_at": begun,
        "updated_at": moment(item.get("updated_at")) or begun,
        "settings": _settings(chat),
        "is_pinned": item.get("pinned") is True,
        "tags": [{"name": name, "color": None} for name in _tags(item, chat)],
        "archives": ["Open WebUI"] if item.get("archived") is True else [],
        "current": branches.place(current) or (branches.messages[-1]["id"] if branches.messages else None),
        "messages": branches.messages,
        "files": reading.files.files,
    }
    return Brought(made, left)


def _nodes(chat: dict) -> tuple[dict[str, dict], dict[str, object], object]:
    """The messages by their ids, the parents by the same, and the end of the branch on show."""
    history = mapping(chat.get("history"))
    if tree := mapping(history.get("messages")):
        nodes = {name: mapping(node) for name, node in tree.items()}
        return nodes, {name: node.get("parentId") for name, node in nodes.items()}, history.get("currentId")
    row = [mapping(message) for message in listed(chat.get("messages"))]
    nodes = {text(message.get("id")) or f"message-{n}": message for n, message in enumerate(row)}
    parents = {name: above for above, name in pairwise(nodes)}
    return nodes, parents, next(reversed(nodes), None)


@dataclass
class _Reading:
    """A chat as it is read: its messages, the files in them, and what cannot come."""

    branches: Branches
    files: Inline = field(default_factory=Inline)
    left: Counter = field(default_factory=Counter)

    def add(self, name: str, parent: object, node: dict) -> None:
        """Read one message. One that several models' answers were merged into stands beside them."""
        speaker = role(node.get("role"))
        parts = [*self._said(name, node, speaker), *self._given(name, node)] if speaker else []
        if not parts:
            self.branches.skip(name, parent)
            return
        model = line(node.get("model")) if speaker == "assistant" else ""
        metadata = {"model": model, "label": line(node.get("modelName")) or model} if model else {}
        self.branches.add(name, parent, speaker, parts, node.get("timestamp"), metadata=metadata)
        if merged := details.of_text(text(mapping(node.get("merged")).get("content"))):
            self.branches.add(f"{name}-merged", parent, speaker, merged, node.get("timestamp"), metadata={})

    def _said(self, name: str, node: dict, speaker: str) -> Iterator[dict]:
        """The words, with thoughts, calls and pictures in their places, then what was cited, and what went wrong."""
        content = _content(node.get("content"))
        if speaker != "assistant":
            parts = details.said("text", content)
        else:
            parts = details.of_items(node.get("output"), content) or details.of_text(content)
        for part in parts:
            yield from self._pictured(name, part["text"]) if part["type"] == "text" else (part,)
        yield from details.said("text", _cited(node.get("sources")))
        yield from details.said("text", _failed(node.get("error")))

    def _pictured(self, name: str, words: str) -> Iterator[dict]:
        """A text, and the pictures in it."""
        at = 0
        for found in _PICTURE.finditer(words):
            if part := self.files.part(found[2], name):
                yield from details.said("text", words[at : found.start()])
                yield part
                at = found.end()
        yield from details.said("text", words[at:])

    def _given(self, name: str, node: dict) -> Iterator[dict]:
        """The files beside a message, as far as they stand in the export."""
        given = [mapping(file) for file in listed(node.get("files"))]
        places = [(file.get("url"), text(file.get("name"))) for file in given]
        pieces = [mapping(mapping(piece).get("image_url")) for piece in listed(node.get("content"))]
        places += [(piece.get("url"), "") for piece in pieces if piece]
        for address, called in dict.fromkeys(place for place in places if isinstance(place[0], str | None)):
            part = self.files.part(address, name, called)
            self.left[FILES] += part is None
            if part:
                yield part


def _content(value: object) -> str:
    """A text, or a list of pieces of which some are."""
    pieces = (text(mapping(piece).get("text")) for piece in listed(value))
    return text(value) or "\n\n".join(filter(None, pieces))


def _cited(sources: object) -> str:
    """What a reply's numbers stand for, as a list: each that was found counts once, in the order in which it came."""
    found: dict[str, str] = {}
    for given in map(mapping, listed(sources)):
        source = mapping(given.get("source"))
        for about in map(mapping, listed(given.get("metadata")) or [{}]):
            place = text(about.get("source")) or text(source.get("id")) or text(source.get("url"))
            address = place if "://" in place else text(source.get("url"))
            title = text(about.get("title")) or text(about.get("name")) or address or text(source.get("name"))
            if place or title:
                found.setdefault(place or title, linked(title or place, address))
    return "\n".join(f"{n}. {link}" for n, link in enumerate(found.values(), start=1))


def _failed(error: object) -> str:
    """Why a reply failed, as a quote: the words of its service."""
    said = text(error) or text(mapping(error).get("content")) or text(mapping(error).get("message"))
    return "\n".join(f"> {row}" for row in said.strip().splitlines())


def _settings(chat: dict) -> dict:
    prompt = text(mapping(chat.get("params")).get("system")) or text(chat.get("system"))
    return {"system_prompt": prompt[:20_000]} if prompt.strip() else {}


def _tags(item: dict, chat: dict) -> list[str]:
    """Names, which stand in one of two places, some as objects."""
    given = listed(mapping(item.get("meta")).get("tags")) or listed(chat.get("tags"))
    names = (line(tag if isinstance(tag, str) else mapping(tag).get("name"), 50) for tag in given)
    return list(dict.fromkeys(filter(None, names)))[:20]
