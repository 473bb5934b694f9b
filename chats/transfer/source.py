"""A file to import: our JSON, ChatGPT's or Open WebUI's, alone or in a ZIP. Known by its content, read chat by chat.

A text is one JSON value, or one in each of its lines, as Open WebUI's own API gives them.
"""

import base64
import binascii
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath
from typing import BinaryIO

import ijson
from django.conf import settings
from django.utils.translation import gettext as _

from chats.transfer import Unreadable, document
from chats.transfer.readers import READERS, Brought
from sambung.lib.zips import refuse_long_directory

DEEPEST, MOST_EVENTS = 64, 3_000_000  # of one chat: values in one another, and all its values
LONGEST_VALUE = settings.ATTACHMENT_MAX_BYTES // 3 * 4 + 1024 * 1024  # bytes: a file as base64, and one reading ahead
LARGEST_CHAT = settings.IMPORT_MAX_MB * settings.MEGABYTE  # bytes
MOST_BEGUN = 20  # values that may stand before the chats
MOST_MEMBERS = 50_000
LARGEST_DIRECTORY = 20 * 1024 * 1024  # bytes in which a ZIP lists its members
LARGEST_UNPACKED = 4 * 1024**3  # bytes of all members
RATIO, FREE = 200, 4 * 1024 * 1024  # a member may be so many times its packed size, or so many bytes
MOST_OTHER = 1_000  # values that are no chats, in a file that may turn out to hold none
_ENDINGS = (".json", ".jsonl", ".ndjson")
#: What ChatGPT's export holds beside chats.
_BESIDE = {"user", "user_settings", "message_feedback", "shared_conversations", "group_chats", "shopping", "sora"}
_CHUNK = 64 * 1024  # bytes
_OPENING, _CLOSING = {"start_map", "start_array"}, {"end_map", "end_array"}
_BROKEN = (ijson.JSONError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_BROKEN += (NotImplementedError, RuntimeError)  # a compression that is not known, a password, and what nests too deep


@dataclass(frozen=True, slots=True)
class Found:
    """A chat in the file, by its place there; or why there is none (`problem`). `left`: what of it cannot come.

    `is_other`: it is sound, and something else than a chat.
    """

    place: str
    chat: dict | None = None
    problem: str = ""
    is_other: bool = False
    left: Counter = field(default_factory=Counter)


class Source:
    """An open file. Raises Unreadable where it is a ZIP that cannot be unpacked with good conscience."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._zip = _opened(file) if zipfile.is_zipfile(file) else None

    def found(self) -> Iterator[Found]:
        """Yield each chat, one at a time in memory, and what cannot be read."""
        if self._zip is None:
            self._file.seek(0)
            yield from _of_file("", self._file)
            return
        for member in self._zip.infolist():
            if member.filename.lower().endswith(_ENDINGS):
                try:
                    with self._zip.open(member) as file:
                        yield from _of_file(member.filename, file)
                except _BROKEN:
                    yield Found(member.filename, problem=_("This file is broken."))

    def content(self, file: dict) -> bytes | None:
        """The bytes of a chat's file, where they are there and no more than a file may have."""
        try:
            if "data" in file:
                return base64.b64decode(file["data"], validate=True)
            if not self._zip or self._zip.getinfo(file["path"]).file_size > settings.ATTACHMENT_MAX_BYTES:
                return None
            return self._zip.read(file["path"])
        except (KeyError, binascii.Error, *_BROKEN):
            return None


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    """The ZIP, once its size is known to be bearable before anything of it is unpacked."""
    try:
        refuse_long_directory(file, LARGEST_DIRECTORY)
        archive = zipfile.ZipFile(file)
    except _BROKEN:
        raise Unreadable(_("This ZIP cannot be read.")) from None
    members = archive.infolist()
    is_dense = any(one.file_size > FREE + RATIO * one.compress_size for one in members)
    if is_dense or len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > LARGEST_UNPACKED:
        raise Unreadable(_("This ZIP unpacks to more than can be read here."))
    return archive


def _of_file(name: str, file: BinaryIO) -> Iterator[Found]:
    """The chats of one file. Where it holds none but sound values of another kind, that is said once."""
    others: list[Found] = []
    is_waiting = True
    for found in _of_text(name, file):
        if is_waiting and (found.chat or len(others) > MOST_OTHER):
            yield from others
            is_waiting = False
        if is_waiting and found.is_other:
            others.append(found)
        else:
            yield found
    if is_waiting and others and PurePosixPath(name).stem.lower() not in _BESIDE:
        yield others[0] if len(others) == 1 else Found(name, problem=_("There is no chat in it."))


# ---- lines ----------------------------------------------------------------------------------------------
def _of_text(name: str, file: BinaryIO) -> Iterator[Found]:
    """The chats of one JSON text, or of each line. A line that breaks ends alone."""
    try:
        is_lines = _is_lines(file)
        file.seek(0)
    except _BROKEN:
        yield Found(name, problem=_("This file is broken."))
        return
    if not is_lines:
        yield from _found(name, file)
        return
    for n in count(1):
        line = _Line(file)
        if line.is_at_end:
            return
        if not line.is_blank:
            yield from _found(f"{name} [{n}]".strip(), line)
            line.skip()


def _is_lines(file: BinaryIO) -> bool:
    """Whether each line is an object: so it is where the first one ends as it begins, and another one follows."""
    last, chunk = b"", file.read(_CHUNK).lstrip()
    if not chunk.startswith(b"{"):
        return False
    while chunk and b"\n" not in chunk:
        last, chunk = chunk.rstrip()[-1:] or last, file.read(_CHUNK)
    line, _end, rest = chunk.partition(b"\n")
    while chunk and not rest.lstrip():
        rest = chunk = file.read(_CHUNK)
    return (line.rstrip()[-1:] or last) == b"}" and rest.lstrip().startswith(b"{")


class _Line:
    """The next line of a file, read as a file of its own."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._begun = file.readline(_CHUNK)
        self._is_whole = self._begun.endswith(b"\n")
        self.is_at_end = not self._begun
        self.is_blank = self._is_whole and not self._begun.strip()

    def read(self, size: int) -> bytes:
        begun, self._begun = self._begun[:size], self._begun[size:]
        if not begun and not self._is_whole and size:
            begun = self._file.readline(size)
            self._is_whole = not begun or begun.endswith(b"\n")
        return begun

    def skip(self) -> None:
        """Leave the rest of it."""
        while self.read(_CHUNK):
            pass


# ---- JSON -----------------------------------------------------------------------------------------------
def _found(name: str, file: BinaryIO) -> Iterator[Found]:
    """The chats of one JSON value. Where it breaks, those before stay."""
    n, file = 0, _Patient(file)
    try:
        kind, prefix, events = _begun(file)
        for n, item in enumerate(ijson.items(_bounded(events, prefix, file), prefix), start=1):
            yield _chat(_place(name, n, prefix), kind, item)
    except Unreadable as error:
        yield Found(_place(name, n + 1, "item"), problem=str(error))
    except _BROKEN:
        yield Found(_place(name, n + 1, "item"), problem=_("The JSON is broken here; what follows is not read."))


def _place(name: str, n: int, prefix: str) -> str:
    return f"{name} [{n}]".strip() if prefix else name


def _begun(file: BinaryIO) -> tuple[str, str, Iterator]:
    """What kind of text it is by its first values: (“sambung” or “”, where its chats are, all its values)."""
    events, read = ijson.parse(file, use_float=True), []
    version = None
    for event in events:
        read.append(event)
        if len(read) > MOST_BEGUN:
            break
        match event:
            case ("", "start_array", _):
                return "", "item", _again(read, events)
            case ("format", "string", document.FORMAT) | ("", "start_map", _):
                continue
            case ("version", "number", version):
                continue
            case ("exported_at", _, _) | ("", "map_key", "format" | "version" | "exported_at"):
                continue
            case ("", "map_key", "chats"):
                if version != document.VERSION:
                    raise Unreadable(_("This file comes from a newer Sambung."))
                return "sambung", "chats.item", _again(read, events)
        return "", "", _again(read, events)
    if not read:
        raise Unreadable(_("This file is empty."))
    return "", "", _again(read, events)


def _again(read: list, events: Iterable) -> Iterator:
    yield from read
    yield from events


class _Patient:
    """A file that is read as long as values come of it: the time that one takes grows with the square of its length.

    `of_value` and `of_chat`: bytes read since the last value, and since the last chat.
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self.of_value = self.of_chat = 0

    def read(self, size: int) -> bytes:
        self.of_value += size
        self.of_chat += size
        if self.of_value > LONGEST_VALUE or self.of_chat > LARGEST_CHAT:
            raise Unreadable(_("This chat is too large, or too deep. What follows it is not read."))
        return self._file.read(size)


def _bounded(events: Iterable, prefix: str, file: _Patient) -> Iterator:
    """Hand the values on while no chat is too deep or too large. Raises Unreadable."""
    depth = n = 0
    for place, event, value in events:
        file.of_value = 0
        depth += (event in _OPENING) - (event in _CLOSING)
        n += 1
        if place == prefix and event in _CLOSING:
            n = file.of_chat = 0
        if depth > DEEPEST or n > MOST_EVENTS:
            raise Unreadable(_("This chat is too large, or too deep. What follows it is not read."))
        yield place, event, value


def _chat(place: str, kind: str, item: object) -> Found:
    try:
        brought = Brought(item, Counter()) if kind == "sambung" else _read(item)
        return Found(place, document.checked(brought.chat), left=+brought.left)
    except _NoChat as error:
        return Found(place, problem=str(error), is_other=True)
    except Unreadable as error:
        return Found(place, problem=str(error))


class _NoChat(Unreadable):
    """A value that is none of the chats that are known here."""


def _read(item: object) -> Brought:
    if isinstance(item, dict):
        for reader in READERS:
            if reader.fits(item):
                return reader.read(item)
        if item.keys() >= {"origin", "messages", "current"}:  # a chat of ours by itself
            return Brought(item, Counter())
    raise _NoChat(_("This is no chat."))
