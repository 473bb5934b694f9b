"""Short Python programs."""

from django.utils.translation import gettext_lazy as _

from agents.toolkits import sandbox
from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Result

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
    "standard library math, re, json, datetime, random, collections, itertools and some others. Five seconds, 64 MB.",
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
