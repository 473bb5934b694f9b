"""A chat as a file holds it, complete: format "sambung.chats", version 1, told in docs/export-format.md.

What other services export is brought into this form as well, so that there is one way in.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jsonschema
from django.utils import timezone
from django.utils.translation import gettext as _

from chats.files.parts import NAMED
from chats.filing.tags import AT_MOST
from chats.messages import metadata
from chats.models import Archive, Attachment, Chat, Message, Role, Tag
from chats.models.filing import COLOR_PATTERN
from chats.transfer import Unreadable
from chats.validators import PARTS, SETTINGS
from sambung.lib.jsonb import clean_json
from teams.folders import DEEPEST, path
from teams.models import User

FORMAT, VERSION = "sambung.chats", 1
MOST_MESSAGES = 50_000  # of one chat
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # of a date: some before it have no name in some time zones
#: The fields of a message that needs no more than a look.
_NEEDED, _LOOKED_AT = {"id", "parent", "role", "created_at", "parts"}, {"metadata"}
_ROLES = tuple(Role.values)
#: Of a chat's settings: not its tools, which are of the workspace that it was in.
SETTINGS_KEPT = ("temperature", "max_tokens", "reasoning", "system_prompt")
#: Where the bytes of an attachment are: {"path": member of the ZIP} or {"data": base64}.
Where = Callable[[Attachment], dict]


# ---- out ------------------------------------------------------------------------------------------------
def text(chats: Iterable[dict]) -> str:
    """Return a document with these chats."""
    head = {"format": FORMAT, "version": VERSION, "exported_at": timezone.now().isoformat()}
    return json.dumps(head | {"chats": list(chats)}, ensure_ascii=False, indent=1)


def written(chat: Chat, reader: User, where: Where) -> dict:
    """Return all of a chat that its reader may take along: every branch, and what it is filed under."""
    files = list(chat.attachments.order_by("created_at", "id"))
    here = {str(file.pk) for file in files}
    messages = chat.messages.filter(queued_at=None).select_related("user").order_by("created_at", "id")
    return {
        "origin": chat.origin or f"sambung:{chat.pk}",
        "title": chat.title,
        "created_at": chat.created_at.isoformat(),
        "updated_at": chat.updated_at.isoformat(),
        "provider": chat.provider,
        "model": chat.model,
        "agent": chat.agent.name if chat.agent else "",
        "settings": {name: chat.settings[name] for name in SETTINGS_KEPT if name in chat.settings},
        "is_pinned": chat.is_pinned,
        "folder": [folder.name for folder in [*path(chat.folder), chat.folder]] if chat.folder else [],
        "tags": list(Tag.objects.filter(chat_tags__chat=chat).order_by("name", "id").values("name", "color")),
        "archives": list(
            Archive.objects.filter(user=reader, items__chat=chat).order_by("name").values_list("name", flat=True)
        ),
        "current": chat.current_message_id and str(chat.current_message_id),
        "messages": [_message(message, here) for message in messages.iterator(500)],
        "files": [_file(file) | where(file) for file in files],
    }


def _message(message: Message, files: set[str]) -> dict:
    kept = message.metadata
    return {
        "id": str(message.pk),
        "parent": message.parent_id and str(message.parent_id),
        "role": message.role,
        "author": str(message.user) if message.user else kept.get("author", ""),
        "agent": (kept.get("agent") or {}).get("name", ""),
        "created_at": message.created_at.isoformat(),
        "parts": [_part(part) for part in message.parts if names_none_but(part, files)],
        "tool_invocations": message.tool_invocations,
        "metadata": metadata.exported(kept),
    }


def names_none_but(part: dict, files: Iterable[str]) -> bool:
    """Whether a part names no file but one of these."""
    return part["type"] not in NAMED or part[NAMED[part["type"]]] in files


def _part(part: dict) -> dict:
    """A part without what stands for rows of this server."""
    return {name: value for name, value in part.items() if name not in ("tool", "documentId")}


def _file(file: Attachment) -> dict:
    told = {name: getattr(file, name) for name in ("name", "mime_type", "size", "sha256", "text")}
    return {"id": str(file.pk), "message": file.message_id and str(file.message_id)} | told


# ---- in -------------------------------------------------------------------------------------------------
def checked(found: object) -> dict:
    """Return what was read as a chat of this form, with dates as such. Raises Unreadable.

    Nothing of it is trusted: what cannot be stored, is not known or hangs in the air is refused.
    """
    chat = clean_json(found)
    if place := _unfit(chat):
        raise Unreadable(_("%(place)s does not hold what it should.") % {"place": _short(place)})
    for row in (chat, *chat["messages"]):
        for name in ("created_at", "updated_at"):
            if name in row:
                row[name] = _moment(row[name])
    _refuse_broken_tree(chat)
    return chat


def _unfit(chat: object) -> str | None:
    """The place of what is not as the schema says. Messages that are sound by a look are not held against it: most are,
    and it takes most of the time in which a file is read."""
    if not isinstance(chat, dict) or not isinstance(messages := chat.get("messages"), list):
        return _place(_CHAT, chat)
    if place := _place(_CHAT, chat | {"messages": []}):
        return place
    if len(messages) > MOST_MESSAGES:
        return "$.messages"
    unsure = ((n, message) for n, message in enumerate(messages) if not _is_plain(message))
    found = ((n, place) for n, message in unsure if (place := _place(_ONE, message)))
    return next((f"$.messages[{n}]{place[1:]}" for n, place in found), None)


def _place(schema: jsonschema.protocols.Validator, value: object) -> str | None:
    return next((error.json_path for error in schema.iter_errors(value)), None)


def _is_plain(message: object) -> bool:
    """Whether it says words, and nothing that takes more than a look."""
    if not isinstance(message, dict) or message.keys() - _LOOKED_AT != _NEEDED:
        return False
    about, parts = message.get("metadata", {}), message["parts"]
    if not isinstance(about, dict) or not isinstance(parts, list):
        return False
    short = [message["id"], *about.values(), *([] if message["parent"] is None else [message["parent"]])]
    return (
        all(isinstance(value, str) and 0 < len(value) <= 100 for value in short)
        and about.keys() <= {"model", "label"}
        and message["role"] in _ROLES
        and isinstance(message["created_at"], str)
        and len(message["created_at"]) <= 40
        and all(map(_is_words, parts))
    )


def _is_words(part: object) -> bool:
    if not isinstance(part, dict) or len(part) != 2:
        return False
    return part.get("type") in ("text", "reasoning") and isinstance(part.get("text"), str)


def _short(place: str) -> str:
    return place if len(place) <= 80 else f"{place[:80]}…"


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(_("A date in it cannot be read.")) from None
    if not EARLIEST <= moment <= datetime.now(UTC) + timedelta(days=1):
        raise Unreadable(_("A date in it cannot be right."))
    return moment


def _refuse_broken_tree(chat: dict) -> None:
    """Every parent must be there, none twice, and nothing may hang on itself."""
    parents = {message["id"]: message["parent"] for message in chat["messages"]}
    named = {*parents.values(), chat["current"], *(file["message"] for file in chat["files"])} - {None}
    if len(parents) < len(chat["messages"]) or named - parents.keys():
        raise Unreadable(_("Its messages do not hang together."))
    sound: set = {None}
    for at in parents:
        way = set()
        while at not in sound and at not in way:
            way.add(at)
            at = parents[at]
        if at in way:
            raise Unreadable(_("Its messages hang on themselves."))
        sound |= way


def _of(required: dict, **optional: dict) -> dict:
    """The schema of an object with these fields and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_NAME = {"type": "string", "maxLength": 200}
