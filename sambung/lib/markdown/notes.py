"""Footnotes of one text: numbered by their first reference, written at its end."""

from html import escape

MAX_NOTES = 300  # further ones stay where they are, without links


class Notes:
    """Collects references and definitions. `prefix` makes the ids unique in the page."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers: dict[str, int] = {}
        self._seen: set[str] = set()
        self._bodies: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        """Whether the text has any footnote."""
        return bool(self._numbers)

    def has_room(self, label: str) -> bool:
        """Whether this note is known or one more may be added."""
        return label.casefold() in self._numbers or len(self._numbers) < MAX_NOTES

    def _number(self, label: str) -> int:
        return self._numbers.setdefault(label.casefold(), len(self._numbers) + 1)

    def reference(self, label: str) -> str:
        """Return the mark in the text. Only the first reference to a note has an id, for the way back."""
        number = self._number(label)
        here = "" if label.casefold() in self._seen else f' id="{self._prefix}-fnref-{number}"'
        self._seen.add(label.casefold())
        return f'<sup class="footnote-ref"><a href="#{self._prefix}-fn-{number}"{here}>{number}</a></sup>'

    def define(self, label: str, html: str) -> None:
        """Keep a note's content."""
        self._number(label)
        self._bodies.setdefault(label.casefold(), []).append(html)

    def section(self) -> str:
        """Return the list of notes, those that nothing refers to included; nothing where there are none."""
        if not self._numbers:
            return ""
        rows = [self._row(label, number) for label, number in self._numbers.items()]
        return f'<ol class="footnotes" dir="auto">\n{"".join(rows)}</ol>\n'

    def _row(self, label: str, number: int) -> str:
        body = "".join(self._bodies.get(label, []))
        prefix = escape(self._prefix)
        back = ""
        if label in self._seen:
            back = f'<a class="footnote-back" href="#{prefix}-fnref-{number}">↩</a>'
        return f'<li id="{prefix}-fn-{number}">{body}{back}</li>\n'
