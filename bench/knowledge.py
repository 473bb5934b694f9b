"""The case `knowledge`: how well passages are found in real questions, and how fast among 200,000."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench import corpora
from bench.stand import LOAD_CORE, Stand, StandError, end
from sambung.home import PROJECT, Home

HAYSTACK = corpora.FOLDER.parent / "haystack"  # a data directory, kept between runs
LARGE, SMALL = ("100", "50", "20"), ("2", "0.05")  # shares of the haystack in percent

Figures = dict[str, float]


async def measure(stand: Stand) -> Figures:
    """Return all figures of the case. Raises StandError."""
    try:
        corpora.fetch()
    except corpora.NoPackages as error:
        raise StandError(str(error)) from error
    stand.stop_web()
    try:
        return _found(stand)
    finally:
        stand.start_web()


def _found(stand: Stand) -> Figures:
    figures = _run(stand, "bench.retrieval", "recall")
    with_haystack = Stand(_haystack(stand), ())
    with_haystack.start_database()
    try:
        return figures | _slowest(_run(with_haystack, "bench.retrieval", "speed"))
    finally:
        with_haystack.stop_database()


def _haystack(stand: Stand) -> Home:
    """The data directory of the haystack: made anew where what it is filled with is another, else migrated."""
    made_of = [Path(__file__).with_name("haystack.py"), PROJECT / "documents/knowledge/words.py"]
    made_of += sorted((PROJECT / "sambung/lib/lexemes").glob("*.py"))
    key = hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()
    told = HAYSTACK / "made_of"
    is_there = told.exists() and told.read_text() == key
    if not is_there:
        shutil.rmtree(HAYSTACK, ignore_errors=True)
        print(
            "  knowledge: 200,000 passages are made, once; this takes a quarter of an hour.",
            file=sys.stderr,
            flush=True,
        )
    home = Home.open(HAYSTACK)
    making = Stand(home, (), build=stand.build)
    making.start_database()
    try:
        _run(making, "manage.py", "migrate", "-v", "0", is_module=False)
        if not is_there:
            _run(making, "bench.haystack")
    finally:
        making.stop_database()
    told.write_text(key)
    return home


def _run(stand: Stand, *command: str, is_module: bool = True) -> Figures:
    """Run a program over the stand's database, apart from its core; return the figures that it prints."""
    command = ("-m", *command) if is_module else command
    process = stand.spawn(LOAD_CORE, *command, stdout=subprocess.PIPE, text=True)
    try:
        said, _ = process.communicate()
    finally:
        end(process)
    if process.returncode:
        raise StandError(f"{' '.join(command)} failed.")
    return json.loads(said) if said.strip() else {}


def _slowest(found: Figures) -> Figures:
    """Figures of the slowest of the large and of the small shares."""
    figures = {"cover_density.times": found["cover_density.times"]}
    for kind in ("words", "hybrid"):
        for part in ("p50", "p95"):
            for name, shares in (("large", LARGE), ("small", SMALL)):
                figures[f"{kind}.{name}.{part}"] = max(found[f"{kind}.{share}.{part}"] for share in shares)
    return figures | {"near.least": min(found[f"near.{share}"] for share in (*LARGE, *SMALL))} | found
