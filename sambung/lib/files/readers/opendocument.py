"""OpenDocument files, as LibreOffice writes them: texts (`.odt`), sheets (`.ods`), presentations (`.odp`)."""

from collections.abc import Iterator

from sambung.lib.files.blocks import Piece, ReadWarning, closed
from sambung.lib.files.readers import File, Unreadable, opendocument_sheets, opendocument_slides
from sambung.lib.files.readers.archives import Archive
from sambung.lib.files.readers.opendocument_text import OFFICE, Texts

CONTENT, STYLES, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"


def read(file: File) -> Iterator[Piece]:
    """Blocks of the text, the sheets or the slides. Raises Unreadable where the file is protected."""
    archive = Archive(file.data)
    if _MANIFEST in archive.names and next(archive.xml(_MANIFEST).iter("{*}encryption-data"), None) is not None:
        raise Unreadable("password")
    content = archive.xml(CONTENT)
    texts = Texts(archive, [content, archive.xml(STYLES)] if STYLES in archive.names else [content])
    yield from closed(_pieces(content.find(f"{OFFICE}body"), texts))
    if next(content.iter("{*}tracked-changes"), None) is not None:
        yield ReadWarning("changes_tracked")
    if texts.is_deep:
        yield ReadWarning("nested_unread")


def _pieces(body, texts: Texts) -> Iterator[Piece]:
    for part in () if body is None else body:
        if part.tag == f"{OFFICE}spreadsheet":
            yield from opendocument_sheets.pieces(part, texts)
        elif part.tag in (f"{OFFICE}presentation", f"{OFFICE}drawing"):
            yield from opendocument_slides.pieces(part, texts)
        else:
            yield from texts.edges("header")
            yield from texts.blocks(part)
            yield from texts.notes()
            yield from texts.edges("footer")
