"""A text that grows: blocks that cannot change any more are rendered once, only the open rest again.

A block is finished when a further top-level block has begun on a line that is complete. The last line
decides too much while it grows: `-` under a paragraph is a heading, `- x` a list, `- | -` makes the
paragraph a table's head. Blocks from a `<details>` on wait for its end. Link definitions and footnotes
reach across blocks; the end of a message, rendered as a whole, puts those right.
"""

import re

from sambung.lib.markdown.formulas import Held, hold, may_make_tables
from sambung.lib.markdown.parse import Top, tops
from sambung.lib.markdown.render import check_prefix, piece
from sambung.lib.markdown.tags import first_open
from sambung.lib.markdown.text import normalise
from sambung.lib.markdown.writer import MAX_EVENTS

MAX_TAIL = 32_000  # characters; a longer open block is cut, so that the cost of a tick has a bound
_FENCE = re.compile(r" {0,3}(?:`{3,}+|~{3,}+)[^\n]*+\n")  # possessive: a long run is read once


class Stream:
    """Renders a text while it arrives. `prefix` is the same as for `render`; a stream gives no ids yet."""

    def __init__(self, *, prefix: str) -> None:
        self._prefix = check_prefix(prefix)
        self._pieces: list[str] = []
        self._done: list[str] = []
        self._taken = 0
        self._tail = ""
        self._tail_html = ""
        self._after_return = False
        self._changed = False
        self._lines_changed = False

    @property
    def text(self) -> str:
        """The source so far, as it came."""
        return "".join(self._pieces)

    @property
    def html(self) -> str:
        """Everything finished and the open tail. Does not affect what `take` gives next."""
        self._update()
        return "".join(self._done) + self._tail_html

    def feed(self, delta: str) -> None:
        """Add text. Nothing is rendered before it is asked for."""
        if not delta:
            return
        self._pieces.append(delta)
        # "\r\n" may be cut between two deltas: the return has ended the line already.
        if self._after_return and delta[0] == "\n":
            delta = delta[1:]
            self._after_return = False
            if not delta:
                return
        self._after_return = delta[-1] == "\r"
        delta = normalise(delta)
        self._tail += delta
        self._changed = True
        self._lines_changed = self._lines_changed or "\n" in delta

    def take(self) -> tuple[str, str]:
        """Return (HTML of the blocks finished since the last take, HTML of the open tail)."""
        self._update()
        fresh = "".join(self._done[self._taken :])
        self._taken = len(self._done)
        return fresh, self._tail_html

    def _update(self) -> None:
        """Render what has changed: newly finished blocks for good, the tail for now."""
        if not self._changed:
            return
        if self._lines_changed:
            self._finish_blocks()
        if len(self._tail) > MAX_TAIL:
            self._cut_tail()
        self._tail_html = piece(self._tail, finished=False)
        self._changed = self._lines_changed = False

    def _finish_blocks(self, *, with_open: bool = False) -> None:
        """Render what no later line can change; `with_open`: blocks behind a `<details>` without its end, too."""
        complete = self._tail[: self._tail.rfind("\n") + 1]
        held = hold(complete, limit=MAX_EVENTS) if may_make_tables(complete) else Held(complete)
        blocks = tops(held.source, limit=MAX_EVENTS)
        if len(blocks) < 2:
            return
        end = blocks[-1].start
        if not with_open and (waiting := _first_open(held.source.encode(), blocks[:-1])) is not None:
            end = waiting
        before = complete.encode()[: held.before(end)]
        # The parser's ranges begin behind the indentation, which belongs to the block.
        self._finish(len(before[: before.rfind(b"\n") + 1].decode()))

    def _finish(self, cut: int) -> None:
        if cut:
            self._done.append(piece(self._tail[:cut], finished=True))
            self._tail = self._tail[cut:]

    def _cut_tail(self) -> None:
        """Let go of what waits and of a very long block's complete lines. The rest of code gets its fence again."""
        self._finish_blocks(with_open=True)
        if len(self._tail) <= MAX_TAIL:
            return
        blocks = tops(self._tail, limit=MAX_EVENTS)
        fence = _FENCE.match(self._tail)
        again = fence.group() if fence and len(blocks) == 1 and blocks[0].name == "CodeBlock" else ""
        self._finish(self._tail.rfind("\n") + 1 or len(self._tail))
        self._tail = again + self._tail


def _first_open(source: bytes, blocks: list[Top]) -> int | None:
    """Return where the block stands whose `<details>` has no end yet."""
    raw = (block for block in blocks if block.name == "HtmlBlock")
    return first_open((block.start, source[block.start : block.end].decode()) for block in raw)
