"""What waits does it in one of a few places, each behind a slot of its kind."""

import ast
import inspect

import pytest

from agents.runs import runtime
from sambung.lib import egress_sync, waiting
from sambung.mail import SmtpBackend
from teams import hashers
from tests.guards import imports
from tests.guards.apps import APPS
from tests.guards.imports import PROJECT

#: Calls by which a thread waits, or another one is made, and where each may stand.
WAITS = {
    "asyncio.run_coroutine_threadsafe": ("agents/runs/runtime.py",),  # `wait`
    "asyncio.run": ("agents/runs/runtime.py",),  # `wait`, where no replies are served
    "subprocess.run": ("sambung/lib/files/drawing.py", "sambung/lib/files/reading.py"),
    "subprocess.Popen": (),
    "async_to_sync": (),
    "sync_to_async": (),
    "ThreadPoolExecutor": ("sambung/lib/egress.py", "sambung/lib/threads.py"),
    "threading.Semaphore": (),  # a slot of `waiting` is refused at once
    "threading.BoundedSemaphore": (),
    "time.sleep": (),
    "smtplib.SMTP": (),
}


def test_waiting_has_few_doors():
    assert _found(WAITS) == []
    used = _found(dict.fromkeys(WAITS, ()))
    listed = [f"{place}: {name}" for name, places in WAITS.items() for place in places]
    assert sorted(set(listed) - set(used)) == [], "stale lines in WAITS"


def _found(allowed: dict[str, tuple[str, ...]]) -> list[str]:
    """Where else these calls stand; the supervisor is another process."""
    return [at for at in imports.other_clients(PROJECT, APPS, allowed) if not at.startswith("sambung/supervisor/")]


@pytest.mark.parametrize(
    "door",
    [runtime.wait, egress_sync.Session.request, hashers.Aside.encode, SmtpBackend.send_messages],
    ids=lambda door: door.__qualname__,
)
def test_each_door_has_a_slot(door):
    assert ".slot()" in inspect.getsource(door)


def test_each_kind_of_wait_is_used():
    """And none is missing from the table that the tests hold slots of."""
    names = {name: value for name, value in vars(waiting).items() if isinstance(value, waiting.Act)}
    assert list(names.values()) == waiting.ACTS
    own = PROJECT / "sambung/lib/waiting.py"
    trees = [ast.parse(path.read_text()) for app in APPS for path in (PROJECT / app).rglob("*.py") if path != own]
    used = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert set(names) <= used
