"""`--against REV`: this build and another revision in turn, case by case, and each pair kept as it ends."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import builds, ratios, stand
from bench.builds import PRESENT, Build
from bench.stand import Stand

Figures = dict[str, float]
#: Runs one case on a build, over a copy of the data at the path; gives its figures, with CASE.broken where it broke.
Measure = Callable[[str, Build, Path], Figures]


@dataclass
class Kept:
    """The pairs of (this build, the other) of each case, in a file that is written after each of them."""

    path: Path
    key: dict
    pairs: dict[str, list[tuple[Figures, Figures]]] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, key: dict) -> "Kept":
        """Return what is kept for these builds and these ways of measuring; nothing at first."""
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        made = cls(folder / f"against-{key['before'][:12]}-{digest[:12]}.json", key)
        if made.path.exists():
            made.pairs = json.loads(made.path.read_text())["pairs"]
        return made

    def add(self, case: str, after: Figures, before: Figures) -> None:
        """Keep one more pair; a process that is killed meanwhile leaves the file as it was."""
        self.pairs.setdefault(case, []).append((after, before))
        self.path.parent.mkdir(exist_ok=True)
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps({"key": self.key, "pairs": self.pairs}, indent=1) + "\n")
        part.replace(self.path)

    def left(self, cases: list[str], count: int) -> Iterator[tuple[int, str]]:
        """Give number and case of each pair that is still to be measured; every case has a first before any second."""
        for number in range(count):
            yield from ((number, case) for case in cases if len(self.pairs.get(case, ())) <= number)


def key_of(commit: str, **ways: object) -> dict:
    """Return what pairs must have in common to belong together: both builds, and how it is measured."""
    return {"after": builds.state(), "before": commit, **ways}


def compare(kept: Kept, cases: list[str], count: int, measure: Measure) -> list[str]:
    """Measure the pairs that are left; return the cases that broke.

    One that the other build cannot run at all is told, left out, and no error.
    """
    lost: set[str] = set()
    broken: list[str] = []
    if not list(kept.left(cases, count)):
        return broken
    with _both(kept.key["before"]) as (present, other):
        for number, case in kept.left(cases, count):
            if case in lost or case in broken:
                continue
            print(f"pair {number + 1} of {count}, {case}", file=sys.stderr, flush=True)
            after = measure(case, *present)
            if f"{case}.broken" in after:
                broken.append(case)
                continue
            before = measure(case, *other)
            if f"{case}.broken" not in before:
                kept.add(case, after, before)
            elif case in kept.pairs:
                print(f"{other[0].name} broke in the case {case}, which it could run before.", flush=True)
                broken.append(case)
            else:
                print(f"{other[0].name} cannot run the case {case}, which is left out.", flush=True)
                lost.add(case)
    return broken


@contextmanager
def _both(commit: str) -> Iterator[tuple[tuple[Build, Path], tuple[Build, Path]]]:
    """Set up both builds, each with the data of its own first start."""
    with ExitStack() as stack:
        made = []
        for build in (PRESENT, stack.enter_context(builds.other(commit))):
            builds.compile_all(build)
            home = stack.enter_context(stand.home())
            stand.first_start(Stand(home, (), build=build))
            made.append((build, home.root))
        yield tuple(made)


def show(kept: Kept) -> str:
    """Return the table, and where its pairs lie."""
    shown = ratios.table(kept.pairs, kept.key["before"][:12])
    return f"{shown}\n\nKept in {kept.path}; without that file all is measured anew."
