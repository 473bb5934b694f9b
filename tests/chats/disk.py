"""A disk, which is a kind of tools, and replies that call them, played from start to end without a runtime."""

import asyncio
from dataclasses import replace

from agents import engine
from agents.generation.report import Report
from agents.models import Run, RunStatus, ToolApproval
from agents.runs import lifecycle
from agents.runs.registry import Outcome, Paused
from agents.runs.stream import Stream
from agents.tools import Asks, Result, Source, Tool
from chats.models import Message
from chats.replies import kind as replying
from sambung.lib.threads import in_thread

NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
ERASE = Tool("test", "disk", "erase", "Erase", "Erases.", NUMBER, Asks.ALWAYS)
LOOK = replace(ERASE, name="look", title="Look", asks=Asks.NEVER)


class Disk:
    """A disk that can be looked at, and erased after asking."""

    def __init__(self):
        self.noun, self.limits, self.ran, self.tools = "", None, [], (ERASE, LOOK)

    def sources(self, workspace):
        return [Source("test", "disk", "Disk", tools=self.tools, instructions="Mind the disk.")]

    async def call(self, tool, args, caller, progress):
        self.ran.append((tool.name, args, caller.workspace.user.name))
        return Result(f"{tool.name} {args['n']}")


def call(name, n):
    return engine.ToolCall("x", name, {"n": n})


def play(work) -> Message:
    """What the runtime does with a run, from its start to its end or pause."""
    return _finish(work, *asyncio.run(_execute(work)))


async def play_here(work) -> Message:
    """The same in the present loop, beside what else is under way there."""
    return await in_thread(_finish, work, *await _execute(work))


async def _execute(work) -> tuple[Stream, Report, RunStatus]:
    stream, report = Stream(work, lambda: None), Report()
    try:
        await replying.ChatRuns().execute(work, stream.accept, report, engine.Pace())
    except Paused:
        return stream, report, RunStatus.WAITING
    return stream, report, RunStatus.SUCCEEDED


def _finish(work, stream: Stream, report: Report, status: RunStatus) -> Message:
    entries = stream.last_entries(status)
    outcome = Outcome(status, stream.result(entries), report=report, seconds=1.0)
    lifecycle.finish(work.run_id, work.attempt, outcome, entries)
    return Message.objects.select_related("chat", "run").get(run=work.run_id)


def again(message) -> Message:
    """Take up what the decision let go on, as a process that started anew would."""
    return play(taken_up(message))


def taken_up(message):
    """What the decision let go on, to be played."""
    run = Run.objects.get(pk=message.run_id)
    assert run.status == RunStatus.QUEUED  # no runtime serves here
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    run.refresh_from_db()
    return replying.ChatRuns().load(run)


def only(message) -> ToolApproval:
    return ToolApproval.objects.get(run=message.run)
