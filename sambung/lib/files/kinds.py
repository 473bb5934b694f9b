"""What a file is, by its content. What it is called says only which kind of text it is."""

import codecs
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import puremagic
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from sambung.lib.files import unreadable
from sambung.lib.zips import refuse_long_directory

Family = Literal["image", "pdf", "word", "sheet", "slides", "text"]
_IMAGES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
#: The part that each kind of Office file begins with.
_OFFICE: dict[str, tuple[Family, str]] = {
    "word/document.xml": ("word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/workbook.xml": ("sheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/presentation.xml": ("slides", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
#: Kinds of text by the ending of their name; everything else that is text is plain. All are shown as text alone.
_TEXTS = {
    ".csv": "text/csv",
    ".css": "text/css",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LONGEST_DIRECTORY = 1_000_000  # bytes in which an Office file lists its members
_HEAD = 4096  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class Kind:
    """`family` decides how it is read, `mime_type` is told."""

    family: Family
    mime_type: str


def kind_of(data: bytes, name: str) -> Kind:
    """Return what the file is. Raises Refused for what nobody could read here."""
    if not data:
        raise Refused(_("“%(name)s” is empty.") % {"name": name}, status=400)
    head = data[:_HEAD]
    text = text_of(data)
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:1024] and text is None):
        return Kind("pdf", "application/pdf")
    if head.startswith(b"PK\x03\x04"):
        return _office(data, name)
    if (mime_type := _signed(head)) in _IMAGES:
        return Kind("image", mime_type)
    if text is not None:
        return Kind("text", _TEXTS.get(PurePath(name).suffix.lower(), "text/plain"))
    raise _unknown(name)


def text_of(data: bytes) -> str | None:
    """Return the text of a text file, None where it is none."""
    encoding = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8" or _has_controls(data):
            return None
        text = data.decode("cp1252", "replace")  # older files of Windows
    return None if "\0" in text else text.replace("\r\n", "\n")


def _has_controls(data: bytes) -> bool:
    """Whether there is what no text in a single-byte encoding has."""
    return any(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in data[:_HEAD])


def _signed(head: bytes) -> str:
    """What the first bytes say it is, "" if nothing."""
    try:
        return puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return ""


def _office(data: bytes, name: str) -> Kind:
    try:
        refuse_long_directory(io.BytesIO(data), LONGEST_DIRECTORY)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise unreadable(_("“%(name)s” is broken and cannot be read.") % {"name": name}) from None
    for part, (family, mime_type) in _OFFICE.items():
        if part in names:
            return Kind(family, mime_type)
    raise _unknown(name)


def _unknown(name: str) -> Refused:
    said = _("“%(name)s” is of a kind that cannot be read here. Add images, PDF, Office files, text, code or CSV.")
    return unreadable(said % {"name": name})
