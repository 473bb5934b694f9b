"""Workflows made of files and templates."""

from django.db import transaction
from django.utils import timezone

from teams.models import User
from teams.workspace import Workspace
from workflows.editing import draft
from workflows.formats.values import Imported
from workflows.models import Workflow

MOST_LINES = 500  # of a report that are kept


@transaction.atomic
def bring(*, by: User, workspace: Workspace, found: Imported, name: str, is_told: bool = True) -> Workflow:
    """Make a private draft of what was read and fitted to the workspace: all of it, or nothing. Raises Refused.

    `is_told`: keep the report, to be read beside the draft.
    """
    told = {"source": found.source, "at": timezone.now().isoformat(), "lines": found.report.stored[:MOST_LINES]}
    about = {"name": name, "description": found.description[:500], "icon_id": found.icon or "default"}
    about |= {"imported": told if is_told else None}
    made = Workflow.objects.create(user=by, team=workspace.team, **about)
    draft.write(made, found.extra | found.structure)
    return made
