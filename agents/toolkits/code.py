"""Short Python programs."""

from django.utils.translation import gettext_lazy as _

from agents.toolkits import sandbox
from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Result

MODULES = (
    "asyncio, base64, bisect, collections, copy, csv, dataclasses, datetime, decimal, functools, hashlib, itertools, "
    "json, math, random, re, time, typing and unicodedata"
)
NOTHING = "It ran, and printed nothing."

toolkit = Toolkit(
    "code",
    _("Code runner"),
    _("Runs short Python programs in an interpreter of its own: no files, no network, five seconds."),
    "code",
)


@toolkit.tool(
    _("Run Python"),
    "Run a short Python program and read what it prints. The value of the last expression is shown as well. "
    "Use it to compute, sort, count, parse or simulate. There are no files, no network and no packages; of the "
    f"standard library only {MODULES}. "
    "Not there: classes that inherit (so no Enum and no exceptions of your own), @property, @staticmethod and "
    "@classmethod, yield (build a list instead), del (use pop or remove), input. Five seconds, 64 MB.",
    required=["code"],
    code={
        "type": "string",
        "minLength": 1,
        "maxLength": 50_000,
        "description": "The program. Print what you want to know.",
    },
    effect="none",
)
async def run_python(args: dict, caller: Caller) -> Result:
    """Give what a program printed, the value of its last expression, and its error."""
    ran = await sandbox.run(args["code"])
    told = "\n".join(filter(None, (ran.output.rstrip("\n"), ran.value, ran.error)))
    return Result(told or NOTHING, is_error=bool(ran.error))
