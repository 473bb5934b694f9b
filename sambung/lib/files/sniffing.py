"""What a file is, by its content. What it is called says only which kind of text it is. No Django."""

import codecs
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import puremagic

from sambung.lib.zips import refuse_long_directory

Family = Literal[
    "image", "pdf", "word", "sheet", "binary_sheet", "slides", "opendocument", "epub", "outlook", "ole",
    "rtf", "html", "article", "parquet", "mail", "notebook", "markdown", "csv", "code", "text",
]  # fmt: skip
LONGEST_DIRECTORY = 1_000_000  # bytes in which a ZIP lists its members
_HEAD = 4096  # bytes that tell what a file is
_STRAY = 0.3  # of the bytes of a text that may be NULs: a table whose fields are as wide as their column has many
_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # that no text has beside its NULs
_IMAGES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
_PHONES = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}  # what they call their pictures
_OPEN = "application/vnd.openxmlformats-officedocument."
_OPENDOCUMENT = "application/vnd.oasis.opendocument."
#: The part that each kind of Office file begins with.
_OFFICE: dict[str, tuple[Family, str]] = {
    "word/document.xml": ("word", f"{_OPEN}wordprocessingml.document"),
    "xl/workbook.xml": ("sheet", f"{_OPEN}spreadsheetml.sheet"),
    "xl/workbook.bin": ("binary_sheet", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    "ppt/presentation.xml": ("slides", f"{_OPEN}presentationml.presentation"),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Kinds of text by the ending of their name; everything else that is text is plain. All are shown as text alone.
_TEXTS: dict[str, tuple[Family, str]] = {
    ".csv": ("csv", "text/csv"),
    ".tsv": ("csv", "text/tab-separated-values"),
    ".tab": ("csv", "text/tab-separated-values"),
    ".eml": ("mail", "message/rfc822"),
    ".mht": ("mail", "multipart/related"),
    ".mhtml": ("mail", "multipart/related"),
    ".htm": ("html", "text/html"),
    ".html": ("html", "text/html"),
    ".xhtml": ("html", "application/xhtml+xml"),
    ".ipynb": ("notebook", "application/x-ipynb+json"),
    ".md": ("markdown", "text/markdown"),
    ".markdown": ("markdown", "text/markdown"),
    ".css": ("code", "text/css"),
    ".json": ("code", "application/json"),
    ".jsonl": ("code", "application/x-ndjson"),
    ".ndjson": ("code", "application/x-ndjson"),
    ".svg": ("code", "image/svg+xml"),
    ".toml": ("code", "application/toml"),
    ".xml": ("code", "application/xml"),
    ".yaml": ("code", "application/yaml"),
    ".yml": ("code", "application/yaml"),
    **dict.fromkeys(
        ".bash .c .cc .cpp .cs .dart .ex .exs .go .h .hpp .java .jl .js .jsx .kt .kts .lua .mjs .php .pl .ps1 .py .r"
        " .rb .rs .sass .scala .scss .sh .sql .swift .ts .tsx .vue .zig".split(),
        ("code", "text/plain"),
    ),
}
_PAGE = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Broken(Exception):
    """The file is of a known kind, but not whole."""


class PhonePicture(Exception):
    """The file is an image of a kind that phones take, and that is not read here: HEIC, AVIF."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`family` decides how it is read, `mime_type` is told."""

    family: Family
    mime_type: str


def sniffed(data: bytes, name: str) -> Kind | None:
    """Return what the file is, None for what nobody could read here. Raises Broken and PhonePicture."""
    head = data[:_HEAD]
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:1024] and encoding_of(data) is None):
        return Kind("pdf", "application/pdf")
    if head.startswith(b"PK\x03\x04"):
        return _archive(data)
    if head.startswith(_OLE):
        return _compound(data)
    if head.startswith(b"PAR1"):
        return Kind("parquet", "application/vnd.apache.parquet")
    if head.startswith(b"{\\rtf"):
        return Kind("rtf", "application/rtf")
    if (mime_type := _signed(head)) in _IMAGES:
        return Kind("image", mime_type)
    if head[4:8] == b"ftyp" and head[8:12] in _PHONES:
        raise PhonePicture
    is_text = encoding_of(data) is not None or _has_stray_nuls(data, name)
    return _text(data, name) if is_text else None


def _has_stray_nuls(data: bytes, name: str) -> bool:
    """Whether a file that is called a text is one but for some NULs, as programs leave them in tables they write."""
    if PurePath(name).suffix.lower() not in {*_TEXTS, ".txt", ".log"}:
        return False
    rest = data.replace(b"\0", b"")
    return 0 < data.count(0) <= len(data) * _STRAY and not _CONTROLS.search(rest) and encoding_of(rest) is not None


def _text(data: bytes, name: str) -> Kind:
    kind = Kind(*_TEXTS.get(PurePath(name).suffix.lower(), ("text", "text/plain")))
    if kind.family == "html" and not _PAGE.search(data[:_HEAD].replace(b"\0", b"")):
        return Kind("code", kind.mime_type)  # a piece of one, or a template
    return kind


def encoding_of(data: bytes) -> str | None:
    """Return the encoding of a text, "" where it can only be guessed (`readers/encodings.py`), None for no text."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding if _decodes(data, encoding) else None
    if _decodes(data, "utf-8"):
        return "iso2022_jp" if b"\x1b$" in data and _decodes(data, "iso2022_jp") else "utf-8"
    if (wide := _unmarked(data)) is not None:
        return wide
    has_controls = any(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in data[:_HEAD])
    return None if has_controls else ""


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        return "\0" not in data.decode(encoding)
    except UnicodeDecodeError:
        return False


def _unmarked(data: bytes) -> str | None:
    """UTF-16 that does not say so: letters, lines or spaces between them, and nothing else."""
    if len(data) % 2:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data[:_HEAD].decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(unicodedata.category(letter)[0] == "C" and letter not in "\t\r\n" for letter in text)
        latin = sum(letter < "\u0500" for letter in text)
        if not controls and any(mark in text for mark in "\n \u3000。") and (latin > len(text) / 4 or "\n" in text):
            return encoding
    return None


def _signed(head: bytes) -> str:
    """What the first bytes say it is, "" if nothing."""
    try:
        return puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return ""


def _archive(data: bytes) -> Kind | None:
    try:
        refuse_long_directory(io.BytesIO(data), LONGEST_DIRECTORY)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            has_type = "mimetype" in names and archive.getinfo("mimetype").file_size < 200
            said = archive.read("mimetype").decode("ascii", "replace").strip() if has_type else ""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Broken from error
    if said == "application/epub+zip":
        return Kind("epub", said)
    if said.startswith(_OPENDOCUMENT):
        return Kind("opendocument", said)
    return next((Kind(*kind) for part, kind in _OFFICE.items() if part in names), None)


def _compound(data: bytes) -> Kind:
    """A file of Microsoft's older container: a mail of Outlook, or what its reader must look into."""
    if "__properties_version1.0".encode("utf-16-le") in data:
        return Kind("outlook", "application/vnd.ms-outlook")
    return Kind("ole", "application/x-ole-storage")
