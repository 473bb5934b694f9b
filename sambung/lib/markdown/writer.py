"""From the parser's events to HTML. Everything taken from the source is escaped here; clean.py comes after.

Raw HTML in the source is shown as text, but for a few tags (tags.py). Model headings start at h3, since the page
has its own h1 and h2.
"""

from collections.abc import Callable
from html import escape
from typing import Any

from sambung.lib.markdown import code, links, math, tags
from sambung.lib.markdown.dollars import MARK_BEGINS, Found
from sambung.lib.markdown.formulas import MARKS, Held
from sambung.lib.markdown.notes import Notes
from sambung.lib.markdown.parse import events, parts
from sambung.lib.markdown.text import escaped, plain

MAX_DEPTH = 60  # elements inside each other
MAX_EVENTS = 30_000
MAX_LINKS = 2_000
MAX_CODE = 60_000  # characters of code with colours, all blocks of a text together
MAX_MATH = 12_000  # characters of formulas converted, all of a text together, and for each formula
MATH_BASE = 20  # this many more

_SIMPLE = {
    "Paragraph": ("<p{}>", "</p>\n"),
    "BlockQuote": ("<blockquote{}>\n", "</blockquote>\n"),
    "Item": ("<li>", "</li>\n"),
    "Emphasis": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Strikethrough": ("<del>", "</del>"),
}


