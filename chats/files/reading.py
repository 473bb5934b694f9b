"""What is read out of a file, by a process of its own (`reader.py`)."""

import base64
import json
import subprocess
import sys
import threading
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from chats.files import Refused
from chats.files.kinds import Kind, text_of
from chats.files.reader import TEXT

WITHIN = 15  # seconds of the clock; its processor time is bounded below that
#: Each reading holds a thread that answers requests, and up to a gigabyte.
_reading = threading.BoundedSemaphore(2)


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
    if not _reading.acquire(timeout=WITHIN):
        raise Refused(_("Other files are being read. Try again in a moment."), 503)
    command = [sys.executable, "-m", "chats.files.reader", kind.family]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=WITHIN, cwd=settings.PROJECT, env={"LC_ALL": "C.UTF-8"}
        )
        found = json.loads(done.stdout) if done.returncode == 0 else {"problem": "broken"}
    except (subprocess.TimeoutExpired, ValueError):
        found = {"problem": "broken"}
    finally:
        _reading.release()
    if problem := found.get("problem"):
        raise Refused(_problem(problem) % {"name": name})
    return found


def _problem(problem: str) -> str:
    if problem == "pixels":
        return _("“%(name)s” has too many pixels. Make it smaller first.")
    return _("“%(name)s” could not be read: it is broken, or too large when it is unpacked.")
