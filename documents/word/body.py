"""From Markdown's events to the text of a file of Word: its paragraphs, lists, tables, notes, links and pictures."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from documents.word.formulas import formula
from documents.word.pictures import Picture, Pictures
from documents.word.styles import BULLETS, MOST_LEVELS, NUMBERS, SHADE, STEP
from documents.word.xml import escaped
from sambung.lib.markdown import links
from sambung.lib.markdown.dollars import MARK_BEGINS
from sambung.lib.markdown.formulas import MARKS, Held
from sambung.lib.markdown.parse import events, parts

#: In the order in which the file format has them.
_MARKED = {"Strong": "<w:b/><w:bCs/>", "Emphasis": "<w:i/><w:iCs/>", "Strikethrough": "<w:strike/>"}
_TASKS = {True: "☑ ", False: "☐ "}
_RULE = '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="CBD2D9"/></w:pBdr>'


@dataclass(slots=True)
class _List:
    """A list that is open: its number in the file, and whether its item has had its mark."""

    number: int
    has_mark: bool = False


@dataclass(slots=True)
class _Table:
    """A table that is open."""

    align: tuple[str, ...]
    rows: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    is_head: bool = False


class Body:
    """Writes one text. `picture` gives the text's own pictures by their ids.

    Afterwards `lists` are (kind, first number), `targets` the addresses of links and `notes` the footnotes, each in the
    order of the numbers by which the text names them.
    """

    def __init__(self, held: Held, picture: Callable[[str], Picture | None]) -> None:
        self.lists: list[tuple[int, int]] = []
        self.targets: list[str] = []
        self.notes: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.pictures = Pictures()
        self._held, self._picture = held, picture
        self._out: list[str] = []
        self._outer: list[list[str]] = []
        self._runs: list[str] = []
        self._style = ""
        self._marks: list[str] = []
        self._open: list[_List] = []
        self._quotes = 0
        self._table: _Table | None = None
        self._link: list[str] | None = None  # the runs before it
        self._words: list[str] | None = None  # of code or raw tags, or what a picture shows
        self._ends: list[Callable[[], None]] = []
        self._defined = _defined(held.source)

    def write(self) -> str:
        """Return the paragraphs and tables of the text."""
        for event, _span in events(self._held.source):
            kind, data = parts(event)
            if kind == "Start":
                self._start(*parts(data))
            elif kind == "End":
                self._ends.pop()()
            else:
                self._inline(kind, data)
        self._paragraph()
        return "".join(self._out)

    # ---- what has a beginning and an end ------------------------------------------------------------------
    def _start(self, name: str, data: Any) -> None:
        begin = getattr(self, f"_start_{name.lower()}", None)
        self._ends.append((begin(data) if begin else self._begin_marks(name)) or self._paragraph)

    def _begin_marks(self, name: str) -> Callable[[], None]:
        """Letters of another kind; the content alone of an element that we do not know."""
        self._marks.append(name)
        return lambda: self._marks.pop()

    def _start_paragraph(self, _data: Any) -> None:
        self._paragraph()

    def _start_heading(self, data: Any) -> Callable[[], None]:
        self._paragraph()
        return lambda: self._paragraph(f"Heading{data['level'][1]}")

    def _start_blockquote(self, _data: Any) -> Callable[[], None]:
        self._paragraph()
        self._quotes += 1

        def end() -> None:
            self._paragraph()
            self._quotes -= 1

        return end

    def _start_list(self, first: int | None) -> Callable[[], None]:
        self._paragraph()
        self.lists.append((BULLETS, 1) if first is None else (NUMBERS, first))
        self._open.append(_List(len(self.lists)))

        def end() -> None:
            self._paragraph()
            self._open.pop()

        return end

    def _start_item(self, _data: Any) -> Callable[[], None]:
        self._paragraph()
        self._open[-1].has_mark = False

        def end() -> None:
            if not self._open[-1].has_mark and not self._runs:
                self._runs.append(_run(""))  # an empty item has its mark as well
            self._paragraph()

        return end

    def _start_codeblock(self, _data: Any) -> Callable[[], None]:
        self._paragraph()
        self._words = []

        def end() -> None:
            text, self._words = "".join(self._words or []).removesuffix("\n"), None
            self._runs.append(_lines(text))
            self._paragraph("Code")

        return end

    def _start_htmlblock(self, _data: Any) -> Callable[[], None]:
        self._paragraph()
        self._words = []

        def end() -> None:
            text, self._words = "".join(self._words or []).strip("\n"), None
            self._runs.append(_lines(text))
            self._paragraph()

        return end

    def _start_footnotedefinition(self, label: str) -> Callable[[], None]:
        self._paragraph()
        self._outer.append(self._out)
        self._out = []
        before, self._open = self._open, []

        def end() -> None:
            self._paragraph("FootnoteText")
            self._note(label)
            self.notes[label] += "".join(self._out)
            self._out, self._open = self._outer.pop(), before

        return end

    # ---- in a line ----------------------------------------------------------------------------------------
    def _start_link(self, data: Any) -> Callable[[], None]:
        target = data["dest_url"]
        found = links.address(f"mailto:{target}" if data["link_type"] == "Email" else target)
        if found is None or self._link is not None or self._words is not None:
            return lambda: None
        self._link, self._runs = self._runs, []

        def end() -> None:
            inside, self._runs, self._link = "".join(self._runs), self._link or [], None
            self.targets.append(found.url)
            self._runs.append(f'<w:hyperlink r:id="link{len(self.targets)}">{inside}</w:hyperlink>')

        return end

    def _start_image(self, data: Any) -> Callable[[], None]:
        outer, self._words = self._words, []

        def end() -> None:
            alt, self._words = "".join(self._words or []), outer
            if outer is not None:
                outer.append(alt)
                return
            found = links.PICTURE.fullmatch(data["dest_url"].strip())
            picture = found and self._picture(found[1].lower())
            self._runs.append(self.pictures.drawn(picture, alt) if picture else self._run(alt))

        return end

    def _inline(self, kind: str, data: Any) -> None:
        if self._words is not None:
            self._words.append(data if isinstance(data, str) else " ")
        elif kind == "Text":
            self._text(data)
        elif kind == "Code":
            self._runs.append(_run(escaped(data), '<w:rStyle w:val="InlineCode"/>'))
        elif kind == "InlineHtml":
            is_break = data.lower().replace(" ", "").replace("/", "") == "<br>"
            self._runs.append("<w:r><w:br/></w:r>" if is_break else self._run(data))
        elif kind == "SoftBreak":
            self._runs.append(self._run(" "))
        elif kind == "HardBreak":
            self._runs.append("<w:r><w:br/></w:r>")
        elif kind == "Rule":
            self._paragraph()
            self._out.append(f"<w:p><w:pPr>{_RULE}</w:pPr></w:p>")
        elif kind == "FootnoteReference":
            self._reference(data)
        elif kind == "TaskListMarker":
            self._runs.append(self._run(_TASKS[data]))

    def _text(self, text: str) -> None:
        for n, piece in enumerate(MARKS.split(text) if MARK_BEGINS in text else [text]):
            found = self._held.formula(piece) if n % 2 else None  # words and numbers of formulas in turn
            if found is None:
                self._runs.append(self._run(piece) if n % 2 == 0 else "")
            elif made := formula(found.tex, block=found.is_block):
                self._runs.append(made)
            else:
                self._runs.append(_run(escaped(found.letters), '<w:rStyle w:val="InlineCode"/>'))

    def _run(self, text: str) -> str:
        linked = '<w:rStyle w:val="Hyperlink"/>' if self._link is not None else ""
        rtl = "<w:rtl/>" if _is_rtl(text) else ""
        marks = "".join(mark for name, mark in _MARKED.items() if name in self._marks)
        return _run(escaped(self._held.restored(text)), linked + marks + rtl) if text else ""

    def _reference(self, label: str) -> None:
        if label not in self._defined:
            self._runs.append(self._run(f"[^{label}]"))
            return
        number = self._note(label)
        style = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
        self._runs.append(f'<w:r>{style}<w:footnoteReference w:id="{number}"/></w:r>')

    def _note(self, label: str) -> int:
        """The number of a footnote, by which the text names it."""
        self.notes.setdefault(label, "")
        return self._numbers.setdefault(label, len(self._numbers) + 1)

    # ---- paragraphs ---------------------------------------------------------------------------------------
    def _paragraph(self, style: str = "") -> None:
        """End the paragraph that is open, if anything stands in it."""
        inside, self._runs = "".join(self._runs), []
        if not inside:
            return
        rtl = "<w:bidi/>" if "<w:rtl/>" in inside else ""
        self._out.append(f"<w:p><w:pPr>{self._about(style, rtl)}</w:pPr>{inside}</w:p>")

    def _about(self, style: str, rtl: str) -> str:
        """Style, number, direction and place of a paragraph; their order is the file format's."""
        margin = self._quotes * STEP
        usual = "Quote" if self._quotes else "TableText" if self._table else ""
        if not self._open or style.startswith("Heading"):
            name = style or usual
            place = f'<w:ind w:left="{margin}"/>' if margin else ""
            return (f'<w:pStyle w:val="{name}"/>' if name else "") + rtl + place
        level, inner = min(len(self._open), MOST_LEVELS) - 1, self._open[-1]
        name = style or usual or "ListParagraph"
        if not inner.has_mark:
            inner.has_mark = True
            mark = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{inner.number}"/></w:numPr>'
            place = f'<w:ind w:left="{margin + STEP * (level + 2)}" w:hanging="{STEP}"/>' if margin else ""
            return f'<w:pStyle w:val="{name}"/>{mark}{rtl}{place}'
        return f'<w:pStyle w:val="{name}"/>{rtl}<w:ind w:left="{margin + STEP * (level + 2)}"/>'

    # ---- tables -------------------------------------------------------------------------------------------
    def _start_table(self, align: tuple[str, ...]) -> Callable[[], None]:
        self._paragraph()
        self._table = table = _Table(tuple(align))

        def end() -> None:
            self._table = None
            widths = "".join(f'<w:gridCol w:w="{9000 // max(1, len(table.align))}"/>' for _ in table.align)
            about = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr>'
            rows = f"{about}<w:tblGrid>{widths}</w:tblGrid>{''.join(table.rows)}"
            self._out.append(f"<w:tbl>{rows}</w:tbl><w:p/>")  # two tables that touch are one

        return end

    def _start_tablehead(self, _data: Any) -> Callable[[], None]:
        self._table.is_head = True
        self._marks.append("Strong")

        def end() -> None:
            self._end_row("<w:trPr><w:tblHeader/></w:trPr>")
            self._table.is_head = False
            self._marks.pop()

        return end

    def _start_tablerow(self, _data: Any) -> Callable[[], None]:
        return lambda: self._end_row("")

    def _end_row(self, about: str) -> None:
        self._table.rows.append(f"<w:tr>{about}{''.join(self._table.cells)}</w:tr>")
        self._table.cells = []

    def _start_tablecell(self, _data: Any) -> Callable[[], None]:
        def end() -> None:
            table, inside = self._table, "".join(self._runs)
            self._runs = []
            side = table.align[len(table.cells)].lower() if len(table.cells) < len(table.align) else ""
            where = f'<w:jc w:val="{side}"/>' if side in {"left", "center", "right"} else ""
            fill = SHADE if table.is_head else ""
            about = f'<w:tcPr><w:tcW w:w="0" w:type="auto"/>{fill}</w:tcPr>'
            said = f'<w:p><w:pPr><w:pStyle w:val="TableText"/>{where}</w:pPr>{inside}</w:p>'
            table.cells.append(f"<w:tc>{about}{said}</w:tc>")

        return end


def _defined(source: str) -> set[str]:
    """The labels of the footnotes that a text holds."""
    tags = (parts(data) for event, _span in events(source) for kind, data in (parts(event),) if kind == "Start")
    return {label for name, label in tags if name == "FootnoteDefinition"}


def _run(text: str, about: str = "") -> str:
    """Letters of one kind; the text is escaped already."""
    return f'<w:r>{f"<w:rPr>{about}</w:rPr>" if about else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def _lines(text: str) -> str:
    """A text with its own lines."""
    return "<w:r><w:br/></w:r>".join(_run(escaped(line)) for line in text.split("\n"))


def _is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    for letter in text:
        if (way := unicodedata.bidirectional(letter)) in {"L", "R", "AL"}:
            return way != "L"
    return False
