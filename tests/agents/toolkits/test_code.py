"""The code runner: what programs print and give, and that what they try beyond that finds nothing and ends."""

import asyncio
import contextlib
import os
import time

import psutil
import pytest

from agents.toolkits import sandbox
from agents.toolkits.code import MODULES, toolkit

CORPUS = [
    "import os\nprint(os.environ)",
    "import os\nos.system('id')",
    "import os\nos.listdir('/')",
    "import os\nwhile True: os.fork()",
    "import ctypes\nctypes.CDLL(None)",
    "import subprocess\nsubprocess.run(['id'])",
    "import socket\nsocket.create_connection(('127.0.0.1', 5432))",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')",
    "import importlib\nimportlib.import_module('os')",
    "__import__('os')",
    "open('/etc/passwd').read()",
    "open('/proc/self/environ').read()",
    "open('made', 'w').write('x')",
    "from pathlib import Path\nPath('/proc/self/environ').read_text()",
    "from pathlib import Path\nlist(Path('/').iterdir())",
    "().__class__.__bases__[0].__subclasses__()",
    "(lambda: 0).__globals__",
    "print.__self__",
    "'{0.__class__}'.format(1)",
    "import sys\nsys.modules['os'].getcwd()",
    "import gc\ngc.get_objects()",
    "import threading\nthreading.Thread(target=print).start()",
    "eval(\"__import__('os').getcwd()\")",
    "exec('import posix; posix.getcwd()')",
    "x = 'a' * 10**10",
    "x = []\nwhile True: x.append('a' * 10**6)",
    "bytearray(10**10)",
    "def f(): return f()\nf()",
]
ENDLESS = [
    "while True: pass",
    "import time\ntime.sleep(600)",
    "while True: print('x' * 1000)",
    "sum(range(10**12))",
    "import asyncio\nawait asyncio.sleep(600)",
]


@pytest.fixture
def brief(monkeypatch):
    """A short limit."""
    monkeypatch.setattr(sandbox, "SECONDS", 0.4)


_kept: set[int] = set()  # processes that workflows' programs have left here for the next one


@pytest.fixture(autouse=True)
def _know_kept():
    _kept.clear()
    _kept.update(one.pid for one in _workers())


def _workers() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it may go between the list and its name
            found += [child] if "monty" in child.name() and child.pid not in _kept else []
    return found


async def _have_ended() -> None:
    """Wait for the processes of calls: a process that was killed is in the system's list for a moment."""
    while _workers():
        await asyncio.sleep(0.01)


async def test_what_it_prints_and_gives_is_told(run):
    result = await run(toolkit, "run_python", code="print('a')\nfor n in range(2): print(n)\n{'sum': 1 + 2}")
    assert (result.content, result.is_error) == ("a\n0\n1\n{'sum': 3}", False)


ITSELF = "class Money:\n    def __init__(self, n): self.n = n\n    def __repr__(self): return f'{self.n} kopi'\n"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (f"{ITSELF}Money(3)", "3 kopi"),
        (f"{ITSELF}[Money(3),\n Money(4)]  # both", "[3 kopi, 4 kopi]"),
        (f"{ITSELF}print('a')\nMoney(3)", "a\n3 kopi"),
        ("x = 'a'\nx", "'a'"),
        ("x = 1; x", "1"),
        ("x = 1\nx;", "1"),
        ("x = 1\nprint(x)", "1"),
        ("async def f():\n    return 2\nawait f()", "2"),
    ],
)
async def test_a_value_is_shown_as_it_writes_itself(run, code, shown):
    result = await run(toolkit, "run_python", code=code)
    assert (result.content, result.is_error) == (shown, False)


async def test_an_error_in_the_last_expression_keeps_its_line(run):
    ran = await sandbox.run("x = 0\n\n# a comment\n(1 +\n 1 / x)")
    assert ran.line == 5
    assert "line 5" in ran.error
    assert "_last_expression_" not in ran.error


LACKS = {
    "inherit": "class A:\n    pass\nclass B(A):\n    pass",
    "Enum": "from enum import Enum",
    "@property": "class A:\n    @property\n    def x(self): return 1",
    "@staticmethod": "class A:\n    @staticmethod\n    def x(): return 1",
    "@classmethod": "class A:\n    @classmethod\n    def x(cls): return 1",
    "yield": "def f():\n    yield 1",
    "del": "x = 1\ndel x",
    "input": "input()",
}


@pytest.mark.parametrize("word", LACKS)
async def test_the_description_names_what_is_not_there(run, word):
    assert word in toolkit.members["run_python"].description
    assert (await run(toolkit, "run_python", code=LACKS[word])).is_error, "it is there now: say so"


async def test_the_modules_that_the_description_names_are_there(run):
    names = MODULES.replace(" and ", ", ").split(", ")
    result = await run(toolkit, "run_python", code="\n".join(f"import {name}" for name in names))
    assert not result.is_error
    for name in ("statistics", "fractions", "heapq", "string", "operator", "uuid"):
        assert name not in names
        assert (await run(toolkit, "run_python", code=f"import {name}")).is_error


async def test_nothing_is_told_as_such(run):
    assert (await run(toolkit, "run_python", code="x = 1")).content == "It ran, and printed nothing."


async def test_an_error_is_told_with_what_was_printed(run):
    result = await run(toolkit, "run_python", code="print('before')\n1 / 0")
    assert result.is_error
    assert result.content.startswith("before\n")
    assert result.content.endswith("ZeroDivisionError: division by zero")


@pytest.mark.parametrize("code", CORPUS)
async def test_nothing_is_found(run, monkeypatch, code):
    monkeypatch.setenv("SECRET_CANARY", "canary-of-the-environment")
    result = await run(toolkit, "run_python", code=code)
    assert result.is_error, result.content
    for told in ("canary-of-the-environment", "root:", "uid=", os.getcwd()):
        assert told not in result.content


@pytest.mark.parametrize("code", ENDLESS)
async def test_what_does_not_end_is_ended(run, brief, code):
    started = time.monotonic()
    result = await run(toolkit, "run_python", code=code)
    assert result.is_error
    assert time.monotonic() - started < sandbox.SECONDS + 2
    await _have_ended()


async def test_stopping_a_call_ends_its_process(run):
    calling = asyncio.create_task(run(toolkit, "run_python", code="while True: pass"))
    while not _workers():
        await asyncio.sleep(0.01)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await _have_ended()


async def test_one_call_knows_nothing_of_another(run):
    await run(toolkit, "run_python", code="secret = 'mine'")
    assert "not defined" in (await run(toolkit, "run_python", code="secret")).content
