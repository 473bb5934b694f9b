"""A run that was taken: what its execution needs, and what is known of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from agents.catalog import Reference
from teams.workspace import Workspace
from workflows.engine.known import Known
from workflows.engine.limits import Meter


@dataclass(slots=True)
class Order:
    """`id` is the workflow run's, `run_id` and `attempt` are the run's: only this attempt may write.

    `known` are the steps that there are, by path. `seconds`: how long the run has run. `calls`: how many calls of
    models the present attempt has made.
    """

    id: UUID
    run_id: UUID
    attempt: int
    workflow_id: UUID
    structure: Mapping
    input: Mapping
    workspace: Workspace
    model: Reference | None = None
    mocks: Mapping | None = None
    depth: int = 0
    seconds: float = 0.0
    known: dict[str, Known] = field(default_factory=dict)
    meter: Meter = field(default_factory=Meter)
    calls: int = 0
    is_watched: bool = False  # whether somebody else wants to know how it ends

    @property
    def topic(self) -> str:
        """What pages follow."""
        return f"workflow:{self.id}"

    @property
    def scope(self) -> UUID:
        """The id of the workspace, for fairness among them."""
        return self.workspace.team.pk if self.workspace.team else self.workspace.user.pk
