"""Tables under the names that questions call them by, and questions over them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from agents.tools import Caller, Progress
from documents.data import cache, sources, workers
from documents.data.sources import DataFile
from sambung.lib.failures import Failed, Failure
from sambung.lib.threads import in_thread

LONGEST_NAME = 60  # characters
#: What SQL takes for itself.
_RESERVED = set(
    """all analyse analyze and any array as asc both case cast check collate column constraint create default desc
    describe distinct do else end except false fetch for foreign from grant group having in initially intersect into
    lateral leading limit not null offset on only or order pivot placing primary qualify references returning select
    show some summarize symmetric table then to trailing true union unique unpivot using variadic when where window with
    """.split()
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table under its name here. `about` is what was told of it when it was read."""

    name: str
    file: str
    database: Path
    about: dict


@dataclass(frozen=True, slots=True)
class Tables:
    """What can be asked; `problems` tell by a file's name why it has no tables."""

    tables: dict[str, Table] = field(default_factory=dict)
    problems: dict[str, Failure] = field(default_factory=dict)

    @property
    def stored(self) -> dict:
        """The tables as a process takes them."""
        return {
            name: {"database": str(one.database), "table": one.about["table"], "rows": one.about["rows"]}
            for name, one in self.tables.items()
        }


async def tables(caller: Caller, names: Iterable[str], progress: Progress) -> Tables:
    """Return the tables of the files at hand, and of those that are named. Raises Failed for a name of none."""
    found = Tables()
    for file in await in_thread(_files, caller, list(names)):
        progress(file.name)
        try:
            database, told = await cache.tables_of(file)
        except Failed as failed:
            found.problems[file.name] = failed.failure
            continue
        for about in told:
            name = _name(file.name, about["title"] if len(told) > 1 else "", found.tables)
            found.tables[name] = Table(name, file.name, database, about)
    return found


def _files(caller: Caller, names: Sequence[str]) -> list[DataFile]:
    """The files at hand first, each once, so that a table's name stays whatever else is named."""
    found = {file.id: file for file in sources.at_hand(caller)}
    for name in names:
        by_name = next((one for one in found.values() if name in {one.name, str(one.id)}), None)
        file = by_name or sources.called(caller, name)
        if file is None:
            raise Failed("data_no_file", name=name[:200])
        found.setdefault(file.id, file)
    return list(found.values())


def _name(file: str, title: str, taken: Iterable[str]) -> str:
    """A name for SQL, made of the file's and the sheet's, that no other table has."""
    stem = PurePath(file).stem if PurePath(file).suffix[1:].isalnum() else file
    plain = _plain(f"{stem} {title}")[:LONGEST_NAME].strip("_") or "table_1"
    plain = f"t_{plain}" if plain[0].isdigit() else plain
    plain = f"{plain}_rows" if plain in _RESERVED else plain
    name, n = plain, 2
    while name in taken:
        name, n = f"{plain}_{n}", n + 1
    return name


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"\W+", "_", bare)


async def ask(sql: str, found: Tables) -> dict:
    """Answer a question: {columns, types, rows, count, read} (`worker.py`). Raises Failed."""
    _need(found)
    told, _made = await workers.run("ask", {"sql": sql, "tables": found.stored})
    return told


async def save(sql: str, found: Tables, form: str) -> bytes:
    """Answer a question as a file, all of it. Raises Failed."""
    _need(found)
    _told, made = await workers.run("save", {"sql": sql, "tables": found.stored, "form": form})
    return made


def _need(found: Tables) -> None:
    """Raises Failed where there is nothing to ask, with why not."""
    if not found.tables:
        raise Failed(next(iter(found.problems.values()), Failure("data_no_tables")))
