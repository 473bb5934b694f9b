"""What every page shows around its content."""

from django.contrib.messages import get_messages
from django.db.models import F
from django.utils.functional import SimpleLazyObject

from chats.views import folders
from chats.views.chats import rail
from teams import access
from teams.models import Instance, Team, TeamRole
from teams.views.notifications import unread
from teams.workspace import Workspace

RAIL = ("chat_groups", "next_page", "is_more")
FOLDERS = ("folders",)
BELL = ("notified",)
SWITCHER = ("personal_url", "team_links", "is_team_admin")


def shell(request) -> dict:
    """The theme and workspace; for whole pages also notices, and for signed-in people the socket and the rail.

    What the rail lists is read when a page shows it.
    """
    user, workspace = getattr(request, "user", None), getattr(request, "workspace", None)
    is_signed_in = user is not None and user.is_authenticated
    context = {"theme": user.preferences.get("theme", "system") if is_signed_in else "system", "workspace": workspace}
    if request.htmx:
        return context
    context["toasts"] = [{"text": str(m), "undo_url": m.extra_tags} for m in get_messages(request)]
    if not is_signed_in:
        context["sign_up_mode"] = lambda: Instance.present().sign_up  # asked by the pages that name it
    if workspace is not None:
        context["socket_url"] = "/ws/"
        for names, read in ((RAIL, rail), (FOLDERS, folders.rail), (SWITCHER, switcher), (BELL, unread)):
            found = SimpleLazyObject(lambda read=read: read(request))
            for name in names:
                context[name] = SimpleLazyObject(lambda found=found, name=name: found[name])
    return context


def switcher(request) -> dict:
    """`personal_url`, `team_links` (to the person's teams), and `is_team_admin`: of the present one."""
    user, here = request.user, request.workspace.team
    teams = list(access.rows(user, Team.objects.all()).annotate(role=F("members__role")))
    return {
        "personal_url": Workspace(user).url("chat_new"),
        "team_links": [
            {"name": team.name, "url": Workspace(user, team).url("chat_new"), "is_here": team == here} for team in teams
        ],
        "is_team_admin": any(team == here and team.role == TeamRole.ADMIN for team in teams),
    }
