"""Arithmetic that a model should not do in its head."""

import ast

from django.utils.translation import gettext_lazy as _

from agents.toolkits import sandbox
from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Failed, Result

FUNCTIONS = """acos asin atan atan2 ceil comb cos cosh degrees e erf exp factorial floor gamma gcd hypot lcm log log10
log1p log2 perm pi radians sin sinh sqrt tan tanh tau trunc""".split()


toolkit = Toolkit(
    "calculator", _("Calculator"), _("Works out numbers exactly, with the usual functions."), "calculator"
)


@toolkit.tool(
    _("Calculate"),
    "Work out an arithmetic expression exactly. Use it for every calculation beyond small whole numbers. "
    "Python syntax: + - * / // % **, round, min, max, sum, abs, and sqrt, log, log10, exp, sin, cos, tan, factorial, "
    "comb, gcd, pi, e and others of the math module.",
    required=["expression"],
    expression={
        "type": "string",
        "minLength": 1,
        "maxLength": 2000,
        "description": "What to work out, such as 1.19 * (250 + 80) or sqrt(2) ** 3.",
    },
    effect="none",
)
async def calculate(args: dict, caller: Caller) -> Result:
    """Give the value of an expression as text. Raises Failed."""
    expression = args["expression"].strip()
    try:
        ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Failed("no_expression", problem=getattr(error, "msg", None) or "too long") from None
    ran = await sandbox.run(f"from math import {', '.join(FUNCTIONS)}\n({expression})")
    if ran.error:
        raise Failed("cannot_calculate", problem=ran.error.strip().rpartition("\n")[2])
    return Result(ran.value)
