"""Which prompts a person finds in a workspace, and which of them the composer offers."""

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from chats.models import Prompt
from teams import access
from teams.workspace import Workspace

OFFERED = 500  # prompts that the composer's list holds at most, the workspace's first


def tabs(workspace: Workspace) -> dict[str, tuple[str, Q]]:
    """What each tab is called and which prompts it has, by its name in the address; the workspace's first."""
    mine = {"mine": (_("Mine"), _mine(workspace))}
    team = {"team": (_("Team"), workspace.q)} if workspace.team else {}
    return team | mine | {"public": (_("Public"), Q(is_public=True))}


def listed(workspace: Workspace, among: Q, asked: str = "", category: str = "") -> QuerySet[Prompt]:
    """The prompts among some that have each word asked for anywhere in name or text, of a category if given."""
    rows = access.rows(workspace.user, Prompt.objects.filter(among).select_related("user", "team"))
    if category:
        rows = rows.filter(category=category)
    for word in asked.split():
        rows = rows.filter(Q(name__icontains=word) | Q(content__icontains=word))
    return rows.order_by("name", "id")


def offered(workspace: Workspace) -> QuerySet[Prompt]:
    """What the composer offers: the workspace's prompts, the person's own, then everybody's; without their texts."""
    near = Case(When(workspace.q, then=Value(0)), When(_mine(workspace), then=Value(1)), default=Value(2))
    among = workspace.q | _mine(workspace) | Q(is_public=True)
    return listed(workspace, among).defer("content").order_by(near, "name", "id")[:OFFERED]


def place(prompt: Prompt, workspace: Workspace) -> Workspace:
    """The workspace in which a prompt that was found in another one is shown: one's own are at home."""
    is_mine = prompt.team_id is None and prompt.user_id == workspace.user.pk
    return Workspace(workspace.user) if is_mine else workspace


def _mine(workspace: Workspace) -> Q:
    return Workspace(workspace.user).q
