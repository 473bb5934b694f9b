"""Publishing behind the tests of a workflow: they run first, and an admin may publish although some fail."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from teams import access
from teams.models import User
from workflows import testing
from workflows.editing import changes
from workflows.models import Workflow, WorkflowVersion
from workflows.publishing import versions


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who changed the draft since it was published last: who, None for whoever has gone; and how often."""

    person: User | None
    count: int


def authors(workflow: Workflow, last: WorkflowVersion | None) -> list[Author]:
    """Who changed the draft since it was published, those first who changed it most."""
    found: Counter[User | None] = Counter()
    for change in changes.since(workflow, last.draft_version if last else 0):
        found[change.user] += 1
    return [Author(person, count) for person, count in found.most_common()]


def tried(workflow: Workflow, by: User) -> Sequence[testing.Result]:
    """Run the tests of the draft, within a minute; return what came of each."""
    return testing.run_all(workflow, by=by)


def may_override(workflow: Workflow, by: User) -> bool:
    """Whether somebody may publish although tests fail: whoever manages it."""
    return access.rows(by, Workflow.objects.filter(pk=workflow.pk), access.MANAGE).exists()


def publish(
    *, workflow: Workflow, by: User, results: Sequence[testing.Result], is_override: bool = False, **facts
) -> WorkflowVersion:
    """Publish the draft that `by` was shown, whose tests gave these results. Raises Refused as `versions.publish` does,
    and where tests fail and nobody says that it shall be published all the same.
    """
    failed = sum(not result.is_passed for result in results)
    if failed and not (is_override and facts.get("note") and may_override(workflow, by)):
        raise Refused(Failure("workflow_tests_failed", {"count": failed}), status=422)
    told = {"failed_tests": failed} if failed else {}
    return versions.publish(workflow=workflow, by=by, **facts, **told)
