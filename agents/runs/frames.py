"""What a viewer receives: frames, made once and sent as they are to everyone who follows."""

import uuid
from dataclasses import dataclass

import orjson

VERSION = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. `seq` is the last stored RunEvent that it holds; `text` is its JSON."""

    topic: str
    run: str
    seq: int
    kind: str
    text: str


def _frame(topic: str, run: uuid.UUID, subject: uuid.UUID, attempt: int, seq: int, kind: str, **more) -> Frame:
    body = {
        "v": VERSION,
        "run": str(run),
        "message": str(subject),
        "attempt": attempt,
        "seq": seq,
        "kind": kind,
    }
    return Frame(topic, str(run), seq, kind, orjson.dumps(body | more).decode())


def delta(topic, run, subject, attempt, seq, parts: list[dict]) -> Frame:
    """What one tick added: for each part, finished blocks to append and the open block to replace."""
    return _frame(topic, run, subject, attempt, seq, "delta", state="running", parts=parts)


def snapshot(topic, run, subject, attempt, seq, html: str) -> Frame:
    """Everything so far; replaces the body."""
    return _frame(topic, run, subject, attempt, seq, "snapshot", state="running", html=html)


def end(topic, run, subject, attempt, seq, state: str, html: str) -> Frame:
    """The finished body; replaces it whole, since link definitions and footnotes may have changed it."""
    return _frame(topic, run, subject, attempt, seq, "end", state=state, html=html)


def hint(topic: str, what: str, **more) -> Frame:
    """Something other than a reply changed; the page asks for it by HTTP."""
    return Frame(topic, "", 0, what, orjson.dumps({"v": VERSION, "kind": what, "topic": topic} | more).decode())
