"""What else lies in Microsoft's older container: workbooks, protected files, and what is too old to be read."""

import io
from collections.abc import Iterator

import olefile

from sambung.lib.files.blocks import Piece, Told
from sambung.lib.files.readers import File, Unreadable, old_sheets


def read(file: File) -> Iterator[Piece]:
    """The sheets of a workbook. Raises Unreadable for everything else."""
    with olefile.OleFileIO(io.BytesIO(file.data)) as container:
        names = {entry[0] for entry in container.listdir()}
    if "EncryptedPackage" in names:
        raise Unreadable("password")
    if names & {"WordDocument", "PowerPoint Document"}:
        raise Unreadable("old_office")
    if not names & {"Workbook", "Book"}:
        raise Unreadable("unknown")
    yield Told({"mime_type": "application/vnd.ms-excel"})
    yield from old_sheets.read(file)