class Writer:
    """Writes one text. `finished` gives code its colours; `notes` collects footnotes at the end with ids
    (without it, as in a stream, a footnote stays where it is defined and nothing has an id); `with_places` has
    places for pictures that the text's owner keeps."""

    def __init__(self, held: Held, *, finished: bool, notes: Notes | None, with_places: bool = False) -> None:
        self._held = held
        self._source = held.source.encode()
        self._finished = finished
        self._notes = notes
        self._with_places = with_places
        self._out: list[str] = []
        self._outer: list[list[str]] = []
        self._closers: list[str | Callable[[], None]] = []
        # Of the open top-level block: its place in the output and its range in the source.
        self._block = (0, 0, 0)
        self._too_deep = False
        self._depth = 0
        self._images = 0
        self._alt: list[str] = []
        self._target = ""
        self._code: list[str] | None = None
        self._raw: list[str] | None = None
        self._pairs = tags.Pairs()
        self._info = ""
        self._in_link = False
        self._links = MAX_LINKS
        self._code_left = MAX_CODE
        self._math_left = MAX_MATH
        self._align: tuple[str, ...] = ()
        self._column = 0
        self._in_head = False
        self._cell_at = 0

    def write(self) -> str:
        """Return the HTML, not yet cleaned. A block nested too deeply is shown as its source, and so is the
        rest of a text with too many elements."""
        for count, (event, span) in enumerate(events(self._held.source)):
            kind, data = parts(event)
            if self._depth == 0:
                self._block = (len(self._out), span["start"], span["end"])
            if count >= MAX_EVENTS:
                self._give_up(len(self._source))
                break
            if kind == "Start":
                self._start(data)
            elif kind == "End":
                self._end()
            elif not self._too_deep:
                self._inline(kind, data)
        if self._notes is not None:
            self._out.append(self._notes.section())
        return self._held.restored("".join(self._out))

    def _give_up(self, end: int) -> None:
        """Replace what the open top-level block has written by the source from its start to `end`."""
        if self._outer:
            self._out = self._outer[0]
            self._outer.clear()
        place, start, _end = self._block
        del self._out[place:]
        self._out.append(plain(self._source[start:end].decode(errors="replace")))
        self._code, self._raw, self._images, self._in_link = None, None, 0, False
        self._closers.clear()
        self._pairs.leave(0)

    def _start(self, tag: Any) -> None:
        self._depth += 1
        if self._too_deep:
            return
        if self._depth > MAX_DEPTH:
            self._too_deep = True
            self._give_up(self._block[2])
            return
        name, data = parts(tag)
        if name == "Image":
            self._start_image(data)
        elif self._images:
            self._closers.append("")
        elif name in _SIMPLE:
            opening, closing = _SIMPLE[name]
            self._open(opening.format(self._direction()), closing)
        else:
            getattr(self, f"_start_{name.lower()}", self._start_unknown)(data)

    def _end(self) -> None:
        self._depth -= 1
        if self._too_deep:
            self._too_deep = self._depth > 0
            return
        closer = self._closers.pop()
        if type(closer) is str:
            self._out.append(closer)
        else:
            closer()
        self._pairs.leave(self._depth)

    def _open(self, opening: str, closer: str | Callable[[], None]) -> None:
        self._out.append(opening)
        self._closers.append(closer)

    def _direction(self) -> str:
        """Each top-level block finds its own writing direction; what is inside follows it."""
        return ' dir="auto"' if self._depth == 1 else ""

    # What stands in a line

    def _inline(self, kind: str, data: Any) -> None:
        if self._images:
            self._alt.append(data if type(data) is str else " " if kind in {"SoftBreak", "HardBreak"} else "")
        elif self._code is not None:
            self._code.append(data)
        elif self._raw is not None:
            self._raw.append(data)
        elif kind == "Text":
            self._text(data)
        elif kind == "InlineHtml":
            self._tags(data)
        elif kind == "Code":
            self._out.append(f"<code>{escaped(data)}</code>")
        elif kind == "SoftBreak":
            self._out.append("\n")
        elif kind == "HardBreak":
            self._out.append("<br>\n")
        elif kind == "Rule":
            self._out.append("<hr>\n")
        elif kind == "FootnoteReference":
            self._reference(data)
        elif kind == "TaskListMarker":
            mark, value = ("☑", "true") if data else ("☐", "false")
            self._out.append(f'<span class="task" data-checked="{value}">{mark}</span> ')

    def _text(self, text: str) -> None:
        if MARK_BEGINS not in text:
            self._words(text)
            return
        for n, piece in enumerate(MARKS.split(text)):  # words and numbers of formulas in turn
            if n % 2 == 0:
                self._words(piece)
            elif formula := self._held.formula(piece):
                self._formula(formula)

    def _words(self, text: str) -> None:
        if "://" not in text or self._in_link or self._links <= 0:
            self._out.append(escaped(text))
            return
        html, made = links.linked(text, limit=self._links)
        self._links -= made
        self._out.append(html)

    def _formula(self, found: Found) -> None:
        self._math_left -= len(found.tex) + MATH_BASE
        if self._math_left < 0:
            self._out.append(math.source_of(found.tex))
        else:
            self._out.append(math.formula(found.tex, block=found.is_block))

    def _tags(self, text: str) -> None:
        """Write raw HTML: the tags that count as markup once they are paired, all else as text."""
        for letters, tag in tags.inline(text):
            name = tag.removeprefix("/")
            if tag == "br":
                self._out.append("<br>")
            elif tag and tag == name:
                self._pairs.begin(tags.Opened(name, self._depth, len(self._out), f"<{name}>"))
                self._out.append(escaped(letters))
            elif tag and (opened := self._pairs.end(name, self._depth)):
                self._out[opened.place] = opened.markup
                self._out.append(f"</{name}>")
            else:
                self._out.append(escaped(letters))

    def _reference(self, label: str) -> None:
        if self._notes is None or self._in_link or not self._notes.has_room(label):
            self._out.append(f'<sup class="footnote-ref">{escaped(label)}</sup>')
        else:
            self._out.append(self._notes.reference(label))

    # What has a beginning and an end

    def _start_unknown(self, _data: Any) -> None:
        """Keep the content of an element that we do not know, without any markup."""
        self._closers.append("")

    def _start_heading(self, data: Any) -> None:
        level = min(int(data["level"][1]) + 2, 6)
        self._open(f"<h{level}{self._direction()}>", f"</h{level}>\n")

    def _start_list(self, first: int | None) -> None:
        if first is None:
            self._open(f"<ul{self._direction()}>\n", "</ul>\n")
        else:
            number = "" if first == 1 else f' start="{first}"'
            self._open(f"<ol{number}{self._direction()}>\n", "</ol>\n")

    def _start_link(self, data: Any) -> None:
        target = data["dest_url"]
        found = links.address(f"mailto:{target}" if data["link_type"] == "Email" else target)
        if found is None or self._in_link or self._links <= 0:
            self._closers.append("")
            return
        self._links -= 1
        self._in_link = True
        self._open(links.anchor(found), self._end_link)

    def _end_link(self) -> None:
        self._out.append("</a>")
        self._in_link = False

    def _start_image(self, data: Any) -> None:
        self._images += 1
        if self._images == 1:
            self._alt = []
            self._target = data["dest_url"]
        self._closers.append(self._end_image)

    def _end_image(self) -> None:
        self._images -= 1
        if self._images:
            return
        alt, target = "".join(self._alt), links.address(self._target)
        if self._with_places and (place := links.picture(self._target, alt)):
            self._out.append(place)
        elif target is None or not target.host or self._links <= 0:
            self._out.append(escaped(alt))
        elif self._in_link:  # a link cannot hold a link: the words stay
            self._out.append(escaped(alt.strip() or target.host))
        else:
            self._links -= 1
            self._out.append(links.image(target, alt))

    def _start_codeblock(self, data: Any) -> None:
        self._info = parts(data)[1] or ""
        self._code = []
        self._closers.append(self._end_code)

    def _end_code(self) -> None:
        text = "".join(self._code or [])
        self._code = None
        self._code_left -= len(text)
        self._out.append(code.block(self._info, text, finished=self._finished and self._code_left >= 0))

    def _start_htmlblock(self, _data: Any) -> None:
        self._raw = []
        self._closers.append(self._end_html)

    def _end_html(self) -> None:
        """Write a block of raw HTML. What begins a `<details>` is text until its end has come, maybe blocks later."""
        raw, self._raw = "".join(self._raw or []), None
        for letters, tag, heading in tags.folds(raw):
            if tag == "/details" and (opened := self._pairs.end("details", self._depth)):
                self._out[opened.place] = opened.markup
                self._out.append("</details>\n")
                continue
            if tag == "details":
                summary = "" if heading is None else self._within(heading.strip(), "<summary{}>", "</summary>")
                markup = f"<details>{summary}\n"
                self._pairs.begin(tags.Opened("details", self._depth, len(self._out), markup))
            self._out.append(self._within(letters, '<p class="raw"{}>', "</p>\n"))

    def _within(self, text: str, opening: str, closing: str) -> str:
        """Return raw HTML as an element of its own."""
        outer, self._out = self._out, []
        self._depth += 1
        self._tags(text)
        html = opening.format(self._direction()) + "".join(self._out) + closing
        self._depth -= 1
        self._pairs.leave(self._depth)
        self._out = outer
        return html

    def _start_footnotedefinition(self, label: str) -> None:
        if self._notes is None or not self._notes.has_room(label):
            mark = f'<sup class="footnote-ref">{escaped(label)}</sup>\n'
            self._open(f'<div class="footnote"{self._direction()}>{mark}', "</div>\n")
            return
        self._outer.append(self._out)
        self._out = []
        self._closers.append(lambda: self._end_footnote(label))

    def _end_footnote(self, label: str) -> None:
        self._notes.define(label, "".join(self._out))
        self._out = self._outer.pop()

    def _start_table(self, align: tuple[str, ...]) -> None:
        self._align = align
        opening = f'<div class="table-scroll" tabindex="0"><table{self._direction()}>\n'
        self._open(opening, "</tbody></table></div>\n")

    def _start_tablehead(self, _data: Any) -> None:
        self._in_head = True
        self._column = 0
        self._open("<thead><tr>", self._end_head)

    def _end_head(self) -> None:
        self._in_head = False
        self._out.append("</tr></thead>\n<tbody>\n")

    def _start_tablerow(self, _data: Any) -> None:
        self._column = 0
        self._open("<tr>", "</tr>\n")

    def _start_tablecell(self, _data: Any) -> None:
        self._cell_at = len(self._out)
        self._open("", self._end_cell)

    def _end_cell(self) -> None:
        """Write the cell's tags when its content is known: an empty heading would announce nothing."""
        side = self._align[self._column] if self._column < len(self._align) else "None"
        kind = "" if side == "None" else f' class="align-{escape(side.lower())}"'
        filled = len(self._out) > self._cell_at + 1
        tag, scope = ("th", ' scope="col"') if self._in_head and filled else ("td", "")
        self._out[self._cell_at] = f"<{tag}{scope}{kind}>"
        self._out.append(f"</{tag}>")
        self._column += 1
