"""Files in messages: how parts name them, what pages show of them, and what models get."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from agents import engine
from agents.catalog import Model
from agents.engine import Turn
from chats.files import store
from chats.models import Attachment, Message
from sambung.lib.failures import Failure
from sambung.lib.files import warnings  # noqa: F401 makes its codes known
from teams.workspace import Workspace

#: Kind of part -> where it names its attachment.
NAMED = {"image": "image", "file": "data"}
MOST_IMAGES = 20  # the newest, that are sent with one question
SHARE = 2  # one file may take half of a window
BYTES_A_TOKEN = 3
_EARLIER = "[The image “%s” was sent earlier.]"
_LOST = "[A file that was here is gone.]"


def part_of(file: Attachment) -> dict:
    """The part by which a message names the file."""
    if is_image(file):
        return {"type": "image", "image": str(file.pk), "mimeType": file.mime_type}
    return {"type": "file", "data": str(file.pk), "mimeType": file.mime_type, "name": file.name}


def is_image(file: Attachment) -> bool:
    """Whether it was drawn anew here. An SVG is a text."""
    return file.mime_type in {"image/png", "image/jpeg"}


def named(parts: Iterable[Mapping]) -> list[str]:
    """The ids of the files that parts name."""
    return [part[NAMED[part["type"]]] for part in parts if part["type"] in NAMED]


def of(parts: Iterable[Mapping]) -> list[dict]:
    """Those of the parts that name files."""
    return [part for part in parts if part["type"] in NAMED]


def warnings_of(file: Attachment) -> list[Failure]:
    """What could not be read of the file, or had to be guessed."""
    found = [Failure(one["code"], one["params"]) for one in file.metadata.get("warnings", ())]
    if file.metadata.get("is_cut"):
        found.append(Failure("file_cut"))
    is_empty = "text" not in file.get_deferred_fields() and not file.text
    if is_empty and not found and not is_image(file):  # a row that is older than warnings
        found.append(Failure("nothing_read"))
    return found


# ---- for people -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Tile:
    """A file as pages show it."""

    id: UUID
    name: str
    told: str  # its size
    is_image: bool
    has_thumbnail: bool
    warnings: tuple[str, ...] = ()  # sentences

    @classmethod
    def of(cls, file: Attachment) -> "Tile":
        told = tuple(one.sentence for one in warnings_of(file))
        return cls(file.pk, file.name, filesizeformat(file.size), is_image(file), bool(file.thumbnail), told)


def shown(messages: Sequence[Message]) -> dict[UUID, SafeString]:
    """The files of those messages that have any, as HTML by the message's id. The messages are of one chat."""
    having = {message.pk: ids for message in messages if (ids := named(message.parts))}
    if not having:
        return {}
    chat = messages[0].chat
    ids = [pk for of_one in having.values() for pk in of_one]
    found = Attachment.objects.filter(chat=chat).defer("text").in_bulk(ids)
    files = {str(pk): row for pk, row in found.items()}
    workspace = Workspace(chat.user, chat.team)
    return {pk: tiles([files[one] for one in of_one if one in files], workspace) for pk, of_one in having.items()}


def tiles(files: Iterable[Attachment], workspace: Workspace) -> SafeString:
    """The files beside one another."""
    return render_to_string("chats/_files.html", {"files": [Tile.of(file) for file in files], "workspace": workspace})


# ---- for models -----------------------------------------------------------------------------------------
def loaded(turns: Sequence[Turn], chat_id: UUID | str, *, is_sent: bool = True) -> dict[str, tuple[Attachment, bytes]]:
    """The files that the turns name, by id, images with their bytes: one that is gone, or another chat's, is not there.

    Of images only the newest, which are all that is sent. Where nothing `is_sent`, a byte stands for them.
    """
    ids = [pk for turn in turns for pk in named(turn.parts)]
    if not ids:
        return {}
    found = {str(pk): row for pk, row in Attachment.objects.filter(chat=chat_id).in_bulk(ids).items()}
    read = _content if is_sent else lambda file: b"."
    pictures = [pk for pk in ids if pk in found and is_image(found[pk])][-MOST_IMAGES:]
    return {pk: (row, read(row) if pk in pictures else b"") for pk, row in found.items()}


def _content(file: Attachment) -> bytes:
    try:
        return store.content(file)
    except FileNotFoundError:
        return b""


def readable(
    turns: Sequence[Turn], files: Mapping[str, tuple[Attachment, bytes]], model: Model, share: int = 1
) -> tuple[list[Turn], list[str]]:
    """Return the turns as this model can take them, and the names of files that were cut to fit.

    Images go as they are to models that may see; of everything else the text goes that was read out of it.
    """
    longest = model.context_window * BYTES_A_TOKEN // (SHARE * share)
    cut: list[str] = []
    return [
        replace(turn, parts=tuple(_readable(part, files, model, longest, cut) for part in turn.parts))
        if of(turn.parts)
        else turn
        for turn in turns
    ], cut


def _readable(part: Mapping, files: Mapping, model: Model, longest: int, cut: list[str]) -> Mapping:
    if part["type"] not in NAMED:
        return part
    file, data = files.get(part[NAMED[part["type"]]], (None, b""))
    if file is None:
        return _text(_LOST)
    if part["type"] == "file":
        if len(file.text) > longest:
            cut.append(file.name)
        said = engine.shortened(file.text, longest)
        return _text(f'<file name="{_quoted(file.name)}">\n{_note(file)}{said}\n</file>\n')
    image = {"type": "image", "image": data, "mimeType": file.mime_type, "name": file.name}
    if model.vision is False:
        return engine.unseen(image)
    return image if data else _text(_EARLIER % _quoted(file.name))


def _note(file: Attachment) -> str:
    """What a model is told of a file of which not all could be read."""
    with translation.override("en"):
        said = " ".join(one.sentence for one in warnings_of(file))
    return f"[{said}]\n" if said else ""


def _text(text: str) -> dict:
    return {"type": "text", "text": text}


def _quoted(name: str) -> str:
    return name.replace('"', "'")


@dataclass(frozen=True, slots=True)
class ChatFiles:
    """The files of one chat, for agents.generation: see its Attachments."""

    chat_id: UUID

    def are_named(self, turns: Sequence[Turn]) -> bool:
        return any(of(turn.parts) for turn in turns)

    def loaded(self, turns: Sequence[Turn]) -> dict[str, tuple[Attachment, bytes]]:
        return loaded(turns, self.chat_id)

    def readable(
        self, turns: Sequence[Turn], loaded: Mapping[str, tuple[Attachment, bytes]], model: Model, share: int
    ) -> tuple[list[Turn], list[str]]:
        return readable(turns, loaded, model, share)
