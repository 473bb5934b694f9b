"""What a toolkit is made of: functions with a schema, under a name."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise

from agents import engine
from agents.tools import Asks, Away, Caller, Failure, Result, Source, Tool
from teams.workspace import Workspace

KIND = "toolkit"

#: Runs one tool. Raises Failed.
Act = Callable[[dict, Caller], Awaitable[Result]]
#: Stores what came of the arguments of a call that was cut off, in this transaction; None = nothing. Raises Failed.
Keep = Callable[[dict, Caller], Result | None]


@dataclass(frozen=True, slots=True)
class Member:
    """One tool of a toolkit."""

    name: str
    title: str | Promise
    description: str
    parameters: dict
    asks: Asks
    act: Act
    field: str = ""
    keep: Keep | None = None
    effect: str = "unsafe"


def no_problem(workspace: Workspace) -> None:
    """What toolkits answer that work everywhere."""


@dataclass(frozen=True)
class Toolkit:
    """Tools that belong together. `problem` says why they cannot be used in a workspace, if so."""

    id: str
    title: str | Promise
    description: str | Promise
    icon: str
    problem: Callable[[Workspace], Failure | None] = no_problem
    members: dict[str, Member] = field(default_factory=dict)

    def tool(
        self,
        title: str | Promise,
        description: str,
        /,
        *,
        required: Iterable[str] = (),
        asks: Asks = Asks.NEVER,
        field: str = "",
        keep: Keep | None = None,
        effect: str = "unsafe",
        **properties: dict,
    ) -> Callable[[Act], Act]:
        """Make a function a tool under its own name. `description` is for models; `properties` are JSON schemas.

        `field` is the argument that people read while it is written; `keep` stores what was written of a call that was
        cut off; `effect` is what a call may do, see `agents.tools.Tool`.
        """
        parameters = engine.schema_as_sent(
            {
                "type": "object",
                "properties": properties,
                "required": list(required),
                "additionalProperties": False,
            }
        )

        def add(act: Act) -> Act:
            told = (act.__name__, title, description, parameters, asks, act, field, keep, effect)
            self.members[act.__name__] = Member(*told)
            return act

        return add

    def source(self, workspace: Workspace) -> Source:
        """The toolkit as it can be used in a workspace, in the present language."""
        problem = self.problem(workspace)
        tools = tuple(map(self._tool, self.members.values()))
        away = tuple(Away(tool.ref, tool.title, problem) for tool in tools) if problem else ()
        about = {"icon": self.icon, "tools": () if problem else tools, "problem": problem, "away": away}
        return Source(KIND, self.id, str(self.title), str(self.description), **about)

    def _tool(self, member: Member) -> Tool:
        told = (member.name, str(member.title), member.description, member.parameters)
        return Tool(KIND, self.id, *told, asks=member.asks, field=member.field, effect=member.effect)
