"""What is read out of a file, by a process of its own (`reader.py`)."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from sambung.lib.files import unreadable
from sambung.lib.files.blocks import Block, text_of
from sambung.lib.files.kinds import unknown
from sambung.lib.files.reader import LONGEST_PASSWORD, TEXT, WHOLE
from sambung.lib.files.sniffing import Kind
from sambung.lib.waiting import READING, Busy

WITHIN = 15  # seconds of the clock; its processor time is bounded below that
LONGEST = 1800  # the same where a file is read whole
_LINE = 128 * 1024 * 1024  # bytes of one piece
_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}
#: Warnings that say by themselves why there is no text.
_WHY_EMPTY = {"file_scanned", "pages_scanned", "pages_garbled", "form_unread", "chapters_unread"}
_FACTS = ("pages", "width", "height", "is_cut", "encoding", "title")


@dataclass(frozen=True, slots=True)
class Read:
    """`data` is what is kept of the file: of an image what was drawn anew.

    `told`: pages, width, height, is_cut, encoding, title, and `warnings` as `{code, params}`, each where there is any.
    """

    data: bytes
    mime_type: str
    blocks: tuple[Block, ...] = ()
    thumbnail: bytes = b""
    told: Mapping = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What a model gets of it."""
        return text_of(self.blocks)


class Unread(Exception):
    """Nothing could be read, for a reason that has a name: `pixels`, `password`, `old_office`, `broken`, `unknown`."""


def read(data: bytes, kind: Kind, name: str, *, most: int = TEXT, encoding: str = "") -> Read:
    """Return what is kept of the file: blocks of at most so many characters together, 0 for all.

    `encoding`: how a text is written, where somebody says so. Raises Refused where the file cannot be read within
    the limits.
    """
    try:
        return _read(data, kind, _command(kind, most, name, encoding))
    except Unread as unread:
        problem = str(unread)
        raise unknown(name) if problem == "unknown" else unreadable(_problem(problem) % {"name": name}) from None


def read_locked(data: bytes, kind: Kind, name: str, password: str) -> Read:
    """Return the blocks of a file that a password opens, as far as they are read within the limits.

    The password goes to the process by a pipe: it stands in no command, no environment and no file. Raises Unread,
    and Refused where nothing can be read now.
    """
    out, inside = os.pipe()
    try:
        os.write(inside, password.encode()[:LONGEST_PASSWORD])
        os.close(inside)
        return _read(data, kind, [*_command(kind, WHOLE, name, ""), str(out)], pass_fds=(out,))
    finally:
        os.close(out)


def _read(data: bytes, kind: Kind, command: list[str], **options) -> Read:
    """What the process gives within the time that somebody waits. Raises Unread, and Refused where too many wait."""
    given = {"input": data, "cwd": settings.PROJECT, "env": _ENVIRONMENT} | options
    try:
        with READING.slot():
            done = subprocess.run(command, capture_output=True, timeout=WITHIN, **given)
        lines, code = done.stdout, done.returncode
    except Busy as busy:
        raise Refused(busy.words, status=busy.status, code=busy.code) from None
    except subprocess.TimeoutExpired as stopped:
        lines, code = stopped.stdout or b"", -signal.SIGXCPU
    return _made([json.loads(line) for line in lines.split(b"\n")[:-1]], code, kind, data)


async def read_whole(data: bytes, kind: Kind, name: str, heard: Callable[[dict], Awaitable[None]]) -> Read:
    """Return the blocks of a file of any length, in a process of its own that takes the time which its pages take.

    `heard` is told each piece as it comes; whatever it raises ends the process. Raises Unread.
    """
    found: list[dict] = []
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        pipes = {"stdin": file, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "limit": _LINE}
        command = _command(kind, WHOLE, name, "")
        process = await asyncio.create_subprocess_exec(*command, cwd=settings.PROJECT, env=_ENVIRONMENT, **pipes)
        try:
            async with asyncio.timeout(LONGEST):
                async for line in process.stdout:
                    if line.endswith(b"\n"):  # else the process ended in the middle of it
                        found.append(json.loads(line))
                        await heard(found[-1])
                code = await process.wait()
        except TimeoutError:
            code = -signal.SIGXCPU
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return _made(found, code, kind, data)


def _command(kind: Kind, most: int, name: str, encoding: str) -> list[str]:
    return [sys.executable, "-m", "sambung.lib.files.reader", kind.family, str(most), name, encoding]


def _made(found: list[dict], code: int, kind: Kind, data: bytes) -> Read:
    """What the process gave, by what it wrote and how it ended. Raises Unread."""
    blocks, warnings, facts = _sorted(_checked(found, code))
    is_empty = kind.family != "image" and not any(block.text.strip() for block in blocks)
    if is_empty and _WHY_EMPTY.isdisjoint(warning["code"] for warning in warnings):
        warnings.insert(0, {"code": "nothing_read", "params": {}})
    told = {key: facts[key] for key in _FACTS if facts.get(key)} | ({"warnings": warnings} if warnings else {})
    kept = base64.b64decode(facts["data"]) if "data" in facts else data
    thumbnail = base64.b64decode(facts.get("thumbnail", ""))
    return Read(kept, facts.get("mime_type", kind.mime_type), tuple(blocks), thumbnail, told)


def _checked(found: list[dict], code: int) -> list[dict]:
    """What the process wrote. Raises Unread where that is nothing."""
    problem = next((piece["problem"] for piece in found if "problem" in piece), "broken" if code else "")
    if problem and code in (-signal.SIGXCPU, -signal.SIGKILL) and any("block" in piece for piece in found):
        return [*found, {"warning": {"code": "file_out_of_time", "params": {}}}]
    if problem:
        raise Unread(problem)
    return found


def _sorted(pieces: Iterable[Mapping]) -> tuple[list[Block], list[dict], dict]:
    blocks, warnings, facts = [], [], {}
    for piece in pieces:
        if "block" in piece:
            blocks.append(Block(**piece["block"]))
        elif "warning" in piece and piece["warning"] not in warnings:
            warnings.append(piece["warning"])
        facts |= piece.get("told", {})
    return blocks, warnings, facts


def _problem(problem: str) -> str:
    if problem == "pixels":
        return _("“%(name)s” has too many pixels. Make it smaller first.")
    if problem == "password":
        return _("“%(name)s” is protected with a password. Save it without one and add it again.")
    if problem == "old_office":
        return _("“%(name)s” is in an older format of Word or PowerPoint. Save it as .docx or .pptx and add it again.")
    return _("“%(name)s” could not be read: it is broken, or too large when it is unpacked.")
