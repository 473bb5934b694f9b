"""The calculator: exact, with sentences for what cannot be worked out."""

import pytest

from agents.toolkits.calculator import toolkit


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1.19 * (250 + 80)", "392.7"),
        ("2**100", "1267650600228229401496703205376"),
        ("sqrt(2) * sin(pi / 2)", "1.4142135623730951"),
        ("max(3, factorial(5))", "120"),
        ("7 // 2, 7 % 2", "(3, 1)"),
    ],
)
async def test_it_works_out(run, expression, value):
    result = await run(toolkit, "calculate", expression=expression)
    assert (result.content, result.is_error) == (value, False)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("1 +", "no arithmetic expression"),
        ("import os", "no arithmetic expression"),
        ("1/0", "division by zero"),
        ("unknown + 1", "'unknown' is not defined"),
        ("9**9**9", "MemoryError"),
        ("10**5000", "too large"),
        ("(" * 900 + ")" * 900, "no arithmetic expression"),
        ("1\n)\nopen('/etc/passwd').read()\n(2", "no arithmetic expression"),
    ],
)
async def test_it_tells_why_it_cannot(run, expression, told):
    result = await run(toolkit, "calculate", expression=expression)
    assert result.is_error
    assert told in result.content
