"""Pages of HTML: what a reader of the page sees, without scripts, styles and navigation."""

import codecs
import re
from collections.abc import Iterator, Sequence

from lxml import etree, html

from sambung.lib.files.blocks import LINE, Block, Piece, ReadWarning, closed, heading, item, table
from sambung.lib.files.readers import File
from sambung.lib.files.readers.encodings import decoded
from sambung.lib.files.sniffing import encoding_of

_CHARSET = re.compile(rb"""<meta[^>]+charset=["']?([\w-]+)""", re.IGNORECASE)
_UNSEEN = {
    "script", "style", "template", "noscript", "nav", "head", "iframe", "object", "embed", "canvas", "audio", "video",
    "svg", "button", "select", "datalist",
}  # fmt: skip
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "figure", "figcaption", "blockquote",
    "address", "details", "summary", "fieldset", "legend", "form", "dl", "dt", "dd", "center", "caption", "hr", "body",
}  # fmt: skip
_PIECES = ("table", "h1", "h2", "h3", "h4", "dl", "pre", "ul", "ol")
_HEADING = re.compile("h[1-6]")
_LINKS = ("http://", "https://", "mailto:")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_TYPED = {"text", "email", "number", "tel", "url", "date"}
_WIDEST = 100  # columns that one cell may take


def read(file: File) -> Iterator[Piece]:
    """Blocks of the page, its title first where it has no heading of the first level."""
    text, warnings = _decoded(file)
    yield from warnings
    yield from closed(blocks_of(text))


def _decoded(file: File) -> tuple[str, list]:
    """The source: the page itself says how its letters are written, unless it says the untruth."""
    said = _CHARSET.search(file.data[:4096])
    if encoding_of(file.data) == "" and said and not file.encoding:
        try:
            return file.data.decode(codecs.lookup(said.group(1).decode()).name), []
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(file)


def blocks_of(source: str, **place) -> Iterator[Piece]:
    """The blocks of a page, or of a piece of one; `place` is said of each. A warning where it is nested too deep."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    data = source.encode("utf-8", "replace").replace(b"\0", b"")
    root = html.document_fromstring(data, parser=parser) if data.strip() else None
    if root is None:
        return
    title = root.findtext(".//title")
    if title and title.strip() and root.find(".//h1") is None:
        yield heading(title, 1, **place)
    yield from _Walker(place).blocks(root)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        yield ReadWarning("nested_unread")


class _Walker:
    """Goes through a page in its order. What stands in a line is gathered until something ends the line."""

    def __init__(self, place: dict) -> None:
        self._place, self._line = place, []

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        """The blocks inside an element."""
        yield from self._inside(element)
        yield from self._ended()

    def _inside(self, element: etree._Element) -> Iterator[Block]:
        self._line.append(element.text or "")
        for child in element:
            if not _is_unseen(child):
                yield from self._child(child)
            self._line.append(child.tail or "")

    def _child(self, child: etree._Element) -> Iterator[Block]:
        tag = child.tag
        if _HEADING.fullmatch(tag):
            yield from self._ended()
            if text := _plain(child):
                yield heading(text, int(tag[1]), **self._place)
        elif tag in {"ul", "ol", "menu"}:
            yield from self._ended()
            yield from self._list(child, 0)
        elif tag == "table":
            yield from self._ended()
            yield from self._table(child)
        elif tag == "pre":
            yield from self._ended()
            if (code := "".join(child.itertext()).strip("\n")).strip():
                yield Block("code", f"```\n{code}\n```", **self._place)
        elif tag in _BLOCKS or tag == "li":
            yield from self._ended()
            yield from self._inside(child)
            yield from self._ended()
        elif tag == "br":
            self._line.append("\x00")
        elif not self._is_said(child):
            yield from self._inside(child)

    def _is_said(self, child: etree._Element) -> bool:
        """Whether the element stands in the line as words of its own."""
        if child.tag == "img":
            said = _flat(child.get("alt") or "")
            self._line.append(f"[picture: {said}]" if said else "")
        elif child.tag == "input":
            self._line.append(
                child.get("value") or "" if child.get("type", "text") in {"text", "email", "number"} else ""
            )
        elif child.tag == "a" and (child.get("href") or "").startswith(_LINKS) and len(child) == 0:
            text, target = _flat(child.text or ""), child.get("href")
            self._line.append(f"[{text}]({target})" if text and text != target else text)
        else:
            return False
        return True

    def _ended(self) -> Iterator[Block]:
        """What was gathered, as a paragraph."""
        lines = "".join(self._line).split("\x00")
        self._line = []
        if text := LINE.join(map(_flat, lines)).strip():
            yield Block("paragraph", text, **self._place)

    def _list(self, found: etree._Element, level: int) -> Iterator[Block]:
        number = int(found.get("start") or 1) if (found.get("start") or "1").isdigit() else 1
        for child in found:
            if child.tag in {"ul", "ol"}:  # a mistake that many pages make
                yield from self._list(child, level + 1)
            if child.tag != "li" or _is_unseen(child):
                continue
            inner = [one for one in child.iter("ul", "ol") if _list_above(one, child)]
            if text := _plain(child, without=inner):
                yield item(text, level, f"{number}." if found.tag == "ol" else "-", **self._place)
            number += 1
            for deeper in inner:
                yield from self._list(deeper, level + 1)

    def _table(self, found: etree._Element) -> Iterator[Block]:
        rows = [row for row in found.iter("tr") if _table_above(row) is found and not _is_unseen(row)]
        cells = [[cell for cell in row if cell.tag in {"td", "th"}] for row in rows]
        if max(map(len, cells), default=0) < 2 or _is_frame(found):
            for cell in (cell for row in cells for cell in row):
                yield from _Walker(self._place).blocks(cell)
            return
        if caption := _flat(found.findtext("caption") or ""):
            yield Block("paragraph", caption, **self._place)
        yield table(list(_rows(cells)), **self._place)


def _is_frame(table_of: etree._Element) -> bool:
    """Whether a table only lays out a page, as in mails: whole pieces of a page stand in its cells."""
    is_said = table_of.get("role") in {"presentation", "none"}
    return is_said or next((one for one in table_of.iter(*_PIECES) if one is not table_of), None) is not None


def _rows(cells: list[list[etree._Element]]) -> Iterator[list[str]]:
    """The texts of the rows; a cell that takes several columns or rows is said once."""
    below: dict[int, int] = {}  # column -> rows that a cell above still takes
    for row in cells:
        said: list[str] = []
        for cell in row:
            while below.get(len(said), 0):
                below[len(said)] -= 1
                said.append("")
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            below |= {len(said) + n: height - 1 for n in range(width)}
            said += [_plain(cell), *[""] * (width - 1)]
        yield said


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), _WIDEST) if value.isdigit() else 1


def _plain(element: etree._Element, without: Sequence[etree._Element] = ()) -> str:
    """What stands in an element, on one line; without the lists that are given."""
    for one in without:
        one.set("hidden", "")
    said = _flat(" ".join(block.text for block in _Walker({}).blocks(element)))
    for one in without:
        del one.attrib["hidden"]
    return said


def _list_above(found: etree._Element, item_of: etree._Element) -> bool:
    """Whether the nearest item around a list is this one."""
    above = found.getparent()
    while above is not None and above.tag != "li":
        above = above.getparent()
    return above is item_of


def _table_above(row: etree._Element) -> etree._Element | None:
    above = row.getparent()
    while above is not None and above.tag != "table":
        above = above.getparent()
    return above


def _is_unseen(element: etree._Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        not isinstance(element.tag, str)
        or element.tag in _UNSEEN
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in style
    )


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
