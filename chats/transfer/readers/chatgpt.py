"""ChatGPT's export: `conversations.json`, a list of conversations, each a tree of nodes by `mapping`.

Read as its exports are, which nobody has specified: https://help.openai.com/en/articles/7260999
"""

from collections import Counter

from django.utils.translation import gettext_noop

from chats.transfer.readers import chatgpt_words
from chats.transfer.readers.chatgpt_words import code
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

IMAGES = gettext_noop("Images and sounds, which are not in the file")
HIDDEN = gettext_noop("Hidden messages")
OTHER = gettext_noop("Messages of a kind that is not known here")
#: What ChatGPT tells its models beside the conversation.
_CONTEXT = {"user_editable_context", "model_editable_context"}


def fits(item: dict) -> bool:
    return isinstance(item.get("mapping"), dict)


def read(item: dict) -> Brought:
    """Return one conversation with all its branches."""
    nodes = {name: mapping(node) for name, node in item["mapping"].items()}
    begun = moment(item.get("create_time")) or moment(item.get("update_time")) or _earliest(nodes)
    branches, left = Branches(begun), Counter()
    for name in in_order(nodes, {name: node.get("parent") for name, node in nodes.items()}):
        _add(branches, name, nodes[name], left)
    chat = {
        "origin": f"chatgpt:{identity(item.get('conversation_id') or item.get('id'), nodes)}",
        "title": line(item.get("title")),
        "created_at": begun,
        "updated_at": moment(item.get("update_time")) or begun,
        "is_pinned": item.get("is_starred") is True,
        "archives": ["ChatGPT"] if item.get("is_archived") is True else [],
        "current": branches.place(item.get("current_node")) or _last(branches),
        "messages": branches.messages,
        "files": [],
    }
    return Brought(chat, left)


def _earliest(nodes: dict[str, dict]) -> str:
    dates = (moment(mapping(node.get("message")).get("create_time")) for node in nodes.values())
    return min(filter(None, dates), default="1970-01-01T00:00:00+00:00")


def _last(branches: Branches) -> str | None:
    return branches.messages[-1]["id"] if branches.messages else None


def _add(branches: Branches, name: str, node: dict, left: Counter) -> None:
    message = mapping(node.get("message"))
    about, author = mapping(message.get("metadata")), mapping(message.get("author"))
    speaker, content = role(author.get("role")), mapping(message.get("content"))
    is_context = text(content.get("content_type")) in _CONTEXT
    is_hidden = is_context or about.get("is_visually_hidden_from_conversation") is True
    parts = _parts(content, left) if speaker and not is_hidden else []
    recipient = text(message.get("recipient"))
    parts = [part | {"text": chatgpt_words.plain(part["text"], about, recipient)} for part in parts]
    parts = [part for part in parts if part["text"].strip()]
    if not parts:
        left[HIDDEN] += is_hidden
        branches.skip(name, node.get("parent"))
        return
    fields: dict = {"metadata": {}}
    if speaker == "assistant" and (model := line(about.get("model_slug"))):
        fields["metadata"] = {"model": model}
    if speaker == "tool" or recipient not in ("", "all"):
        fields["tool_invocations"] = [{"from": line(author.get("name")), "to": line(message.get("recipient"))}]
    branches.add(name, node.get("parent"), speaker, parts, message.get("create_time"), **fields)


def _parts(content: dict, left: Counter) -> list[dict]:
    """What a message holds, as our parts; code and results stand as code."""
    match text(content.get("content_type")):
        case "text" | "multimodal_text":
            said = "\n\n".join(filter(None, (_piece(piece, left) for piece in listed(content.get("parts")))))
            return _text("text", said)
        case "code":
            return _text("text", code(text(content.get("text")), line(content.get("language"), 20)))
        case "execution_output":
            return _text("text", code(text(content.get("text"))))
        case "tether_quote":
            return _text("text", "\n\n".join(filter(None, (line(content.get("title")), text(content.get("text"))))))
        case "tether_browsing_display":
            return _text("text", text(content.get("result")))
        case "thoughts":
            thoughts = (mapping(thought) for thought in listed(content.get("thoughts")))
            told = (text(thought.get("content")) or text(thought.get("summary")) for thought in thoughts)
            return _text("reasoning", "\n\n".join(filter(None, told)))
        case "reasoning_recap":
            return _text("reasoning", text(content.get("content")))
        case "system_error":
            return _text("text", text(content.get("text")))
        case "":
            return []
        case _:
            left[OTHER] += 1
            return _text("text", text(content.get("text")))


def _text(kind: str, said: str) -> list[dict]:
    return [{"type": kind, "text": said}] if said.strip() else []


def _piece(piece: object, left: Counter) -> str:
    """A piece of a message: words, words that were heard, or a pointer to something that is not there."""
    if isinstance(piece, str):
        return piece
    piece = mapping(piece)
    if piece.get("content_type") == "audio_transcription":
        return text(piece.get("text"))
    left[IMAGES] += 1
    return ""
