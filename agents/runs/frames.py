"""What a viewer receives: frames, made once and sent as they are to everyone who follows.

A frame of a run names its subject, the row that shows the result, by what it is and its id: `message:<id>`.
"""

import uuid
from dataclasses import dataclass

import orjson

VERSION = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. `seq` is the last stored RunEvent that it holds; `text` is its JSON."""

    topic: str
    run: str
    seq: int
    kind: str
    text: str


def _frame(topic: str, run: uuid.UUID, subject: str, attempt: int, seq: int, kind: str, **more) -> Frame:
    body = {
        "v": VERSION,
        "run": str(run),
        "subject": subject,
        "attempt": attempt,
        "seq": seq,
        "kind": kind,
    }
    return Frame(topic, str(run), seq, kind, orjson.dumps(body | more).decode())


def delta(topic, run, subject, attempt, seq, parts: list[dict]) -> Frame:
    """What one tick changed: for each part, blocks to append and the open one to replace, or all of it anew."""
    return _frame(topic, run, subject, attempt, seq, "delta", parts=parts)


def snapshot(topic, run, subject, attempt, seq, html: str) -> Frame:
    """Everything so far; replaces the body."""
    return _frame(topic, run, subject, attempt, seq, "snapshot", state="running", html=html)


def end(topic, run, subject, attempt, seq, state: str, html: str) -> Frame:
    """The finished body; replaces it whole, since link definitions and footnotes may have changed it."""
    return _frame(topic, run, subject, attempt, seq, "end", state=state, html=html)


def hint(topic: str, what: str, **more) -> Frame:
    """Something other than a run changed; the page asks for it by HTTP."""
    return Frame(topic, "", 0, what, orjson.dumps({"v": VERSION, "kind": what, "topic": topic} | more).decode())
