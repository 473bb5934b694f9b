"""One reader a family of files. Each is loaded, with its libraries, when a file of its family comes. No Django."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sambung.lib.files.blocks import Piece

#: Family -> the module here whose `read` takes a File and gives its pieces.
READERS = {
    "image": "pictures",
    "pdf": "pdf",
    "word": "word",
    "sheet": "sheets",
    "binary_sheet": "old_sheets",
    "ole": "ole",
    "slides": "slides",
    "text": "text",
    "code": "text",
    "csv": "text",
    "markdown": "markdown",
    "html": "html",
    "article": "article",
    "mail": "mail",
    "outlook": "outlook",
    "notebook": "notebook",
    "rtf": "rtf",
    "epub": "epub",
    "opendocument": "opendocument",
    "parquet": "parquet",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file that is to be read. `name` is what a person called it; `encoding` that of a text, where it is known.

    `path` is where it stands in another file, "" where it came by itself. `is_shown`: a small picture of it is wanted.
    """

    data: bytes
    name: str
    encoding: str = ""
    path: str = ""
    family: str = ""  # what it is, as `sniffing` says
    password: str = ""  # that opens it
    is_shown: bool = True


class Unreadable(Exception):
    """The file cannot be read at all, for a reason that has a name: `pixels`, `password`, `old_office`, `broken`,
    `unknown`."""


def read(family: str, file: File) -> Iterator[Piece]:
    """Give the pieces of a file as they are read. Raises Unreadable, and whatever a library raises on broken files."""
    module = importlib.import_module(f"{__name__}.{READERS[family]}")
    return module.read(replace(file, family=family))
