"""Tools: what a model may call. Each kind is known by two verbs, `sources` and `call`; apps register theirs.

A tool is named by its reference `kind:source:name`; a source, which stands for all of its tools, by `kind:source`.
"""

from agents.tools import error_messages  # noqa: F401  sentences
from agents.tools.binding import Bound, bind
from agents.tools.registry import Kind, call, keep, kinds, meant, misfit, register, sources
from agents.tools.values import (
    Asks,
    Away,
    Caller,
    Chart,
    Citable,
    Images,
    Later,
    Progress,
    QueryResult,
    Result,
    Source,
    Table,
    Tool,
    Written,
)
from sambung.lib.failures import Failed, Failure

__all__ = [
    "Asks",
    "Away",
    "Bound",
    "Caller",
    "Chart",
    "Citable",
    "Failed",
    "Failure",
    "Images",
    "Kind",
    "Later",
    "Progress",
    "QueryResult",
    "Result",
    "Source",
    "Table",
    "Tool",
    "Written",
    "bind",
    "call",
    "keep",
    "kinds",
    "meant",
    "misfit",
    "register",
    "sources",
]
