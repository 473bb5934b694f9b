"""JSON lines, and JSON that is a list of objects: a column for each name, as they come. No Django."""

import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

import ijson

from documents.data.delimited import lines
from documents.data.values import MOST_COLUMNS, Problem, Row, Rows, Sheet
from sambung.lib.files.readers import File, Unreadable
from sambung.lib.files.readers.encodings import decoded


def sheet(file: File) -> Sheet:
    """Return the one table of the file. Raises Problem."""
    try:
        text, _told = decoded(file)
    except Unreadable:
        raise Problem("data_unreadable", name=file.name) from None
    found = _Objects(text.removeprefix("\ufeff"), file.name)
    names: dict[str, None] = {}
    for one in found.objects():
        names |= dict.fromkeys(one)
        if len(names) > MOST_COLUMNS:
            raise Problem("data_columns", name=file.name, most=MOST_COLUMNS)
    found.names = list(names)
    return Sheet("", found, columns=found.names)


class _Objects(Rows):
    """Objects as rows; what lies in an object stays JSON."""

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name, self.names = text, name, []

    def __iter__(self) -> Iterator[Row]:
        for one in self.objects():
            yield [_written(one.get(name)) for name in self.names]

    def objects(self) -> Iterator[Mapping]:
        """Raises Problem, with the line or the number of what is none."""
        is_list = self._text.lstrip()[:1] == "["
        for n, one in self._listed() if is_list else self._lines():
            if not isinstance(one, dict):
                raise Problem("data_no_object", name=self._name, line=n)
            yield one

    def _lines(self) -> Iterator[tuple[int, object]]:
        for n, line in enumerate(lines(self._text), start=1):
            if not line.strip():
                continue
            try:
                yield n, json.loads(line, parse_float=Decimal)
            except (ValueError, RecursionError):
                raise Problem("data_no_object", name=self._name, line=n) from None

    def _listed(self) -> Iterator[tuple[int, object]]:
        n = 0
        try:
            for n, one in enumerate(ijson.items(io.BytesIO(self._text.encode()), "item"), start=1):
                yield n, one
        except (ijson.JSONError, RecursionError):
            raise Problem("data_no_object", name=self._name, line=n + 1) from None


def _written(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return (value or "").replace("\0", "").strip() or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=float)
    return str(value)
