"""Servers that the operator lets this machine start: a process each, in a group of its own, ended with its session."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import mcp_types
from django.conf import settings
from mcp.client._transport import TransportStreams
from mcp.shared.message import SessionMessage

from agents.mcp.operator_config import Program
from sambung.lib.jsonb import clean_json

GRACE = 2.0  # seconds for a program to leave: when its input has ended, and again when it was told to
LARGEST_LOG = 256 * 1024  # bytes
MOST_NOISE = 1_000  # lines that are no messages


@asynccontextmanager
async def running(
    name: str, program: Program, largest: int, broke: Callable[[str], None]
) -> AsyncIterator[TransportStreams]:
    """Start a program; gives the streams that the SDK's client takes. `largest`: bytes of one message.

    `broke` is told, by a code, when it has gone or said too much. Raises OSError where it cannot be started.
    """
    process = await _started(program, largest)
    incoming, read = anyio.create_memory_object_stream(0)
    write, outgoing = anyio.create_memory_object_stream(0)
    work = [
        asyncio.create_task(_listen(process, incoming, broke)),
        asyncio.create_task(_speak(process, outgoing, incoming)),
    ]
    complaints = asyncio.create_task(_keep_log(name, process))
    try:
        yield read, write
    finally:
        for task in work:
            task.cancel()
        await asyncio.shield(_end(process, [*work, complaints]))
        for stream in (read, write, incoming, outgoing):
            stream.close()


async def _started(program: Program, largest: int) -> asyncio.subprocess.Process:
    """Start it with what the operator's file names, and nothing else of ours."""
    return await asyncio.create_subprocess_exec(
        program.command,
        *program.args,
        env=settings.PROGRAM_ENVIRONMENT | dict(program.env),
        cwd="/",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=largest,
        start_new_session=True,
    )


async def _listen(process: asyncio.subprocess.Process, incoming, broke: Callable[[str], None]) -> None:
    """Hand on each line that is a message; what is none is noise."""
    noise = 0
    try:
        while noise < MOST_NOISE and (line := await process.stdout.readline()):
            if message := _message(line):
                await incoming.send(SessionMessage(message))
            else:
                noise += 1
        broke("mcp_program_ended" if noise < MOST_NOISE else "mcp_answer_too_large")
    except ValueError:  # a line above the limit
        broke("mcp_answer_too_large")
    finally:
        incoming.close()


def _message(line: bytes):
    """Return the message in a line, None where there is none; characters that are none are replaced."""
    try:
        return mcp_types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        with contextlib.suppress(ValueError, RecursionError):
            return mcp_types.jsonrpc_message_adapter.validate_python(clean_json(json.loads(line)), by_name=False)
    return None


async def _speak(process: asyncio.subprocess.Process, outgoing, incoming) -> None:
    try:
        async for sent in outgoing:
            process.stdin.write(sent.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
            await process.stdin.drain()
    except OSError:
        incoming.close()


async def _keep_log(name: str, process: asyncio.subprocess.Process) -> None:
    """Keep what it complains of in a file that only the operator reads; what is too much is read away."""
    log = os.open(settings.HOME.logs / f"mcp-{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        left = LARGEST_LOG - os.fstat(log).st_size
        if left <= 0:
            os.ftruncate(log, 0)
            left = LARGEST_LOG
        while data := await process.stderr.read(64 * 1024):
            os.write(log, data[: max(0, left)])
            left -= len(data)
    finally:
        os.close(log)


async def _end(process: asyncio.subprocess.Process, work: list[asyncio.Task]) -> None:
    """End its input, then the program and everything that it started."""
    process.stdin.close()
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_left(process), GRACE)
            break
        _signal(process, number)
    _signal(process, signal.SIGKILL)  # for what it left behind
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await _left(process)
    process._transport.close()  # its pipes, which something that got away may hold


async def _left(process: asyncio.subprocess.Process) -> None:
    """Wait for the program alone: `process.wait` also waits for whoever holds its pipes."""
    while process.returncode is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
