"""What is read out of a file, by a process of its own (`reader.py`)."""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from chats.files import Refused
from chats.files.kinds import Kind, text_of
from chats.files.reader import TEXT
from sambung.lib.waiting import READING, Busy

WITHIN = 15  # seconds of the clock; its processor time is bounded below that


@dataclass(frozen=True, slots=True)
class Read:
    """`data` is what is kept of the file: of an image what was drawn anew. `told`: pages, width, height, is_cut."""

    data: bytes
    mime_type: str
    text: str = ""
    thumbnail: bytes = b""
    told: dict = None


def read(data: bytes, kind: Kind, name: str) -> Read:
    """Return what is kept of the file. Raises Refused where it cannot be read within the limits."""
    if kind.family == "text":
        text = text_of(data) or ""
        return Read(data, kind.mime_type, text[:TEXT], told={"is_cut": True} if len(text) > TEXT else {})
    found = _answer(data, kind, name)
    told = {key: found[key] for key in ("pages", "width", "height", "is_cut") if found.get(key)}
    kept = base64.b64decode(found["data"]) if "data" in found else data
    thumbnail = base64.b64decode(found.get("thumbnail", ""))
    return Read(kept, found.get("mime_type", kind.mime_type), found.get("text", ""), thumbnail, told)


def _answer(data: bytes, kind: Kind, name: str) -> dict:
    command = [sys.executable, "-m", "chats.files.reader", kind.family]
    told = {"input": data, "cwd": settings.PROJECT, "env": {"LC_ALL": "C.UTF-8"}}
    try:
        with READING.slot():
            done = subprocess.run(command, capture_output=True, timeout=WITHIN, **told)
        found = json.loads(done.stdout) if done.returncode == 0 else {"problem": "broken"}
    except Busy as busy:
        raise Refused(busy.words, busy.status) from None
    except (subprocess.TimeoutExpired, ValueError):
        found = {"problem": "broken"}
    if problem := found.get("problem"):
        raise Refused(_problem(problem) % {"name": name})
    return found


def _problem(problem: str) -> str:
    if problem == "pixels":
        return _("“%(name)s” has too many pixels. Make it smaller first.")
    return _("“%(name)s” could not be read: it is broken, or too large when it is unpacked.")
