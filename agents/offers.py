"""What a workspace offers of the models that it can use, which one comes first, and what a person likes."""

from dataclasses import dataclass

from django.db import transaction

from teams import profile
from teams.models import Team, User
from teams.workspace import Workspace

KEY = "models"  # of a team's settings and a person's preferences


@dataclass(frozen=True, slots=True)
class Offers:
    """Models by their values. `offered` None = all; `defaults` in order; `fallbacks` answer when another cannot."""

    offered: frozenset[str] | None
    default: str
    defaults: tuple[str, ...]
    fallbacks: tuple[str, ...]


def offers_of(workspace: Workspace) -> Offers:
    """What the workspace has chosen; the person's own default comes first where it is offered."""
    kept = (workspace.team.settings if workspace.team else workspace.user.preferences).get(KEY, {})
    own, shared = workspace.user.preferences.get("default_model", ""), kept.get("default", "")
    default = shared if workspace.team else own
    offered = kept.get("offered")
    return Offers(
        None if offered is None else frozenset(offered),
        default,
        tuple(value for value in (own, shared) if value),
        tuple(kept.get("fallbacks", ())),
    )


@transaction.atomic
def change(*, by: User, workspace: Workspace, offered: list[str] | None, default: str, fallbacks: list[str]) -> None:
    """Keep what the workspace offers; the caller has made sure that `by` may say so."""
    kept = {"offered": offered, "default": default if workspace.team else "", "fallbacks": fallbacks}
    if workspace.team:
        team = Team.objects.select_for_update().get(pk=workspace.team.pk)
        team.settings = team.settings | {KEY: kept}
        team.save(update_fields=["settings", "updated_at"])
        workspace.team.settings = team.settings
    else:
        profile.set_preferences(by, **{KEY: kept, "default_model": default})


def favourites(user: User) -> frozenset[str]:
    """The values of the models that the person likes."""
    return frozenset(user.preferences.get("favourite_models", ()))


def set_favourite(*, user: User, value: str, is_on: bool) -> None:
    """Keep a model among those that the person likes, or take it out."""
    liked = favourites(user) - {value}
    profile.set_preferences(user, favourite_models=sorted(liked | {value} if is_on else liked))
