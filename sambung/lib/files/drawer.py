"""Draws a page of a PDF, with words of it marked: a process of its own, with limits, that ends with it. No Django.

`python -m sambung.lib.files.drawer` takes a line of JSON {page, side, marked} and then the file from its input, and
writes a line {pages, width, height, marks} and then a JPEG, or {"problem": …} alone.
"""

import io
import json
import resource
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw

from sambung.lib.files.reader import MEMORY, SECONDS

LARGEST = 2400  # pixels of the longer side
SHORTEST = 12  # letters that are looked for by themselves, where a passage does not stand there as a whole
_COLOUR = (255, 226, 110)
_QUALITY = 82
_AROUND = 1.5  # points around what is marked

#: Left, bottom, right, top in points.
Box = tuple[float, float, float, float]


def main() -> None:
    """Draw what is asked for, within the limits."""
    bounds = ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CPU, SECONDS))
    for what, bound in bounds:
        resource.setrlimit(what, (bound, bound))
    asked, _end, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        told, image = drawn(data, **json.loads(asked))
    except (pypdfium2.PdfiumError, IndexError, ValueError):
        told, image = {"problem": "broken"}, b""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + image)


def drawn(data: bytes, page: int, side: int, marked: str = "") -> tuple[dict, bytes]:
    """Return facts and the JPEG of a page, counted from 1, whose longer side has so many pixels.

    Raises PdfiumError, IndexError.
    """
    document = pypdfium2.PdfDocument(data)
    if document.get_formtype():
        document.init_forms()
    if not 1 <= page <= len(document):
        raise IndexError(page)
    found = document[page - 1]
    scale = min(side, LARGEST) / max(*found.get_size(), 1)
    bitmap = found.render(scale=scale)
    image = bitmap.to_pil().convert("RGB")
    boxes = list(places(found.get_textpage(), marked)) if marked else []
    if boxes:
        image = _with_marks(image, bitmap.get_posconv(found), boxes)
    held = io.BytesIO()
    image.save(held, "JPEG", quality=_QUALITY)
    facts = {"pages": len(document), "width": image.width, "height": image.height, "marks": len(boxes)}
    return facts, held.getvalue()


def _with_marks(image: Image.Image, convert, boxes: list[Box]) -> Image.Image:
    """The page with a colour under the marked words, as of a pen that lets them through."""
    layer = Image.new("RGB", image.size, "white")
    pen = ImageDraw.Draw(layer)
    for left, bottom, right, top in boxes:
        corners = convert.to_bitmap(left - _AROUND, bottom - _AROUND), convert.to_bitmap(right + _AROUND, top + _AROUND)
        (x1, x2), (y1, y2) = (sorted(pair) for pair in zip(*corners, strict=True))
        pen.rectangle((x1, y1, x2, y2), fill=_COLOUR)
    return ImageChops.multiply(image, layer)


# ---- where words stand ----------------------------------------------------------------------------------
def places(text: pypdfium2.PdfTextPage, marked: str) -> Iterator[Box]:
    """The boxes of words as they stand on a page, whatever their spaces, hyphens and marks of Markdown."""
    letters, indexes = [], []
    for n, sign in enumerate(_signs(text)):
        for letter in _letters(sign):
            letters.append(letter)
            indexes.append(n)
    whole = "".join(letters)
    for start, end in _spans(whole, marked):
        first, last = indexes[start], indexes[end - 1]
        for n in range(text.count_rects(first, last - first + 1)):
            yield text.get_rect(n)


def _signs(text: pypdfium2.PdfTextPage) -> Iterator[str]:
    """Each character of the page at the index by which it is asked for."""
    for n in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, n)
        yield chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else " "


def _letters(text: str) -> str:
    """Letters and digits alone, as they are compared."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _spans(whole: str, marked: str) -> Iterator[tuple[int, int]]:
    """Where it stands as a whole; else its lines, each by itself; else as much of its beginning or end as there is."""
    sought = _letters(marked)
    if sought and (at := whole.find(sought)) >= 0:
        yield at, at + len(sought)
        return
    lines = [_letters(line) for line in marked.split("\n")]
    found = [(at, at + len(line)) for line in lines if len(line) >= SHORTEST and (at := whole.find(line)) >= 0]
    yield from found
    if not found:
        beginning = sought[: _longest(lambda size: sought[:size] in whole, len(sought))]
        end = sought[len(sought) - _longest(lambda size: sought[len(sought) - size :] in whole, len(sought)) :]
        piece = max(beginning, end, key=len)
        if len(piece) >= SHORTEST:
            yield (at := whole.find(piece)), at + len(piece)


def _longest(fits: Callable[[int], bool], most: int) -> int:
    """The largest size that fits, where each that is smaller than one that fits does as well."""
    return bisect_left(range(1, most + 1), x=True, key=lambda size: not fits(size))


if __name__ == "__main__":
    main()
