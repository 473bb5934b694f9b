"""Reads a file that nobody has looked at: a process of its own, with limits, that ends with it. No Django.

`python -m sambung.lib.files.reader <family>` takes the file from its input and writes one JSON object. What is
wrong with a file, whatever that may be, ends this process and nothing else.
"""

import base64
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice

MEMORY = 1_500_000_000  # bytes of address space; the libraries alone take some hundred million
SECONDS = 8  # of processor time
TEXT = 1_000_000  # characters that are kept
SIDE, THUMBNAIL = 2048, 320  # pixels
UNPACKED, MEMBERS = 300_000_000, 10_000  # bytes and members of an Office file
ROWS = 100_000  # lines of all sheets


def main() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    print(json.dumps(READERS[sys.argv[1]](sys.stdin.buffer.read())))


# ---- images ---------------------------------------------------------------------------------------------
def image(data: bytes) -> dict:
    """Draw it anew: {mime_type, data, thumbnail, width, height}. Nothing but what is seen is kept."""
    from PIL import Image, ImageOps

    from sambung.lib.pictures import MOST_PIXELS

    with Image.open(io.BytesIO(data), formats=tuple(MOST_PIXELS)) as found:
        if found.width * found.height > MOST_PIXELS[found.format]:
            return {"problem": "pixels"}
        is_drawn = found.format in {"PNG", "GIF"}  # letters and lines, which JPEG blurs
        found.draft("RGB", (2 * SIDE, 2 * SIDE))
        whole = ImageOps.exif_transpose(found.convert("RGBA" if found.has_transparency_data else "RGB"))
    whole.thumbnail((SIDE, SIDE))
    width, height = whole.size
    encoded, mime_type = _drawn(whole, "PNG"), "image/png"
    if not is_drawn or len(encoded) > 3_000_000:
        encoded, mime_type = _drawn(whole, "JPEG"), "image/jpeg"
    told = {"mime_type": mime_type, "data": _written(encoded), "width": width, "height": height}
    return told | {"thumbnail": _written(_thumbnail(whole))}


def _drawn(picture, form: str) -> bytes:
    """On white where it is transparent; a new image, since the old one carries what else was in the file."""
    from PIL import Image

    drawn = Image.new("RGB", picture.size, "white")
    drawn.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    file = io.BytesIO()
    drawn.save(file, form, quality=88)
    return file.getvalue()


def _thumbnail(picture) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return _drawn(small, "WEBP")


def _written(data: bytes) -> str:
    return base64.b64encode(data).decode()


# ---- documents ------------------------------------------------------------------------------------------
def pdf(data: bytes) -> dict:
    """{text, pages, is_cut, thumbnail}."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    texts = (f"{document[n].get_textpage().get_text_bounded()}\n\n" for n in range(len(document)))
    told = _bounded(texts) | {"pages": len(document)}
    if len(document):
        page = document[0]
        scale = THUMBNAIL / max(*page.get_size(), 1)
        told["thumbnail"] = _written(_thumbnail(page.render(scale=min(scale, 2)).to_pil().convert("RGB")))
    return told


def word(data: bytes) -> dict:
    """{text, is_cut}: paragraphs, and tables as lines of cells."""
    import docx
    from docx.table import Table

    _refuse_bombs(data)
    blocks = docx.Document(io.BytesIO(data)).iter_inner_content()
    return _bounded(_table(block) if isinstance(block, Table) else f"{block.text}\n" for block in blocks)


def _table(table) -> str:
    return "".join(" | ".join(cell.text for cell in row.cells) + "\n" for row in table.rows)


def sheet(data: bytes) -> dict:
    """{text, pages, is_cut}: each sheet under its name, its rows as lines of cells."""
    import openpyxl

    _refuse_bombs(data)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    lines = list(islice(_lines(book), ROWS + 1))
    told = _bounded(lines[:ROWS]) | {"pages": len(book.sheetnames)}
    return told | {"is_cut": told["is_cut"] or len(lines) > ROWS}


def _lines(book) -> Iterator[str]:
    for one in book.worksheets:
        yield f"# {one.title}\n"
        for row in one.iter_rows(values_only=True):
            cells = ["" if value is None else str(value) for value in row]
            yield " | ".join(cells).rstrip(" |") + "\n" if any(cells) else ""


def slides(data: bytes) -> dict:
    """{text, pages, is_cut}: what stands on each slide, and its notes."""
    import pptx

    _refuse_bombs(data)
    shown = pptx.Presentation(io.BytesIO(data)).slides
    return _bounded(_slide(n, slide) for n, slide in enumerate(shown, start=1)) | {"pages": len(shown)}


def _slide(n: int, slide) -> str:
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    texts += [_table(shape.table) for shape in slide.shapes if shape.has_table]
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    texts += [notes.text] if notes else []
    return f"# {n}\n" + "".join(f"{text}\n" for text in texts if text.strip())


def _refuse_bombs(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise ValueError("It unpacks to too much.")


def _bounded(pieces: Iterable[str]) -> dict:
    """{text, is_cut}: the pieces up to the bound, without what no database holds."""
    found, size = [], 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > TEXT:
            break
    text = "".join(found).replace("\0", "").encode("utf-8", "replace").decode()
    return {"text": text[:TEXT].strip(), "is_cut": size > TEXT}


READERS = {"image": image, "pdf": pdf, "word": word, "sheet": sheet, "slides": slides}

if __name__ == "__main__":
    main()
