"""The calculator: exact, with sentences for what cannot be worked out."""

import pytest

from agents.toolkits.calculator import toolkit

ROUNDED = "(rounded; about 15 digits are right)"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1.19 * (250 + 80)", f"392.7 {ROUNDED}"),
        ("2**100", "1267650600228229401496703205376 (exact)"),
        ("sqrt(2) * sin(pi / 2)", f"1.4142135623730951 {ROUNDED}"),
        ("max(3, factorial(5))", "120 (exact)"),
        ("7 // 2, 7 % 2", "(3, 1) (exact)"),
        ("2 + 3  # the whole", "5 (exact)"),
        ("math.sqrt(16)", f"4.0 {ROUNDED}"),
        ("math.prod([2, 3]) + prod([4, 5])", "26 (exact)"),
        ("fsum([0.1] * 10)", f"1.0 {ROUNDED}"),
        ("cbrt(27), math.exp2(3)", f"(3.0, 8.0) {ROUNDED}"),
        ("isqrt(10**20)", "10000000000 (exact)"),
        ("math.dist([0, 0], [3, 4])", f"5.0 {ROUNDED}"),
        ("round(10**20 / 3)", f"33333333333333331968 {ROUNDED}"),
        ("floor(1e3)", f"1000 {ROUNDED}"),
        ("round(2**-1 * 10)", f"5 {ROUNDED}"),
        ("2 < 3", "True (exact)"),
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
