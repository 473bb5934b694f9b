"""Tools: what a model may call. Each kind is known by two verbs, `sources` and `call`; apps register theirs.

A tool is named by its reference `kind:source:name`; a source, which stands for all of its tools, by `kind:source`.
"""

from agents.tools.binding import Bound, bind
from agents.tools.registry import TOO_SLOW, Kind, call, kinds, misfit, register, sources
from agents.tools.values import Asks, Away, Caller, Chart, Failed, Images, Progress, Result, Source, Table, Tool

__all__ = [
    "TOO_SLOW",
    "Asks",
    "Away",
    "Bound",
    "Caller",
    "Chart",
    "Failed",
    "Images",
    "Kind",
    "Progress",
    "Result",
    "Source",
    "Table",
    "Tool",
    "bind",
    "call",
    "kinds",
    "misfit",
    "register",
    "sources",
]
