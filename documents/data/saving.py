"""The whole result of a question as a file: it is asked again, with the rights of whoever saves it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from agents.runs import runtime
from agents.tools import Caller
from documents.data import querying
from documents.data.tool import KIND, QUERY, SOURCE
from documents.data.values import FORMS
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed, Failure
from sambung.lib.waiting import TOOLS

WITHIN = 150.0  # seconds: files may have to be read again
REF = f"{KIND}:{SOURCE}:{QUERY}"
MIME_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def is_question(call: Mapping) -> bool:
    """Whether a call of a tool, as a message keeps it, is a question about tables."""
    return call.get("tool") == REF and isinstance(call.get("args", {}).get("sql"), str)


def title_of(call: Mapping) -> str:
    """What the result is called."""
    title = call["args"].get("title")
    return title if isinstance(title, str) and title.strip() else _("Result")


def saved(call: Mapping, caller: Caller, form: str) -> bytes:
    """Return the result as a file of one of FORMS. Raises Refused, and Busy where the person is saving another one."""
    assert form in FORMS  # noqa: S101
    try:
        return runtime.wait(_asked(call["args"], caller, form), WITHIN, TOOLS)
    except TimeoutError:
        raise Refused(Failure("data_too_slow", {"seconds": round(WITHIN)})) from None
    except Failed as failed:
        raise Refused(failed.failure) from None


async def _asked(args: Mapping, caller: Caller, form: str) -> bytes:
    found = await querying.tables(caller, args.get("files", ()), lambda file: None)
    return await querying.save(args["sql"], found, form)
