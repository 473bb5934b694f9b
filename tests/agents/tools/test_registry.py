"""The one way to call a tool: with the arguments that were meant, and what it tells as people read it."""

import pytest

from agents import tools
from agents.tools import Caller, Result, Tool

COUNT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
TOOL = Tool("test", "runs", "run", "Run", "Runs.", COUNT)


class Kind:
    """Runs the tool above; `answer` is what it gives."""

    noun, limits = "", None

    def __init__(self):
        self.ran, self.answer = [], "ok"

    def sources(self, workspace):
        return []

    async def call(self, tool, args, caller, progress):
        self.ran.append(args)
        progress("\x1b[32m 50%\x1b[0m")
        return Result(self.answer)


@pytest.fixture
def kind(monkeypatch):
    made = Kind()
    monkeypatch.setattr(tools.registry, "_kinds", {"test": made})
    return made


async def called(args: dict) -> tuple[Result, list[str]]:
    heard = []
    return await tools.call(TOOL, args, Caller(None), heard.append), heard


async def test_arguments_run_as_they_were_meant(kind):
    result, _heard = await called({"n": "2"})
    assert (kind.ran, result.is_error) == ([{"n": 2}], False)


async def test_arguments_that_do_not_fit_do_not_run(kind):
    result, _heard = await called({"n": "two"})
    assert (kind.ran, result.is_error) == ([], True)
    assert result.content == "The arguments do not fit the tool: $.n: 'two' is not of type 'integer'"


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (
            "\x1b[31mFAILED \x1b[0m test_a\r 50%\r100%\n\x1b[2K \x1b]8;;http://x\x07link\x1b]8;;\x07",
            "100%ED  test_a\n link",
        ),
        ({"stdout": "\x1b[1mok\x1b[0m", "code": 0}, {"stdout": "ok", "code": 0}),
    ],
)
async def test_what_was_written_for_a_terminal_is_told_as_text(kind, answer, content):
    kind.answer = answer
    result, heard = await called({"n": 1})
    assert (result.content, heard) == (content, [" 50%"])
