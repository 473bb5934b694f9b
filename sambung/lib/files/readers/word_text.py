"""The words of one paragraph of a Word document, without what was deleted or hidden."""

from collections.abc import Iterator, Mapping

from lxml.etree import _Element as Element

from sambung.lib.files.readers import formulas

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
#: What only stands around other things.
_AROUND = {
    f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "fldSimple", "dir", "bdo")
}
_DELETED = {f"{W}del", f"{W}moveFrom"}
_CHANGED = {*_DELETED, f"{W}ins", f"{W}moveTo"}
_SIGNS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "‑", f"{W}ptab": "\t"}


def inner(parent: Element) -> Iterator[Element]:
    """The children, those of content controls and of insertions as if they stood in their place."""
    for child in parent:
        if child.tag in _AROUND:
            yield from inner(child)
        elif child.tag == _CHOICES:
            yield from inner(_chosen(child))
        elif child.tag not in _DELETED:
            yield child


def _chosen(choices: Element) -> Element:
    """The first form of something that a document holds in several."""
    return choices[0] if len(choices) else choices


class Texts:
    """Reads paragraphs. `marks`: the number of each note that was referred to, by its kind and id."""

    def __init__(self, relations: Mapping, comments: Mapping[str, tuple[str, str]]) -> None:
        self._relations, self._comments = relations, comments
        self.marks: dict[tuple[str, str], int] = {}
        self.has_changes = self.has_hidden = False

    def of(self, paragraph: Element) -> str:
        """The text of a paragraph, its links, pictures, formulas and comments in their place."""
        self.has_changes |= any(one.tag in _CHANGED for one in paragraph.iter())
        return "".join(self._said(child) for child in inner(paragraph))

    def _said(self, element: Element) -> str:
        if element.tag == f"{W}r":
            return self._run(element)
        if element.tag == f"{W}hyperlink":
            text = "".join(self._said(child) for child in inner(element))
            kind, target = self._relations.get(element.get(f"{_R}id"), ("", ""))
            return f"[{text}]({target})" if kind == "hyperlink" and target and target != text else text
        if element.tag.startswith(formulas.M):
            return formulas.linear(element)
        return ""

    def _run(self, run: Element) -> str:
        if _is_hidden(run):
            self.has_hidden |= any(one.text for one in run.iter(f"{W}t"))
            return ""
        return "".join(self._piece(piece) for piece in inner(run))

    def _piece(self, piece: Element) -> str:
        if piece.tag == f"{W}t":
            return piece.text or ""
        if piece.tag == f"{W}br":
            return "" if piece.get(f"{W}type") == "page" else "\n"
        if piece.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = piece.tag.removeprefix(W).removesuffix("Reference")
            return f"[^{self.marks.setdefault((kind, piece.get(f'{W}id')), len(self.marks) + 1)}]"
        if piece.tag == f"{W}commentReference":
            author, text = self._comments.get(piece.get(f"{W}id"), ("", ""))
            return f" [comment by {author}: {text}]" if text else ""
        if piece.tag in (f"{W}drawing", f"{W}pict"):
            return _picture(piece)
        if piece.tag == f"{W}ruby":  # letters with how they are spoken above them
            return "".join(self._said(run) for run in inner(piece.find(f"{W}rubyBase")))
        return _SIGNS.get(piece.tag, "")

    def boxes(self, paragraph: Element) -> Iterator[Element]:
        """What stands in text boxes beside the paragraph, each once."""
        for run in inner(paragraph):
            for piece in inner(run) if run.tag == f"{W}r" else ():
                if piece.tag in (f"{W}drawing", f"{W}pict"):
                    yield from _outermost(piece, f"{W}txbxContent")


def _outermost(element: Element, tag: str) -> Iterator[Element]:
    for child in element:
        if child.tag == tag:
            yield child
        else:
            yield from _outermost(_chosen(child) if child.tag == _CHOICES else child, tag)


def _is_hidden(run: Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in {"0", "false", "off"}


def _picture(drawing: Element) -> str:
    """A picture as words: what its author says that it shows."""
    if next(drawing.iter("{*}blip", "{*}imagedata"), None) is None:
        return ""
    named = next((one.get("descr") or "" for one in drawing.iter("{*}docPr")), "")
    return f"[picture: {' '.join(named.split())}]" if named else "[picture]"
