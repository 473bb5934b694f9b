r"""The formulas of one paragraph, heading or cell: which signs begin and end them.

`$x$` and `\(x\)` stand in a line, `$$x$$` and `\[x\]` on their own. Pandoc's rule says what is money: behind an
opening dollar and before a closing one stands no blank, behind a closing one no digit. Ours goes on: `$A/$B`, `5$/6$`
and `$5 for this and that, 6$` are no formulas either.
"""

import re
from dataclasses import dataclass, field, replace

from sambung.lib.markdown.links import BARE

MAX_BYTES = 4_000  # a longer one is text
MARK_BEGINS = "\ufdd0"  # of what stands in place of a formula that was found before

_TOKEN = re.compile(rb"\\[^\n]|\$+|[{}]|" + MARK_BEGINS.encode() + b"|" + BARE.pattern.encode(), re.IGNORECASE)
_LINE_START = re.compile(rb"[ \t>*+\-\d.)]*")
_LOOK_BACK = 100  # bytes in which a line has to begin before `\[`
_BLANK = b" \t\r\n"
_LETTER = re.compile(rb"[A-Za-z]")
_ALNUM = re.compile(rb"[A-Za-z0-9]")
_BEGINS = re.compile(rb"[A-Za-z\\(\[{]")  # what a formula begins with behind a letter or digit
_ENDS = re.compile(rb"[A-Za-z0-9)\]}!%]")  # what it ends with before a letter: `$n$th`, but not `$A/$B`
_TEX = re.compile(rb"[\\^_=]")
_SHUT = re.compile(rb"[^(\[]*[)\]]")
_WORD = re.compile(rb"[A-Za-z]{2,}")
_SAID = re.compile(r"[^\W_]|\\")
#: What makes a formula of something between `\\[` and `\\]` that does not begin a line: a command or a power; else an
#: equation, an index or an operator with something on both sides, and no words.
_OPERAND_ENDS, _OPERAND_BEGINS = r"[^\W_][)}\]'!]*", r"[({\[\\+-]*\w"
_SURELY_TEX = re.compile(rf"\\[A-Za-z]{{2,}}|{_OPERAND_ENDS}\^")
_MAYBE_TEX = re.compile(
    rf"{_OPERAND_ENDS}\s*(?:=|[+×÷±≤≥≠≈≡∈→·∑∫√]|\s[-*/<>]\s)\s*{_OPERAND_BEGINS}|[A-Za-z]_(?:[^\W_]\b|\{{)"
)
_WORDS = re.compile(r"[^\W\d_]{3,}")
_CLOSES = {rb"\)": rb"\(", rb"\]": rb"\["}


@dataclass(frozen=True, slots=True)
class Found:
    """A formula: its bytes in the source with the signs around it, and what stands between them."""

    start: int
    end: int
    tex: str
    is_block: bool
    letters: str

    def moved(self, by: int) -> "Found":
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(slots=True)
class _Place:
    """Where formulas may begin and end: the line itself, the words of a link, or what stands in braces. A formula
    ends in the place in which it began."""

    kind: bytes = b""
    opened: dict[bytes, int] = field(default_factory=dict)  # sign -> where the last one stands


