"""What a run whose process died has taken, by the parts that its log gives."""

import pytest

from agents.engine import Usage
from agents.usage import estimates

CALL = {"type": "tool-call", "toolCallId": "1", "toolName": "add", "args": {"a": 1}}  # eleven bytes
RESULT = {"type": "tool-result", "toolCallId": "1", "result": "r" * 300}


def text(size: int) -> dict:
    return {"type": "text", "text": "w" * size}


@pytest.mark.parametrize(
    ("base", "parts", "expected"),
    [
        ([], [], []),
        ([], [text(30)], [Usage(100, 10)]),
        ([], [{"type": "reasoning", "text": "t" * 30}, text(30)], [Usage(100, 20)]),
        ([text(30)], [text(30)], []),
        ([text(30)], [text(90)], [Usage(110, 20)]),
        ([], [CALL, RESULT], [Usage(100, 4)]),
        ([], [CALL, RESULT, text(30)], [Usage(100, 4), Usage(204, 10)]),
        ([CALL], [CALL, RESULT], []),
        ([CALL], [CALL, RESULT, text(30)], [Usage(204, 10)]),
    ],
    ids=[
        *("nothing", "a text", "a thought", "nothing new", "continued"),
        *("a call", "two rounds", "a tool ran after a pause", "went on after a pause"),
    ],
)
def test_each_round_is_told_by_what_it_said(base, parts, expected):
    assert estimates.of_parts(100, base, parts) == expected
