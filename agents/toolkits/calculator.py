"""Arithmetic that a model should not do in its head."""

import ast
import re

from django.utils.translation import gettext_lazy as _

from agents.toolkits import sandbox
from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Failed, Result

FUNCTIONS = """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2
expm1 fabs factorial floor fmod fsum gamma gcd hypot inf isclose isqrt lcm lgamma log log10 log1p log2 nan perm pi prod
radians remainder sin sinh sqrt tan tanh tau trunc""".split()
#: Functions that stay among whole numbers where they are given some.
WHOLE = set("abs ceil comb divmod factorial floor gcd int isqrt lcm max min perm prod round sum trunc".split())
_FLOAT = re.compile(r"\d\.|\de|inf|nan")


toolkit = Toolkit(
    "calculator", _("Calculator"), _("Works out numbers exactly, with the usual functions."), "calculator"
)


@toolkit.tool(
    _("Calculate"),
    "Work out an arithmetic expression. Use it for every calculation beyond small whole numbers. "
    "Whole numbers are exact, of any size; decimals and roots are rounded to about 15 digits; the answer says which. "
    "Python syntax: + - * / // % **, round, min, max, sum, abs, and sqrt, log, log10, exp, sin, cos, tan, factorial, "
    "comb, gcd, prod, isqrt, pi, e and the rest of the math module, with or without math. before them.",
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
    """Give the value of an expression as text, and whether it is exact. Raises Failed."""
    expression = args["expression"].strip()
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Failed("no_expression", problem=getattr(error, "msg", None) or "too long") from None
    ran = await sandbox.run(f"import math; from math import {', '.join(FUNCTIONS)}\n(\n{expression}\n)")
    if ran.error:
        raise Failed("cannot_calculate", problem=ran.error.strip().rpartition("\n")[2])
    is_exact = _is_whole(tree) and not _FLOAT.search(ran.value)
    return Result(f"{ran.value} ({'exact' if is_exact else 'rounded; about 15 digits are right'})")


def _is_whole(tree: ast.Expression) -> bool:
    """Whether nothing in an expression leads through rounded numbers."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()) | ast.Div():
                return False
            case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):  # a root or a fraction
                return False
            case ast.Name(id=name) | ast.Attribute(attr=name) if name not in {*WHOLE, "math"}:
                return False
    return True
