"""How one text became another: its lines, with the words that came and went marked in them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agents.definitions.versions import Change
from documents.merging.alignment import lines, places, words

AROUND = 2  # lines that stay, on either side of what changed
MOST_LINES = 2_000  # that are shown
MOST_WORDS = 20_000  # of a place that changed; a longer one is marked as a whole

#: (kind, text): "+" came, "-" went, " " stayed, "@" stands for what is left out.
Line = tuple[str, str | SafeString]


def compared(label: str, before: str, after: str) -> Change:
    """How a text became another one, for `components/_diff.html`: lines, in them the changed words as <mark>."""
    found = list(_near(_lines(before, after)))
    cut = [("@", _("The rest is not shown."))] if len(found) > MOST_LINES else []
    return Change(label, [*found[:MOST_LINES], *cut])


def _lines(before: str, after: str) -> Iterator[Line]:
    """All lines of both."""
    old, new = lines(before), lines(after)
    at, at2 = 0, 0
    for here, there in [*places(old, new).items(), (len(old), len(new))]:
        if (here, there) != (at, at2):
            yield from changed("".join(old[at:here]), "".join(new[at2:there]))
        if here < len(old):
            yield " ", old[here].rstrip("\r\n")
        at, at2 = here + 1, there + 1


def changed(old: str, new: str) -> Iterator[Line]:
    """The lines of a place that changed, those that went first, with the changed words as <mark>."""
    parts = words(old), words(new)
    is_short = old and new and max(map(len, parts)) <= MOST_WORDS
    same = places(*parts) if is_short else {}
    if not _is_alike(parts[0], same):
        same = {n: m for n, m in same.items() if parts[0][n] == "\n"} if is_short else {}
    yield from _marked("-", parts[0], set(same), is_short)
    yield from _marked("+", parts[1], set(same.values()), is_short)


def _is_alike(old: Sequence[str], same: dict[int, int]) -> bool:
    """Whether enough words stayed that marking the others helps to read."""
    stayed = sum(len(old[n]) for n in same if not old[n].isspace())
    return 3 * stayed >= sum(len(word) for word in old if not word.isspace())


def _marked(kind: str, parts: Sequence[str], same: set[int], is_marked: bool) -> Iterator[Line]:
    """The lines that these words make; those that are not the same are marked."""
    row: list[tuple[bool, str]] = []
    for n, word in enumerate(parts):
        if word == "\n":
            yield kind, _row(row, is_marked)
            row = []
        else:
            row.append((n in same, word))
    if row:
        yield kind, _row(row, is_marked)


def _row(row: list[tuple[bool, str]], is_marked: bool) -> str | SafeString:
    if not is_marked or not any(is_same and not word.isspace() for is_same, word in row):
        return "".join(word for _same, word in row)
    runs = [(is_same, "".join(word for _same, word in run)) for is_same, run in groupby(row, key=lambda one: one[0])]
    return format_html_join(
        "", "{}", ((text if same else format_html("<mark>{}</mark>", text),) for same, text in runs)
    )


def _near(found: Iterator[Line]) -> Iterator[Line]:
    """The lines that changed with a few around them, and a gap for what is left out between."""
    stayed: list[Line] = []
    is_first = True
    for line in found:
        if line[0] == " ":
            stayed.append(line)
            continue
        after = [] if is_first else stayed[:AROUND]
        before = stayed[max(len(after), len(stayed) - AROUND) :]
        yield from after
        if not is_first and len(after) + len(before) < len(stayed):
            yield "@", ""
        yield from before
        yield line
        stayed, is_first = [], False
    if not is_first:
        yield from stayed[:AROUND]
