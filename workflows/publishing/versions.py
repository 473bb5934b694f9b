"""Publishing: the draft that somebody has looked at becomes what runs for everybody; what was published stays."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from teams import audit
from teams.models import User
from teams.workspace import Workspace
from workflows.editing import draft
from workflows.models import Workflow, WorkflowVersion
from workflows.nodes.checking import Fault, faults
from workflows.publishing import calls, differences, tool_config
from workflows.publishing.differences import Difference
from workflows.publishing.known import known


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft as it would be published: what is wrong with it, and what is different from what was published last."""

    draft_version: int
    structure: dict
    faults: list[Fault]
    difference: Difference
    last: WorkflowVersion | None

    @property
    def errors(self) -> list[Fault]:
        """What keeps it from being published."""
        return [fault for fault in self.faults if fault.is_error]

    @property
    def warnings(self) -> list[Fault]:
        """What should be looked at."""
        return [fault for fault in self.faults if not fault.is_error]


def candidate(workflow: Workflow, by: User) -> Candidate:
    """Return the present draft as `by` would publish it."""
    structure, last = draft.structure_of(workflow), latest(workflow)
    found = faults(structure, known(Workspace(by, workflow.team)))
    difference = differences.between(last.structure if last else {"nodes": [], "edges": []}, structure)
    return Candidate(workflow.draft_version, structure, found, difference, last)


def latest(workflow: Workflow) -> WorkflowVersion | None:
    """What was published last, whether it still is."""
    return workflow.versions.select_related("created_by").order_by("-number").first()


@transaction.atomic
def publish(
    *, workflow: Workflow, by: User, draft_version: int, note: str = "", tool: dict | None = None, **told
) -> WorkflowVersion:
    """Make the draft that `by` was shown what runs for everybody. `tool`: {name, description, when}.

    Raises Refused where the draft has moved on, where something is wrong with it, where its name as a tool is taken,
    and where it would call itself. `told` goes to the audit log.
    """
    kept = _locked(workflow)
    if kept.draft_version != draft_version:
        raise Refused(
            _("The draft has changed since you looked at it. Look at what is different now."), code="outdated"
        )
    found = candidate(kept, by)
    if found.errors:
        raise Refused(Failure("workflow_has_faults", {"count": len(found.errors)}), status=422)
    if names := calls.circle(kept, found.structure):
        raise Refused(Failure("workflow_calls_itself", {"names": " → ".join(names)}), status=422)
    structure = _pinned(found.structure, known(Workspace(by, kept.team)).tools)
    config = _tool(kept, structure, tool or tool_config.suggested(kept))
    number = found.last.number + 1 if found.last else 1
    made = WorkflowVersion(workflow=kept, number=number, structure=structure, tool_config=config, note=note)
    made.created_by, made.draft_version = by, draft_version
    made.save()
    kept.structure, kept.tool_config, kept.published = structure, config, True
    kept.save(update_fields=["structure", "tool_config", "published", "updated_at"])
    audit.record("workflow.published", by=by, target=kept.pk, team=kept.team, version=number, **told)
    return made


def _locked(workflow: Workflow) -> Workflow:
    kept = Workflow.objects.select_for_update(of=("self",)).select_related("team", "user")
    if (found := kept.filter(pk=workflow.pk, deleted_at=None).first()) is None:
        raise Refused(_("This workflow has been deleted meanwhile."), code="gone")
    return found


def _tool(workflow: Workflow, structure: dict, given: dict) -> dict:
    if given["name"] in tool_config.names_beside(workflow):
        raise Refused(
            _("Another workflow here is a tool of this name already. Choose another."), code="name_taken", field="name"
        )
    return tool_config.made(structure, **given)


def _pinned(structure: dict, tools: dict[str, str]) -> dict:
    """The structure with the digest of each tool as it is now: one that changes later fails, and says so."""
    return structure | {"nodes": [_with_digest(node, tools) for node in structure["nodes"]]}


def _with_digest(node: dict, tools: dict[str, str]) -> dict:
    tool = node["data"].get("tool")
    if node["type"] != "tool" or not isinstance(tool, dict):
        return node
    ref = f"{tool.get('kind')}:{tool.get('source')}:{tool.get('name')}"
    digest = tools.get(ref)
    if not digest or tool.get("kind") == calls.KIND:  # a workflow is pinned by its version when it is called
        return node
    return node | {"data": node["data"] | {"tool": tool | {"digest": digest}}}


@transaction.atomic
def restore(*, version: WorkflowVersion, by: User) -> int:
    """Make the draft what this version was; return the draft's version. What is published stays. Raises Refused."""
    workflow = _locked(version.workflow)
    found = draft.write(workflow, version.structure)
    audit.record("workflow.version_restored", by=by, target=workflow.pk, team=workflow.team, version=version.number)
    return found


@transaction.atomic
def unpublish(*, workflow: Workflow, by: User) -> None:
    """Let nobody start it any more, by hand, by triggers or as a tool. Versions stay, and what runs goes on."""
    kept = _locked(workflow)
    if kept.published:
        kept.published = False
        kept.save(update_fields=["published", "updated_at"])
        audit.record("workflow.unpublished", by=by, target=kept.pk, team=kept.team)
