"""Starts the processes that read tables and answer questions, and waits for their end, however it comes."""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from django.conf import settings

from documents.data import error_messages  # noqa: F401  sentences
from sambung.lib.failures import Failed, Failure

logger = logging.getLogger(__name__)

SECONDS = {"load": 90, "ask": 20, "save": 60}  # of the clock; processor time is bounded in the process
AT_ONCE = 2  # processes: one core is left for pages and replies, and each takes half a gigabyte
_STOPPED = (-signal.SIGKILL, -signal.SIGXCPU)  # by the clock of its processor time

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def run(job: str, asked: Mapping) -> tuple[dict, bytes]:
    """Do one job (see `worker.py`); return what it told, and the bytes of a file where it made one. Raises Failed."""
    async with _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        code, out, complaints = await _done(job, json.dumps(asked).encode())
    line, _end, made = out.partition(b"\n")
    told = json.loads(line) if line else {}
    if "problem" in told:
        raise Failed(Failure(told["problem"], told["params"]))
    if code in _STOPPED:
        raise Failed("data_too_slow", seconds=SECONDS[job])
    if code or not line:
        logger.warning(
            "A process that reads tables ended.", extra={"job": job, "code": code, "said": complaints[-2000:]}
        )
        raise Failed("data_memory") if b"MemoryError" in complaints else Failed("data_crashed")
    return told, made


async def _done(job: str, asked: bytes) -> tuple[int, bytes, bytes]:
    """Run a process to its end, within its time; one that is not wanted any more is killed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "documents.data.worker", job),
        cwd=settings.PROJECT,
        env={"LC_ALL": "C.UTF-8"},
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    try:
        async with asyncio.timeout(SECONDS[job]):
            out, complaints = await process.communicate(asked)
    except TimeoutError:
        raise Failed("data_too_slow", seconds=SECONDS[job]) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, out, complaints
