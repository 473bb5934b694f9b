"""The tables of files as they were read, kept beside them for an hour after they were last asked.

A folder for each content and way of reading it, in the data directory: `tables.duckdb`, and what is told of them in
`tables.json`. Nothing in there is needed: it is made anew from the file.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings

from documents.data import workers
from documents.data.sources import DataFile
from documents.data.values import LARGEST
from sambung.lib.failures import Failed
from sambung.lib.threads import in_thread

VERSION = 1  # of how files are read; raised, all are read anew
KEPT = 3600  # seconds since they were last asked
DATABASE, TOLD = "tables.duckdb", "tables.json"


async def tables_of(file: DataFile) -> tuple[Path, list[dict]]:
    """Return the database of a file's tables, and what is told of each (`loading.load`). Raises Failed."""
    if file.size > LARGEST:
        raise Failed("data_file_large", name=file.name)
    folder = _folder(file)
    told = await in_thread(_kept, folder)
    if told is None:
        told = await _read(file, folder)
    return folder / DATABASE, told


def _folder(file: DataFile) -> Path:
    read = "\n".join((file.digest, file.family, file.encoding, str(VERSION)))
    return settings.DATA_TABLES / hashlib.sha256(read.encode()).hexdigest()


def _kept(folder: Path) -> list[dict] | None:
    try:
        os.utime(folder)
        return json.loads((folder / TOLD).read_bytes())
    except FileNotFoundError:
        return None


async def _read(file: DataFile, folder: Path) -> list[dict]:
    work = await in_thread(_begun, file)
    try:
        asked = {"path": str(work / "file"), "folder": str(work)}
        given = {"name": file.name, "family": file.family, "encoding": file.encoding}
        told, _made = await workers.run("load", asked | given)
        await in_thread(_keep, work, folder, told["tables"])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return told["tables"]


def _begun(file: DataFile) -> Path:
    """A folder to read in, with the file in it. Raises Failed where its bytes are lost."""
    settings.DATA_TABLES.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        data = file.content()
    except FileNotFoundError:
        raise Failed("data_file_lost", name=file.name) from None
    work = Path(tempfile.mkdtemp(dir=settings.DATA_TABLES, prefix="."))
    (work / "file").write_bytes(data)
    return work


def _keep(work: Path, folder: Path, told: list[dict]) -> None:
    """Let the folder be found; where another has read the same meanwhile, theirs stays."""
    (work / "file").unlink()
    (work / TOLD).write_bytes(json.dumps(told).encode())
    try:
        work.rename(folder)
    except OSError:
        if not (folder / TOLD).exists():
            raise


def clean_up() -> None:
    """Remove what nobody has asked for an hour."""
    if not settings.DATA_TABLES.is_dir():
        return
    for folder in settings.DATA_TABLES.iterdir():
        if folder.stat().st_mtime < time.time() - KEPT:
            shutil.rmtree(folder, ignore_errors=True)
