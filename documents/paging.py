"""What was read out of a document, a leaf at a time, with a passage of it marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from pathlib import PurePosixPath

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from documents import showing
from documents.languages import LANGUAGES
from documents.models import Document, Kind
from sambung.lib import markdown
from sambung.lib.files.blocks import LINE, Block, starts

LEAF = 12_000  # characters that a page shows at once
_PAGE, _TEXT, _MARKED = range(3)
_SHEETS = {"text/csv", "text/tab-separated-values"}
_MARKDOWN = {"text/markdown", "text/html", "text/rtf"}
_SOURCES = ("text/", "application/json", "application/toml", "application/xml", "application/yaml", "image/svg")


@dataclass(slots=True)
class Leaf:
    """Blocks that are shown together, each with the place in the text where it begins."""

    blocks: list[tuple[int, Block]] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.blocks[0][0]

    @property
    def is_one_page(self) -> bool:
        """Whether it is of one page, which its own mark names."""
        first, last = self.blocks[0][1], self.blocks[-1][1]
        return first.kind == "page" and first.page == last.page

    @property
    def label(self) -> str:
        """Where in the file it stands, in words; "" where there are no pages."""
        first, last = self.blocks[0][1], self.blocks[-1][1]
        if first.page:
            return place(first.page, last.page)
        if first.slide:
            return _("Slide %(n)s") % {"n": first.slide}
        return first.sheet or first.path


def place_of(anchor: Mapping) -> str:
    """Where a passage stands, in words; "" where its document has no parts."""
    if page := place(anchor.get("page"), anchor.get("last_page")):
        return page
    if slide := anchor.get("slide"):
        return _("Slide %(n)s") % {"n": slide}
    heading = anchor.get("heading") or [""]
    return anchor.get("sheet") or anchor.get("path") or heading[-1]


def place(page: int | None, last: int | None = None) -> str:
    """A page, or several, in words."""
    if not page:
        return ""
    if last and last != page:
        return _("Pages %(first)s–%(last)s") % {"first": page, "last": last}
    return _("Page %(n)s") % {"n": page}


def leaves(blocks: Sequence[Block]) -> list[Leaf]:
    """The text of a document in leaves; a document without text has none."""
    found: list[Leaf] = []
    size = 0
    for start, block in _bounded(blocks):
        if not found or size + len(block.text) > LEAF:
            found.append(Leaf())
            size = 0
        found[-1].blocks.append((start, block))
        size += len(block.text)
    return found


def _bounded(blocks: Sequence[Block]) -> Iterator[tuple[int, Block]]:
    """Blocks with their places, very long ones in parts."""
    for start, block in starts(blocks):
        for at in range(0, max(1, len(block.text)), LEAF):
            is_last = at + LEAF >= len(block.text)
            yield start + at, replace(block, text=block.text[at : at + LEAF], gap=block.gap if is_last else "")


def at(found: Sequence[Leaf], start: int) -> int:
    """The number of the leaf, from 1, that holds a place of the text."""
    return max(1, sum(leaf.start <= start for leaf in found))


def between(blocks: Sequence[Block], start: int, end: int) -> dict[int, str]:
    """What stands between two places of the text, by the pages on which it does."""
    found: dict[int, list[str]] = {}
    for begun, block in starts(blocks):
        if block.page and block.kind != "page" and begun < end and begun + len(block.text) > start:
            found.setdefault(block.page, []).append(block.text[max(0, start - begun) : end - begun])
    return {page: LINE.join(texts) for page, texts in found.items()}


def html(document: Document, leaf: Leaf, start: int = 0, end: int = 0) -> SafeString:
    """A leaf as people read it; what stands between `start` and `end` of the document's text is marked."""
    made = []
    pieces = (piece for begun, block in leaf.blocks for piece in _pieces(document, block, begun, start, end))
    for n, (kind, group) in enumerate(groupby(pieces, key=lambda piece: piece[0])):
        texts = [text for _kind, text in group]
        if kind == _PAGE:
            made += [format_html('<p class="document-page">{}</p>', text) for text in texts]
            continue
        inner = _rendered(document, "".join(texts), f"{document.pk}-{n}")
        made.append(format_html('<div class="passage" id="passage">{}</div>', inner) if kind == _MARKED else inner)
    return mark_safe("".join(made))  # noqa: S308  each by format_html or by the renderer


def _pieces(document: Document, block: Block, begun: int, start: int, end: int) -> Iterator[tuple[int, str]]:
    if block.kind == "page":
        yield _PAGE, place(block.page)
        return
    over = begun + len(block.text)
    cuts = sorted({begun, over, *(cut for cut in (start, end) if begun < cut < over)})
    head = _head(document, block)
    for a, b in pairwise(cuts):
        text = block.text[a - begun : b - begun]
        is_split = bool(head) and a > begun
        kind = _MARKED if start <= a < end else _TEXT
        yield kind, (f"{head}{LINE}" if is_split else "") + text + (block.gap if b == over else LINE)


def _head(document: Document, block: Block) -> str:
    """The head of a table that is shown in parts."""
    if block.kind != "table":
        return ""
    lines = block.text.split(LINE, 2)
    return LINE.join(lines[: 1 if _form(document) == Kind.SHEET else 2])


def _form(document: Document) -> str:
    """How the text is written: as the kind of document that people would write it in."""
    if not document.is_file:
        return document.kind
    kind = document.mime_type
    if kind in _SHEETS:
        return Kind.SHEET
    return Kind.CODE if kind.startswith(_SOURCES) and kind not in _MARKDOWN else Kind.TEXT


def _rendered(document: Document, text: str, prefix: str) -> SafeString:
    form, language = _form(document), document.language or _language(document)
    if document.is_file and form == Kind.CODE and not language:
        return mark_safe(markdown.typed(text))  # noqa: S308  the renderer's
    return showing.html(form, language, text, prefix)


def _language(document: Document) -> str:
    """The language of a source, by the ending of its file; "" of plain text."""
    ending = PurePosixPath(document.file).suffix.lstrip(".")
    known = {language.ending: name for name, language in LANGUAGES.items() if language.ending != "txt"}
    return known.get(ending, "")
