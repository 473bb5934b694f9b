"""The kinds of tools, and the one way to call any of them."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Protocol

import jsonschema
import referencing
from django.utils.translation import gettext_noop

from agents import words
from agents.tools.values import Caller, Failed, Progress, Result, Source, Tool
from teams.workspace import Workspace

logger = logging.getLogger(__name__)

_NO_SCHEMAS = referencing.Registry()  # a reference to another place is never fetched
LONGEST = 600.0  # seconds for any call; kinds have shorter limits of their own

UNEXPECTED = words.known(gettext_noop("The tool failed unexpectedly."))
TOO_SLOW = words.known(gettext_noop("The tool took too long and was stopped."))
WRONG_ARGUMENTS = words.known(gettext_noop("The arguments do not fit the tool: %(problem)s"))


class Kind(Protocol):
    """Where tools come from."""

    def sources(self, workspace: Workspace) -> list[Source]:
        """What a person can use in a workspace, from the database alone. Those that cannot be used tell the problem."""

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Run one tool, whose arguments fit its schema. Raises Failed; may be cancelled."""


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    _kinds[name] = kind


def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    return dict(_kinds)


def sources(workspace: Workspace, *, with_resting: bool = False) -> list[Source]:
    """Everything that a person can use in a workspace; `with_resting` also what somebody has put aside."""
    found = [source for kind in _kinds.values() for source in kind.sources(workspace)]
    return [source for source in found if with_resting or not source.is_resting]


def misfit(tool: Tool, args: Mapping) -> str:
    """Return why the arguments do not fit the tool's schema, in a sentence, or ""."""
    validator = jsonschema.Draft202012Validator(tool.parameters, registry=_NO_SCHEMAS)
    fault = jsonschema.exceptions.best_match(validator.iter_errors(args))
    return WRONG_ARGUMENTS % {"problem": f"{fault.json_path}: {fault.message}"[:500]} if fault else ""


async def call(tool: Tool, args: Mapping, caller: Caller, progress: Progress) -> Result:
    """Run a tool to its end, whatever it is: what goes wrong is a result that says so. Only cancelling raises."""
    try:
        if fault := misfit(tool, args):
            raise Failed(fault)
        async with asyncio.timeout(LONGEST):
            return await _kinds[tool.kind].call(tool, dict(args), caller, progress)
    except Failed as failed:
        return Result(str(failed), is_error=True)
    except TimeoutError:
        return Result(TOO_SLOW, is_error=True)
    except asyncio.CancelledError:
        if asyncio.current_task().cancelling():
            raise
        return Result(UNEXPECTED, is_error=True)  # a library of the tool's was cancelled, not the call
    except Exception:
        logger.exception("A tool failed unexpectedly.", extra={"tool": tool.ref})
        return Result(UNEXPECTED, is_error=True)
