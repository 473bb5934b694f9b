"""Case `ingest`: how soon files are found that were dropped, and what reading a long one takes.

python -m bench.ingest CHUNKS

in a process with Django indexes passages over the database of the environment, and prints how many a second of
processor time, its own and the database's.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache

import aiohttp
import django

from bench import meter, people
from bench.load import Client, Seat
from bench.stand import OVER_THE_BUILD, SERVER_CORE, Stand, StandError, end

PAGES, LINES = 20, 45  # of a file
LONG, LONG_LINES = 300, 45  # pages of the long one
AT_ONCE = 50  # files of one form
PATIENCE = 300.0  # seconds
LOOK = 0.25
PASSAGES, OF_ONE = 2_000, 50
_KNOWN = [f"word{n}" for n in range(4_000)]
_FOUND = """
SELECT count(*) FILTER (WHERE status IN ('indexed', 'words_only')), count(*) FILTER (WHERE status = 'failed')
FROM document WHERE kind = 'file'
"""
Figures = dict[str, float]


async def measure(stand: Stand, files: int) -> Figures:
    """Drop so many files, read a long one, index passages. Raises StandError."""
    (seat,) = people.seats(stand, 1, "fake-n20")
    found = await _dropped(stand, seat, files)
    found |= await asyncio.to_thread(_read_long, stand)
    stand.stop_web()  # its jobs would look after documents that are only indexed
    try:
        return found | {"ingest.rate": await asyncio.to_thread(_rate, stand)}
    finally:
        await asyncio.to_thread(stand.start_web)


# ---- files that are dropped -----------------------------------------------------------------------------
async def _dropped(stand: Stand, seat: Seat, files: int) -> Figures:
    """Seconds from the last byte until all are found."""
    made = [pdf(PAGES, LINES, seed) for seed in range(files)]
    async with Client(stand.url, stand.relay_port) as client:
        for at in range(0, files, AT_ONCE):
            form = aiohttp.FormData()
            for n, data in enumerate(made[at : at + AT_ONCE], start=at):
                form.add_field("upload", data, filename=f"file-{n}.pdf", content_type="application/pdf")
            url = f"{stand.url}/app/documents/upload/"
            async with client.http.post(url, data=form, headers=client.headers(seat)) as response:
                if response.status != 201:
                    raise StandError(f"Files were answered with {response.status}: {(await response.text())[:200]}")
    begun, cpu = time.monotonic(), meter.cpu(stand.server_pids)
    while True:
        ((found, failed),) = await asyncio.to_thread(stand.sql, _FOUND)
        if failed or time.monotonic() - begun > PATIENCE:
            raise StandError(f"{found} of {files} files are found after {PATIENCE:.0f} s, {failed} could not be read.")
        if found == files:
            break
        await asyncio.sleep(LOOK)
    return {"ingest.dropped": time.monotonic() - begun, "ingest.cpu": meter.cpu(stand.server_pids) - cpu}


def pdf(pages: int, lines: int, seed: int) -> bytes:
    """A PDF of so many pages full of words."""
    dice = random.Random(seed)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        font,
    ]
    for n in range(pages):
        shown = " ".join(f"({' '.join(dice.choices(_KNOWN, k=10))}) Tj 0 -14 Td" for _ in range(lines))
        stream = f"BT /F1 11 Tf 60 740 Td {shown} ET".encode()
        place = f"/Contents {5 + 2 * n} 0 R /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {place} >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _written(objects)


def _written(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for n, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end_of = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return bytes(out) + end_of % (len(objects) + 1, table, len(objects) + 1, len(out))


# ---- one that is long -----------------------------------------------------------------------------------
def _read_long(stand: Stand) -> Figures:
    """Processor seconds and megabytes that the reader takes for a long file, its start included."""
    path = stand.home.root / "long.pdf"
    path.write_bytes(pdf(LONG, LONG_LINES, 0))
    command = [stand.build.python, "-m", "sambung.lib.files.reader", "pdf", "20000000", "long.pdf", ""]
    with path.open("rb") as file:
        pipes = {"stdin": file, "stdout": subprocess.DEVNULL, "cwd": stand.build.folder}
        process = subprocess.Popen(command, **pipes)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    path.unlink()
    if process.returncode:
        raise StandError("The long file cannot be read.")
    return {"ingest.long_cpu": used.ru_utime + used.ru_stime, "ingest.long_mb": used.ru_maxrss / 1024}


# ---- passages -------------------------------------------------------------------------------------------
def _rate(stand: Stand) -> float:
    """Passages a second of processor time."""
    command = ("-c", OVER_THE_BUILD, __file__, str(PASSAGES))
    process = stand.spawn(SERVER_CORE, *command, build=stand.build, stdout=subprocess.PIPE)
    try:
        told = json.loads(process.stdout.readline())
    finally:
        end(process)
    return told["passages"] / told["seconds"]


@cache
def _text(n: int) -> str:
    dice = random.Random(n)
    return " ".join(dice.choices(_KNOWN, weights=[1 / (k + 9) for k in range(len(_KNOWN))], k=150))


def play(passages: int) -> dict:
    """Index so many passages, some of them in each document."""
    from django.db import connection  # late: the apps must be there

    from documents.knowledge import index
    from documents.models import Document
    from sambung.lib.files.blocks import Block
    from teams.models import User

    person = User.objects.create(email="ingest@bench.example", name="Ingest")
    documents = [Document.objects.create(user=person, title=f"Document {n}") for n in range(passages // OF_ONE)]
    blocks = [
        [Block("paragraph", _text(at + n), slide=n + 1) for n in range(OF_ONE)] for at in range(0, passages, OF_ONE)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    ours, theirs = time.process_time(), meter.cpu([backend])
    made = sum(index.replace(document, said) for document, said in zip(documents, blocks, strict=True))
    spent = time.process_time() - ours + meter.cpu([backend]) - theirs
    index.forget(Document.objects.filter(user=person))
    Document.objects.filter(user=person).delete()
    return {"passages": made, "seconds": spent}


def main() -> None:
    """Play once and print what it came to."""
    django.setup()
    print(json.dumps(play(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
