"""What can be wrong with a graph: a code with what fills its sentence, and the place to go to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sambung.lib.failures import Failure


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `node` "": of the whole; `field` is a path in its data, or `edges.<id>`.

    An `error` keeps the workflow from being published, a `warning` does not.
    """

    node: str
    field: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    level: str = "error"

    @property
    def sentence(self) -> str:
        """What is wrong, in the present language."""
        return Failure(self.code, self.params).sentence

    @property
    def is_error(self) -> bool:
        return self.level == "error"


@dataclass(frozen=True, slots=True)
class Known:
    """What may be used where the workflow is; None: it is not asked.

    `models` are references as forms send them, `tools` maps a reference to its digest, the others are ids.
    """

    models: frozenset[str] | None = None
    agents: frozenset[str] | None = None
    tools: Mapping[str, str] | None = None
    documents: frozenset[str] | None = None
    collections: frozenset[str] | None = None
    people: frozenset[str] | None = None


NOTHING_KNOWN = Known()
