"""Who says what holds for a workspace: oneself in the personal one, a team's admins in theirs."""

from teams import access
from teams.models import Team


def is_manager(request) -> bool:
    """Whether the person manages the request's workspace."""
    team = request.workspace.team
    return team is None or access.rows(request, Team.objects.filter(pk=team.pk), access.MANAGE).exists()


def manage(request) -> None:
    """Raise Http404 for whoever does not."""
    if team := request.workspace.team:
        access.get(request, Team.objects.all(), access.MANAGE, pk=team.pk)