_ID = {"type": "string", "minLength": 1, "maxLength": 100}
_ID_OR_NULL = _ID | {"type": ["string", "null"]}
_COLOR = {"type": ["string", "null"], "pattern": COLOR_PATTERN}
_DATE = {"type": "string", "maxLength": 40}
_WORD = {"type": "string", "pattern": r"\S"}
_KNOWN = {name: SETTINGS["properties"][name] for name in SETTINGS_KEPT}
_IN_FILE = {"image": _ID, "data": _ID}  # ids are any there
_PART = PARTS["items"] | {"properties": PARTS["items"]["properties"] | _IN_FILE}
_MESSAGE = _of(
    {"id": _ID, "parent": _ID_OR_NULL, "role": {"enum": Role.values}, "created_at": _DATE}
    | {"parts": {"type": "array", "items": _PART}},
    author=_NAME,
    agent=_NAME,
    tool_invocations=True,
    metadata=_of({}, **metadata.EXPORTED),
)
_FILE = _of(
    {"id": _ID, "message": _ID_OR_NULL, "name": _WORD | {"maxLength": 255}},
    mime_type=_NAME,
    size={"type": "integer"},
    sha256=_NAME,
    text=_TEXT,
    path=_TEXT | {"maxLength": 1000},
    data=_TEXT,
)
_ONE = jsonschema.Draft202012Validator(_MESSAGE)
_CHAT = jsonschema.Draft202012Validator(
    _of(
        {"origin": _WORD | {"maxLength": 200}, "title": _NAME, "created_at": _DATE, "updated_at": _DATE}
        | {"current": _ID_OR_NULL, "files": {"type": "array", "maxItems": 2000, "items": _FILE}}
        | {"messages": {"type": "array", "items": _MESSAGE}},
        provider={"type": "string", "maxLength": 30},
        model=_NAME,
        agent=_NAME,
        settings=_of({}, **_KNOWN),
        is_pinned={"type": "boolean"},
        folder={"type": "array", "maxItems": DEEPEST, "items": _WORD | {"maxLength": 100}},
        tags={
            "type": "array",
            "maxItems": AT_MOST,
            "items": _of({"name": _WORD | {"maxLength": 50}}, color=_COLOR),
        },
        archives={"type": "array", "maxItems": 100, "items": _WORD | {"maxLength": 100}},
    )
)


def own_id(chat: dict) -> UUID | None:
    """The id that the chat had where it was exported, if that was a Sambung."""
    service, _colon, pk = chat["origin"].partition(":")
    try:
        return UUID(pk) if service == "sambung" else None
    except ValueError:
        return None
