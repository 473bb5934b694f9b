"""What a workspace offers of the models that it can use, which one comes first, and what a person likes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from teams import profile
from teams.models import Team, User
from teams.workspace import Workspace

KEY = "models"  # of a team's settings and a person's preferences


@dataclass(frozen=True, slots=True)
class Offers:
    """Models by their values. `offered` None = all; `defaults` in order; `fallbacks` answer when another cannot.

    `known`: the places (keys, providers) that were chosen from. What has come since is offered until somebody says no.
    """

    offered: frozenset[str] | None
    known: frozenset[str]
    default: str
    defaults: tuple[str, ...]
    fallbacks: tuple[str, ...]

    def has(self, value: str) -> bool:
        """Whether the model of this value is offered."""
        return self.offered is None or value in self.offered or place(value) not in self.known


def place(value: str) -> str:
    """Where a model comes from: its key's id, or the provider."""
    return value.partition(":")[0]


def offers_of(workspace: Workspace) -> Offers:
    """What the workspace has chosen; the person's own default comes first where it is offered."""
    kept = (workspace.team.settings if workspace.team else workspace.user.preferences).get(KEY, {})
    own, shared = workspace.user.preferences.get("default_model", ""), kept.get("default", "")
    default = shared if workspace.team else own
    offered = kept.get("offered")
    return Offers(
        None if offered is None else frozenset(offered),
        frozenset(kept.get("known", ())),
        default,
        tuple(value for value in (own, shared) if value),
        tuple(kept.get("fallbacks", ())),
    )


def offer(*, by: User, workspace: Workspace, offered: Iterable[str] | None, among: Iterable[str]) -> None:
    """Offer these of the models, None = all; the caller has made sure that `by` may say so."""
    known = sorted({place(value) for value in among})
    _keep(by, workspace, offered=None if offered is None else sorted(offered), known=known)


@transaction.atomic
def set_order(*, by: User, workspace: Workspace, default: str, fallbacks: list[str]) -> None:
    """Say who answers first, and who when that model cannot."""
    _keep(by, workspace, default=default if workspace.team else "", fallbacks=fallbacks)
    if not workspace.team:
        profile.set_preferences(by, default_model=default)


@transaction.atomic
def _keep(by: User, workspace: Workspace, **changes) -> None:
    """Change a part of what is kept; another tab may change another part just now."""
    rows = Team.objects if workspace.team else User.objects
    held = rows.select_for_update().get(pk=workspace.team.pk if workspace.team else by.pk)
    if workspace.team:
        held.settings = held.settings | {KEY: held.settings.get(KEY, {}) | changes}
        held.save(update_fields=["settings", "updated_at"])
        workspace.team.settings = held.settings
    else:
        profile.set_preferences(by, **{KEY: held.preferences.get(KEY, {}) | changes})


def favourites(user: User) -> frozenset[str]:
    """The values of the models that the person likes."""
    return frozenset(user.preferences.get("favourite_models", ()))


@transaction.atomic
def set_favourite(*, user: User, value: str, is_on: bool) -> None:
    """Keep a model among those that the person likes, or take it out."""
    liked = favourites(User.objects.select_for_update().get(pk=user.pk)) - {value}
    profile.set_preferences(user, favourite_models=sorted(liked | {value} if is_on else liked))
