"""The case `knowledge`: how well and how fast passages are found, by words and with the extra model."""

import contextlib
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

from bench import corpora
from bench.stand import LOAD_CORE, LOOK, Stand, StandError, end
from sambung.home import PROJECT, Home
from sambung.supervisor.model import EmbeddingModel

KEPT = corpora.FOLDER.parent  # data directories, kept between runs
LARGE, SMALL = ("100", "50", "20"), ("2", "0.05")  # shares of the haystack in percent
WITHIN = 60.0  # seconds until the model's process must answer
_WORDS = ("documents/knowledge/words.py", *sorted((PROJECT / "sambung/lib/lexemes").glob("*.py")))
#: What a directory is made of: where that is another, it is made anew.
MADE_OF = {
    "haystack": ("bench/haystack.py", *_WORDS),
    "meaning": ("bench/meaning.py", "documents/knowledge/chunking.py", *_WORDS),
}

Figures = dict[str, float]


async def measure(stand: Stand) -> Figures:
    """Return all figures of the case. Raises StandError."""
    try:
        corpora.fetch()
    except corpora.NoPackages as error:
        raise StandError(str(error)) from error
    stand.stop_web()
    try:
        return _run(stand, "bench.retrieval", "recall") | _meaning(stand) | _speed(stand)
    finally:
        stand.start_web()


def _speed(stand: Stand) -> Figures:
    """Searches among 200,000 passages."""
    with _kept(stand, "haystack", "bench.haystack") as made:
        return _slowest(_run(made, "bench.retrieval", "speed"))


def _meaning(stand: Stand) -> Figures:
    """Questions that the extra model reads as well; nothing where it was not added."""
    if not EmbeddingModel.is_there():
        print("  knowledge: the extra model is not there (make vectors).", file=sys.stderr, flush=True)
        return {}
    model = EmbeddingModel(Home.open(KEPT / "meaning"))
    model.start()
    try:
        ends = time.monotonic() + WITHIN
        while not model.has_answered:
            if not model.is_alive() or time.monotonic() > ends:
                raise StandError("The extra model does not answer.")
            time.sleep(LOOK)
        with _kept(stand, "meaning", "bench.meaning", "fill") as made:
            return _run(made, "bench.meaning", "ask")
    finally:
        model.stop()


@contextlib.contextmanager
def _kept(stand: Stand, name: str, *filled_by: str) -> Iterator[Stand]:
    """A database that is kept, migrated; where it is not there, or made of something else, it is filled first."""
    home = Home.open(KEPT / name)
    key = hashlib.sha256(b"".join((PROJECT / path).read_bytes() for path in MADE_OF[name])).hexdigest()
    told = home.root / "made_of"
    is_there = told.exists() and told.read_text() == key
    if not is_there:
        shutil.rmtree(home.postgres, ignore_errors=True)
        home = Home.open(home.root)
        print(f"  knowledge: {name} is made, once; this takes some minutes.", file=sys.stderr, flush=True)
    made = Stand(home, (), build=stand.build)
    made.start_database()
    try:
        _run(made, "manage.py", "migrate", "-v", "0", is_module=False)
        if not is_there:
            _run(made, *filled_by)
            told.write_text(key)
        yield made
    finally:
        made.stop_database()


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
