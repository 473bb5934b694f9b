"""What the server and its processes tell one another. No Django."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LARGEST = 200_000_000  # bytes of a file
MOST_COLUMNS = 200  # of a table
MOST_TABLES = 50  # of a file
MEMORY = "512MB"  # that a query takes
FORMS = ("csv", "xlsx")  # that a result is saved in

#: A row as it stands in a file: texts, None where there is nothing.
Row = list[str | None]


class Problem(Exception):
    """Something cannot be read or asked; `code` is one of `error_messages`, `params` fill its sentence."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(slots=True)
class Sheet:
    """Rows of a file that belong together. `rows` begins with them anew each time; `title` tells several apart.

    `columns` are the names where the file says them itself; else they are looked for in the rows.
    """

    title: str
    rows: "Rows"
    columns: Sequence[str] | None = None
    is_european: bool = False  # its numbers are likely written 1.234,56
    is_bare: bool = False  # its rows end with the last cell that holds something
    notes: list[str] = field(default_factory=list)


class Rows:
    """Something that gives rows, as often as it is asked."""

    def __iter__(self) -> Iterator[Row]:
        raise NotImplementedError
