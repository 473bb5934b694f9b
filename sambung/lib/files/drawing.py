"""A page of a PDF as a picture, drawn by a process of its own (`drawer.py`)."""

import json
import subprocess
import sys
from dataclasses import dataclass

from django.conf import settings

from sambung.lib.errors import Refused
from sambung.lib.waiting import READING, Busy

WITHIN = 15  # seconds
_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}
_COMMAND = (sys.executable, "-m", "sambung.lib.files.drawer")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as JPEG. `pages` has the whole file; `marks`: places on it that were marked."""

    image: bytes
    pages: int
    width: int
    height: int
    marks: int


class NoPage(Exception):
    """There is no such page, or it cannot be drawn."""


def page(data: bytes, number: int, *, side: int, marked: str = "") -> Drawn:
    """Draw a page, counted from 1, for somebody who waits. Raises NoPage, and Refused where too many wait."""
    try:
        with READING.slot():
            return drawn(data, number, side=side, marked=marked)
    except Busy as busy:
        raise Refused(busy.words, status=busy.status, code=busy.code) from None


def drawn(data: bytes, number: int, *, side: int, marked: str = "") -> Drawn:
    """Draw a page whose longer side has so many pixels; `marked` is marked where it stands there. Raises NoPage."""
    asked = json.dumps({"page": number, "side": side, "marked": marked}).encode()
    given = {"input": asked + b"\n" + data, "cwd": settings.PROJECT, "env": _ENVIRONMENT}
    try:
        done = subprocess.run(_COMMAND, capture_output=True, timeout=WITHIN, **given)
    except subprocess.TimeoutExpired:
        raise NoPage from None
    head, _end, image = done.stdout.partition(b"\n")
    told = json.loads(head) if head and not done.returncode else {}
    if not image:
        raise NoPage
    return Drawn(image, **told)
