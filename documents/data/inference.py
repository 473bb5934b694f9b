"""The type of a column of texts, and how it is written: by all of its values, never by a few. No Django.

What has zeros in front, or more digits than a number keeps, is no number but somebody's id, and stays text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

SAMPLE = 1_000  # values that say which formats are worth trying
MOST_DECIMALS = 12
#: What people write into cells that have no value.
BLANKS = ("-", "–", "—", "n/a", "na", "#n/a", "null", "none", "nan")
_CURRENCY = r"(?:Rp\.?|IDR|USD|EUR|US\$|[$€£¥])"
_SIGN = "(-?)"  # a plus stands before a telephone number
_POINT = r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?|\.[0-9]+"
_COMMAS = r"(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,17})(?:\.[0-9]+)?"
_POINTS = r"(?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,17})(?:,[0-9]+)?"
_ONE_DAY = r"regexp_replace({}, '^(\d+)[-/.](\d+)[-/.](\d+)', '\1-\2-\3')"
_DAY, _CLOCK = r"[0-9]{1,2}", r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_MOMENT = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_CLOCK}(?:Z|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)"


@dataclass(frozen=True, slots=True)
class Format:
    """How values of a type are written. `pattern` fits them whole; `sql` takes one ("{}") to its value.

    `rivals` are formats that fit some of the same texts and mean something else by them.
    """

    type: str
    written: str
    pattern: str
    sql: str
    rivals: tuple[str, ...] = ()
    share: str = ""  # SQL behind a number that is a part of a hundred


def _numbers(before: str, after: str, sample: str, share: str = "") -> list[Format]:
    """The three formats of numbers, with what stands around them."""

    def number(digits: str, written: str, plain: str, *rivals: str) -> Format:
        pattern = f"{_SIGN}{before}({digits}){after}"
        bare = f"regexp_replace({{}}, '{pattern.replace(chr(39), chr(39) * 2)}', '\\1\\2')" if before or after else "{}"
        return Format("number", sample % written, pattern, plain.replace("{}", bare), rivals, share)

    european = sample % "1.234,56"
    return [
        number(_POINT, "1234.56", "{}", european),
        number(_COMMAS, "1,234.56", "replace({}, ',', '')", european),
        number(_POINTS, "1.234,56", "replace(replace({}, '.', ''), ',', '.')"),
    ]


def _dates(parts: str, form: str, written: str, *rivals: str) -> list[Format]:
    """A date in this order, and one with a time of day."""
    return [
        Format("date", written, parts, f"try_strptime({_ONE_DAY}, '{form}')::DATE", rivals),
        Format(
            "timestamp",
            f"{written} 14:30",
            f"{parts}{_CLOCK}",
            f"try_strptime(replace({_ONE_DAY}, 'T', ' '), ['{form} %H:%M', '{form} %H:%M:%S', '{form} %H:%M:%S.%f'])",
            tuple(f"{one} 14:30" for one in rivals),
        ),
    ]


FORMATS: dict[str, Format] = {
    format.written: format
    for format in (
        Format("boolean", "true", "(?i:true|false)", "({})::BOOLEAN"),
        Format("integer", "1234", "-?(?:0|[1-9][0-9]{0,17})", "try_cast({} AS BIGINT)"),
        *_numbers("", "", "%s"),
        *_numbers(rf"{_CURRENCY}\s*", "", "Rp %s"),
        *_numbers("", r"\s*%", "%s %%", " / 100"),
        Format("number", "1.5e6", rf"-?(?:{_POINT})(?:[eE][+-]?[0-9]+)?", "{}"),
        *_dates(r"[0-9]{4}[-/.]" + _DAY + "[-/.]" + _DAY, "%Y-%m-%d", "2026-12-31"),
        Format("timestamp", "2026-12-31T14:30:00Z", _MOMENT, "try_cast({} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"),
        *_dates(_DAY + "[-/.]" + _DAY + "[-/.][0-9]{4}", "%d-%m-%Y", "31/12/2026", "12/31/2026"),
        *_dates(_DAY + "[-/.]" + _DAY + "[-/.][0-9]{4}", "%m-%d-%Y", "12/31/2026"),
    )
}
#: Formats that say what ambiguous ones in the same table mean.
_TELLING = {"1.234,56", "Rp 1.234,56", "1.234,56 %"}
_FIRST_MONTH = {"12/31/2026", "12/31/2026 14:30"}


@dataclass(slots=True)
class Column:
    """What a column holds: `format` None for text. `rival` is the format that its values may have meant instead."""

    name: str
    format: Format | None = None
    rival: str = ""
    decimals: int = 0
    digits: int = 0
    fits: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        return self.format.type if self.format else "text"


class Inference:
    """Looks at the columns of a table of texts; `names` are its columns', in their order."""

    def __init__(self, db: duckdb.DuckDBPyConnection, table: str, names: Sequence[str], *, is_european: bool) -> None:
        self._db, self._table, self._is_european = db, table, is_european
        self.columns = [Column(name) for name in names]

    def infer(self) -> list[Column]:
        """Return what each column holds."""
        for one in self.columns:
            one.fits = self._fitting(one.name)
        surely = {one.fits[0] for one in self.columns if len(one.fits) == 1}
        is_european = self._is_european or not surely.isdisjoint(_TELLING)
        for one in self.columns:
            self._choose(one, is_european, is_american=not surely.isdisjoint(_FIRST_MONTH))
            if one.type == "number":
                one.decimals, one.digits = self._size(one)
        return self.columns

    def _choose(self, one: Column, is_european: bool, is_american: bool) -> None:
        if not one.fits:
            return
        first = FORMATS[one.fits[0]]
        one.format = first
        if rivals := [format for format in first.rivals if format in one.fits]:
            one.rival = rivals[0]
            if (first.type == "number" and is_european) or (first.type in {"date", "timestamp"} and is_american):
                one.format, one.rival = FORMATS[rivals[0]], first.written

    def _fitting(self, name: str) -> list[str]:
        """The first format that fits all values, and those of its rivals that do."""
        tried = self._tried(name)
        first = next((format for format in tried if self._fits(name, FORMATS[format])), None)
        rivals = FORMATS[first].rivals if first else ()
        return [first, *(one for one in rivals if one in tried and self._fits(name, FORMATS[one]))] if first else []

    def _tried(self, name: str) -> list[str]:
        """The formats that fit a sample of the values."""
        rows = f"SELECT v FROM (SELECT {blank(quoted(name))} v FROM {self._table}) WHERE v NOT NULL LIMIT {SAMPLE}"
        values = [value for (value,) in self._db.execute(rows).fetchall()]
        return [name for name, format in FORMATS.items() if values and _all(format.pattern, values)]

    def _fits(self, name: str, format: Format) -> bool:
        """Whether every value of the column is one of this format's."""
        value = blank(quoted(name))
        fits = f"regexp_full_match({value}, '{format.pattern}') AND {cast(format, value)} IS NOT NULL"
        wrong = f"SELECT count(*) FILTER ({value} IS NOT NULL AND NOT ({fits})) FROM {self._table}"
        return self._db.execute(wrong).fetchone()[0] == 0

    def _size(self, one: Column) -> tuple[int, int]:
        """The digits behind the point of a column of numbers, and all of them; (0, 0) where it needs a float."""
        if one.format.written == "1.5e6":
            return 0, 0
        value = one.format.sql.replace("{}", blank(quoted(one.name)))
        behind = f"length(split_part({value}, '.', 2))"
        before = f"length(ltrim(split_part({value}, '.', 1), '-'))"
        decimals, digits = self._db.execute(f"SELECT max({behind}), max({before}) FROM {self._table}").fetchone()
        decimals = (decimals or 0) + 2 * bool(one.format.share)
        return (decimals, decimals + (digits or 0)) if decimals <= MOST_DECIMALS else (0, 0)


def _all(pattern: str, values: Iterable[str]) -> bool:
    found = re.compile(pattern)
    return all(found.fullmatch(value) for value in values)


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def blank(value: str) -> str:
    """SQL that is NULL for what people write in place of a value."""
    return f"CASE WHEN lower({value}) NOT IN ({', '.join(map(_text, BLANKS))}) THEN {value} END"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def cast(format: Format, value: str, *, decimals: int = 0, digits: int = 0) -> str:
    """SQL that takes a text to its value: of a number one that is exact, as far as 38 digits go."""
    sql = format.sql.replace("{}", value)
    if format.type != "number":
        return sql
    if not 0 < digits <= 38:
        return f"try_cast({sql} AS DOUBLE){format.share}"
    exact = f"DECIMAL({18 if digits <= 18 else 38}, {decimals})"
    number = f"try_cast({sql} AS {exact})"
    return f"CAST({number}{format.share} AS {exact})" if format.share else number


def typed(column: Column) -> str:
    """SQL that takes the column of texts to its values."""
    if column.format is None:
        return quoted(column.name)
    return cast(column.format, blank(quoted(column.name)), decimals=column.decimals, digits=column.digits)