class Line:
    """Told of the text of one line of thought, piece by piece, it keeps the formulas that it has found."""

    def __init__(self, source: bytes) -> None:
        self.found: list[Found] = []
        self.is_begun = False  # whether it has been told of anything that counts
        self._source = source
        self._places = [_Place()]
        self._end = 0
        self._breaks: list[tuple[int, int]] = []  # (where a line ends, where the text of the next one begins)
        self._broken: int | None = None

    def line_ends(self, at: int) -> None:
        """The next piece stands on a new line; `at` is where that begins."""
        self._broken = at
        self.is_begun = True

    def link_begins(self) -> None:
        self._places.append(_Place(b"["))
        self.is_begun = True

    def link_ends(self) -> None:
        while len(self._places) > 1:
            if self._places.pop().kind == b"[":
                return
        self._places[0].opened.clear()  # code in its words has begun a new line

    def goes_on(self, at: int) -> None:
        """Something begins here, perhaps a line. The parser leaves out the backslash before its first letter."""
        if self._broken is not None:
            at -= self._source[at - 1 : at] == b"\\"
            self._breaks.append((self._broken, max(at, self._broken)))
            self._broken = None

    def text(self, start: int, end: int) -> None:
        """Read a piece of text."""
        if start > self._end and self._source[start - 1 : start] == b"\\":
            start -= 1
        self._end = end
        for token in _TOKEN.finditer(self._source, start, end):
            self._token(token.group(), token.start())

    def _token(self, word: bytes, at: int) -> None:
        self.is_begun = True
        if word == b"{":
            self._places.append(_Place(b"{"))
        elif word == b"}":
            if self._places[-1].kind == b"{":
                self._places.pop()
        elif word == b"$":
            self._dollar(at)
        elif word == b"$$":
            self._two_dollars(at)
        elif word.startswith(b"$") or word == MARK_BEGINS.encode():
            self._places[-1].opened.clear()  # `$$$` is a dear restaurant
        elif word in (rb"\(", rb"\["):
            self._places[-1].opened[word] = at
        elif word in _CLOSES:
            self._close(_CLOSES[word], word, at)

    def _dollar(self, at: int) -> None:
        opened = self._places[-1].opened
        if self._may_end(at, at + 1) and self._close(b"$", b"$", at):
            return
        opened.pop(b"$", None)
        if self._may_begin(at):
            opened[b"$"] = at

    def _two_dollars(self, at: int) -> None:
        opened = self._places[-1].opened
        if b"$$" not in opened and b"$" in opened and _ENDS.match(self._source, at - 1):  # `$a$$b$`
            self._dollar(at)
            self._dollar(at + 1)
        elif not self._close(b"$$", b"$$", at):
            opened.pop(b"$", None)
            opened[b"$$"] = at

    def _may_begin(self, at: int) -> bool:
        behind = self._source[at + 1 : at + 2]
        if not behind or behind in _BLANK:
            return False
        return not _ALNUM.match(self._source, max(at - 1, 0), at) or bool(_BEGINS.match(behind))

    def _may_end(self, at: int, end: int) -> bool:
        before, behind = self._source[at - 1 : at], self._source[end : end + 1]
        if not before or before in _BLANK or behind.isdigit() or behind == b"{":
            return False
        return not _LETTER.match(behind) or bool(_ENDS.match(before))

    def _begins_line(self, at: int) -> bool:
        line = self._source.rfind(b"\n", max(0, at - _LOOK_BACK), at) + 1
        return _LINE_START.fullmatch(self._source, line, at) is not None

    def _close(self, sign: bytes, word: bytes, at: int) -> bool:
        """Keep what began with `sign` and ends with the `word` here, if that is a formula."""
        opened = self._places[-1].opened
        if (start := opened.get(sign)) is None:
            return False
        inner = self._source[start + len(sign) : at] if at - start <= MAX_BYTES else b""
        is_text = (sign == b"$" and self._is_prose(start, inner)) or (sign == rb"\[" and self._is_bracket(start, at))
        if is_text or not _is_formula(sign, inner):
            opened.pop(sign)
            return False
        opened.clear()
        while self.found and self.found[-1].start >= start:  # inside braces of this one
            self.found.pop()
        self._keep(start, at, sign, word)
        return True

    def _keep(self, start: int, at: int, sign: bytes, word: bytes) -> None:
        """Keep a formula, its lines without what a quote or a list puts before them."""
        end, pieces, begin = at + len(word), [], start + len(sign)
        inside = next((n for n in range(len(self._breaks), 0, -1) if self._breaks[n - 1][0] <= start), 0)
        for line_end, resumed in self._breaks[inside:]:
            pieces.append(self._source[begin:line_end])
            begin = resumed
        pieces.append(self._source[begin:at])
        letters = self._source[start:end].decode()
        tex = b"".join(pieces).decode().strip()
        self.found.append(Found(start, end, tex, sign in {b"$$", rb"\["}, letters))

    def _is_prose(self, start: int, inner: bytes) -> bool:
        """Whether words stand between two amounts: `$5 for this and 6$`, `5$US and 6$`, `($5) or (6$)`."""
        if not (inner[:1].isdigit() or (self._source[start - 1 : start].isdigit() and inner[-1:].isdigit())):
            return False
        return not _TEX.search(inner) and (len(_WORD.findall(inner)) > 1 or _SHUT.match(inner) is not None)

    def _is_bracket(self, start: int, at: int) -> bool:
        """Whether `\\[` and `\\]` within a line are brackets: of a number, a box to tick, a word, or of a link."""
        if self._begins_line(start):
            return False
        inner = self._source[start + 2 : at].decode()
        if self._source[at + 2 : at + 3] == b"(" or "\n\n" in inner:
            return True
        is_equation = inner[:1].isspace() and "=" in inner
        is_maybe = _MAYBE_TEX.search(inner) and (is_equation or not _WORDS.search(inner))
        return not (_SURELY_TEX.search(inner) or is_maybe)


def _is_formula(sign: bytes, inner: bytes) -> bool:
    text = inner.decode().strip()
    if not text:
        return False
    if sign == rb"\(":
        return b"\n" not in inner
    # "cheap ($$) or dear ($$)", "$$/$$" are prices of restaurants
    return sign != b"$$" or (text[0] not in "),;:!?/" and _SAID.search(text) is not None)
