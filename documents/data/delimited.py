"""CSV and TSV as people write them, whatever divides cells, encodes letters, or is not closed. No Django."""

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from documents.data.values import Problem, Row, Rows, Sheet
from sambung.lib.files.readers import File, Unreadable
from sambung.lib.files.readers.encodings import decoded

DELIMITERS = ",;\t|"
SAMPLE = 50  # lines that tell the delimiter
LONGEST_CELL = 1_000_000  # characters
_END = "\x1eend\x1e"  # stands by itself in the last row, unless a quote is open there
UNBALANCED = "A quote is opened and never closed: quotes were read as plain characters."


def sheet(file: File) -> Sheet:
    """Return the one table of the file. Raises Problem."""
    text = _text(file)
    first, _line, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=") + 1:  # a line of Excel's own
        delimiter, text = first.strip()[-1], rest
    else:
        delimiter = delimiter_of(text)
    rows = _Lines(text, delimiter)
    notes = [UNBALANCED] if rows.is_unbalanced else []
    return Sheet("", rows, is_european=delimiter == ";", notes=notes)


def _text(file: File) -> str:
    """The text of the file. Raises Problem."""
    try:
        text, _told = decoded(File(file.data.replace(b"\0", b"") if _is_narrow(file.data) else file.data, file.name))
    except Unreadable:
        raise Problem("data_unreadable", name=file.name) from None
    text = text if "\n" in text else text.replace("\r", "\n")
    return text.replace("\0", "").removeprefix("\ufeff")


def _is_narrow(data: bytes) -> bool:
    """Whether NULs are strays: in UTF-16 they stand in every other place."""
    return not data.startswith((b"\xff\xfe", b"\xfe\xff")) and data[:4096].count(0) < len(data[:4096]) / 4


def delimiter_of(text: str) -> str:
    """The sign that divides most lines into equally many cells, and into most of them."""
    some = list(islice(lines(text), SAMPLE))

    def fit(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in csv.reader(some, delimiter=delimiter) if row)
        width, many = max(widths.items(), key=lambda found: (found[1], found[0]), default=(1, 0))
        return (many / max(1, widths.total()) if width > 1 else 0, width)

    csv.field_size_limit(LONGEST_CELL)
    try:
        return max(DELIMITERS, key=fit)
    except csv.Error:
        return max(DELIMITERS, key=lambda sign: text[:LONGEST_CELL].count(sign))


def lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, each with its end: io.StringIO would keep it in four bytes a letter."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]


class _Lines(Rows):
    """The rows of a delimited text that hold anything."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text, self._delimiter, self.is_unbalanced = text, delimiter, False
        self.is_unbalanced = self._ends_in_quotes()

    def _ends_in_quotes(self) -> bool:
        if self._text.count('"') % 2 == 0:
            return False
        last: list[str] = []
        try:
            for row in csv.reader(self._ended(), delimiter=self._delimiter):
                last = row
        except csv.Error:  # a cell of a million characters
            return True
        return last != [_END]

    def _ended(self) -> Iterator[str]:
        yield from lines(self._text)
        yield f"\n{_END}"

    def __iter__(self) -> Iterator[Row]:
        csv.field_size_limit(LONGEST_CELL)
        quoting = csv.QUOTE_NONE if self.is_unbalanced else csv.QUOTE_MINIMAL
        try:
            for row in csv.reader(lines(self._text), delimiter=self._delimiter, quoting=quoting, skipinitialspace=True):
                if any(row):
                    yield [cell.strip() or None for cell in row]
        except csv.Error:
            raise Problem("data_long_cell", most=LONGEST_CELL) from None
