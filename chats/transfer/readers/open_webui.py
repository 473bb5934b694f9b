"""Open WebUI's export of chats: a list of rows, each with its `chat`; older ones hold a list of messages, no tree."""

from collections import Counter
from itertools import pairwise

from django.utils.translation import gettext_noop

from chats.transfer.readers.values import (
    Branches,
    Brought,
    identity,
    in_order,
    line,
    listed,
    mapping,
    moment,
    role,
    text,
)

FILES = gettext_noop("Files, which are not in the file")
FOLDERS = gettext_noop("Folders, whose names are not in the file")
_THOUGHT, _THOUGHT_ENDS = '<details type="reasoning"', "</details>"


def fits(item: dict) -> bool:
    chat = mapping(item.get("chat"))
    return isinstance(chat.get("messages"), list) or isinstance(chat.get("history"), dict)


def read(item: dict) -> Brought:
    """Return one chat with all its branches."""
    chat, left = mapping(item["chat"]), Counter()
    begun = moment(item.get("created_at")) or moment(chat.get("timestamp")) or "1970-01-01T00:00:00+00:00"
    nodes, parents, current = _nodes(chat)
    branches = Branches(begun)
    for name in in_order(nodes, parents):
        _add(branches, name, parents.get(name), nodes[name], left)
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
        "files": [],
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


def _add(branches: Branches, name: str, parent: object, node: dict, left: Counter) -> None:
    left[FILES] += len(listed(node.get("files")))
    speaker, parts = role(node.get("role")), _parts(_content(node.get("content")))
    if speaker is None or not parts:
        branches.skip(name, parent)
        return
    model = line(node.get("model")) if speaker == "assistant" else ""
    metadata = {"model": model, "label": line(node.get("modelName")) or model} if model else {}
    branches.add(name, parent, speaker, parts, node.get("timestamp"), metadata=metadata)


def _content(value: object) -> str:
    """A text, or a list of pieces of which some are."""
    pieces = (text(mapping(piece).get("text")) for piece in listed(value))
    return text(value) or "\n\n".join(filter(None, pieces))


def _parts(content: str) -> list[dict]:
    """The text, with the thoughts in it as such: they stand there as `<details type="reasoning">` with quoted lines."""
    parts = []
    while (start := content.find(_THOUGHT)) >= 0 and (end := content.find(_THOUGHT_ENDS, start)) >= 0:
        parts += [("text", content[:start]), ("reasoning", _thought(content[start:end]))]
        content = content[end + len(_THOUGHT_ENDS) :]
    kept = ((kind, said.strip("\n")) for kind, said in [*parts, ("text", content)])
    return [{"type": kind, "text": said} for kind, said in kept if said.strip()]


def _thought(block: str) -> str:
    said = block.partition("</summary>")[2] or block.partition(">")[2]
    return "\n".join(row.removeprefix("&gt; ").removeprefix("> ") for row in said.strip().splitlines())


def _settings(chat: dict) -> dict:
    prompt = text(mapping(chat.get("params")).get("system")) or text(chat.get("system"))
    return {"system_prompt": prompt[:20_000]} if prompt.strip() else {}


def _tags(item: dict, chat: dict) -> list[str]:
    """Names, which stand in one of two places, some as objects."""
    given = listed(mapping(item.get("meta")).get("tags")) or listed(chat.get("tags"))
    names = (line(tag if isinstance(tag, str) else mapping(tag).get("name"), 50) for tag in given)
    return list(dict.fromkeys(filter(None, names)))[:20]
