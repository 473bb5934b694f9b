"""A chat that was brought here before and has gone on where it comes from: its new messages come too.

A message is known again by its role and its date, which an import keeps; of several alike the first is the first. What
was written before the last import and is not here has been deleted here, and stays away.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chats.models import Chat, Message
from chats.transfer.readers.values import in_order
from chats.transfer.restore import UNTIL, Place, add_messages, newest
from teams.workspace import Workspace

_OUTLINE = ("id", "parent", "role", "created_at")
#: Of a message that is here: its id, its role, its date.
_Here = tuple[UUID, str, datetime]


def outline(found: dict) -> dict:
    """What of a document tells which of its messages are new."""
    return {
        "origin": found["origin"],
        "messages": [{name: row[name] for name in _OUTLINE} for row in found["messages"]],
    }


def counts(workspace: Workspace, outlines: Sequence[dict]) -> dict[str, int]:
    """How many new messages there are for chats of the workspace, by where they come from, where there are any."""
    chats = {chat.origin: chat for chat in _chats(workspace, (found["origin"] for found in outlines))}
    here = _here(chats.values())
    known = [found for found in outlines if found["origin"] in chats]
    new = (
        (found["origin"], _new(chat, here[chat.pk], found)[1]) for found in known if (chat := chats[found["origin"]])
    )
    return {origin: len(rows) for origin, rows in new if rows}


def fresh(workspace: Workspace, found: dict) -> dict | None:
    """The document with its new messages alone, and their files; None where there are none."""
    if (chat := _chats(workspace, [found["origin"]]).first()) is None:
        return None
    rows = _new(chat, _here([chat])[chat.pk], found)[1]
    names = {row["id"] for row in rows}
    files = [file for file in found["files"] if file["message"] in names]
    return found | {"messages": rows, "files": files} if rows else None


def grow(place: Place, found: dict, new: dict, files: dict[str, str]) -> int:
    """Add the `new` messages of a document to its chat in the present transaction; return how many came.

    They are looked for anew, for the chat may have changed. Its present branch goes on with them where it ended at one
    of theirs. Raises Unreadable.
    """
    if (chat := _chats(place.workspace, [found["origin"]]).held().first()) is None:
        return 0
    known, rows = _new(chat, _here([chat])[chat.pk], found)
    wanted = {row["id"] for row in new["messages"]}
    rows = [row for row in rows if row["id"] in wanted]
    before = {"chat": str(chat.pk), "current": chat.current_message_id and str(chat.current_message_id)}
    before |= {"updated_at": chat.updated_at.isoformat(), UNTIL: chat.metadata.get(UNTIL)}
    messages = add_messages(chat, new | {"messages": rows}, place.by, files, known)
    place.made.setdefault("grown", []).append(before | {"messages": [str(message.pk) for message in messages.values()]})
    chat.metadata[UNTIL] = newest(found)
    chat.updated_at = max(chat.updated_at, found["updated_at"])
    if _goes_on(chat, found, known, messages):
        chat.current_message = messages[found["current"]]
    chat.save(update_fields=["metadata", "updated_at", "current_message"])
    return len(messages)


def shrink(grown: Iterable[Mapping]) -> None:
    """Take what an import that is not done has added to chats away from them."""
    for before in reversed(list(grown)):
        Message.objects.filter(chat=before["chat"], pk__in=before["messages"]).delete()
        for chat in Chat.objects.filter(pk=before["chat"]):
            chat.metadata[UNTIL], chat.updated_at = before[UNTIL], before["updated_at"]
            if chat.current_message_id is None:
                chat.current_message = Message.objects.filter(pk=before["current"]).first()
            chat.save(update_fields=["metadata", "updated_at", "current_message"])


def _chats(workspace: Workspace, origins: Iterable[str]):
    return Chat.objects.filter(workspace.q, origin__in=set(origins) - {""}, deleted_at=None).order_by("id")


def _here(chats: Iterable[Chat]) -> dict[UUID, list[_Here]]:
    found = defaultdict(list)
    rows = Message.objects.filter(chat__in=list(chats)).order_by("id")
    for chat, *row in rows.values_list("chat", "id", "role", "created_at"):
        found[chat].append(tuple(row))
    return found


def _new(chat: Chat, here: Sequence[_Here], found: dict) -> tuple[dict[str, UUID], list[dict]]:
    """The messages of a document that are known, by their ids there; and those that are new, each behind its parent."""
    alike, known = defaultdict(deque), {}
    for pk, role, at in here:
        alike[role, at].append(pk)
    rows = {row["id"]: row for row in found["messages"]}
    for name, row in rows.items():
        if same := alike[row["role"], row["created_at"]]:
            known[name] = same.popleft()
    if not known:  # all that came has been deleted, or the file tells another story
        return {}, []
    until = chat.metadata.get(UNTIL)
    since = datetime.fromisoformat(until) if until else max(rows[name]["created_at"] for name in known)
    new: dict[str, dict] = {}
    for name in in_order(rows, {name: row["parent"] for name, row in rows.items()}):
        row = rows[name]
        hangs = row["parent"] is None or row["parent"] in known or row["parent"] in new
        if name not in known and hangs and row["created_at"] >= since:
            new[name] = row
    return known, list(new.values())


def _goes_on(chat: Chat, found: dict, known: Mapping[str, UUID], messages: Mapping[str, Message]) -> bool:
    """Whether the branch that the document ends with goes on from where the chat ends here."""
    parents = {row["id"]: row["parent"] for row in found["messages"]}
    at = found["current"]
    if at not in messages:
        return False
    while at in messages:
        at = parents[at]
    return known.get(at) == chat.current_message_id
