"""A document's text as people read it: Markdown, code in colours, the table of a sheet."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from documents.models import CONTENT_LENGTH, Kind
from sambung.lib import markdown

MOST_ROWS, MOST_COLUMNS = 500, 60  # of a sheet that a page shows; its file has all
#: What stands for each kind in a list.
ICONS = {Kind.TEXT: "file-text", Kind.CODE: "code", Kind.SHEET: "table", Kind.FILE: "paperclip"}
_DELIMITERS = ",;\t|"
csv.field_size_limit(CONTENT_LENGTH)
_FENCE = re.compile("`{3,}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet that are shown, the first one's apart, and how many more there are."""

    head: list[str]
    rows: list[list[str]]
    more_rows: int
    more_columns: int


def html(
    kind: str, language: str, content: str, pk: UUID | str, picture: Callable[[str], str] = lambda pk: ""
) -> SafeString:
    """Return a text as safe HTML; `pk` makes its ids unique in the page, `picture` gives addresses by pictures' ids."""
    if kind == Kind.SHEET:
        return render_to_string("documents/_sheet.html", {"sheet": sheet(content)})
    source = fenced(language, content) if kind == Kind.CODE else content
    shown = markdown.render(source, prefix=f"d-{pk}", with_places=kind == Kind.TEXT)
    return mark_safe(markdown.with_pictures(shown, picture))  # noqa: S308  the renderer's


def fenced(language: str, code: str) -> str:
    """Return code as a block of Markdown, whatever fences stand in it."""
    longest = max(map(len, _FENCE.findall(code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language or 'text'}\n{code.removesuffix(chr(10))}\n{fence}\n"


def sheet(content: str) -> Sheet:
    """Read CSV as people write it: by what its first line is divided with, whatever ends its lines."""
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    found = [row for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text)) if row]
    widest = max(map(len, found), default=0)
    shown = [(row + [""] * widest)[: min(widest, MOST_COLUMNS)] for row in islice(found, MOST_ROWS + 1)]
    return Sheet(
        head=shown[0] if shown else [],
        rows=shown[1:],
        more_rows=max(0, len(found) - MOST_ROWS - 1),
        more_columns=max(0, widest - MOST_COLUMNS),
    )


def _delimiter(content: str) -> str:
    counted = Counter(sign for sign in content.partition("\n")[0] if sign in _DELIMITERS)
    return max(_DELIMITERS, key=lambda sign: counted[sign])
