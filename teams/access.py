"""The one place that decides who may do what.

Each model declares its policy in its own app; views, consumers, jobs and admin actions take rows only from `get` and
`rows`. A row that is somebody else's and a row that does not exist answer alike: 404.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.models import Model, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest

from teams.models import TeamMember, TeamRole, User
from teams.workspace import Workspace


class Level(IntEnum):
    """What is asked of a row. Every level includes the ones below it."""

    READ = 1
    WRITE = 2
    MANAGE = 3  # settings, membership, deletion for all


READ, WRITE, MANAGE = Level

#: (user, level, prefix) -> the rows of a model that the user holds at that level. `prefix` ends in "__" or is "".
#: The user may be the row of an outer query: `held_by` asks for many at once.
Policy = Callable[[User | OuterRef, Level, str], Q]

#: Who asks. A request and a workspace keep to the rows of that workspace; a person has all of theirs.
Who = HttpRequest | Workspace | User

_TEAMS = "SELECT team_id FROM team_members WHERE user_id = %s"
_TEAMS_MANAGED = f"{_TEAMS} AND role = 'admin'"
_policies: dict[type[Model], Policy] = {}
_parents: dict[type[Model], str] = {}


def register(model: type[Model], policy: Policy | None = None, *, via: str = "") -> None:
    """Declare who holds rows of `model`: by a policy of its own, or by whoever holds the row behind field `via`."""
    if (policy is None) == (not via):
        raise ImproperlyConfigured(f"{model.__name__} takes a policy or `via`, one of them.")
    if policy:
        _policies[model] = policy
    else:
        _parents[model] = via


def is_registered(model: type[Model]) -> bool:
    return model in _policies or model in _parents


def in_scope(user: User | OuterRef, level: Level, prefix: str = "") -> Q:
    """The policy of scoped rows: one's own personal rows, and the rows of one's teams."""
    own = Q(**{f"{prefix}team__isnull": True, f"{prefix}user": user})
    return own | Q(**{f"{prefix}team__in": teams_of(user, level)})


def teams_of(user: User | OuterRef, level: Level) -> QuerySet | RawSQL:
    """The ids of the teams whose rows the user holds at that level, as a subquery.

    For one person in SQL: Django takes half a millisecond to write it, which each page pays for each of its queries.
    """
    if not isinstance(user, OuterRef):
        return RawSQL(_TEAMS_MANAGED if level >= MANAGE else _TEAMS, [user.pk])  # noqa: S611  constants
    places = TeamMember.objects.filter(user=OuterRef(user))
    return (places.filter(role=TeamRole.ADMIN) if level >= MANAGE else places).values("team")


def not_deleted(policy: Policy) -> Policy:
    """Hide what people have deleted; `get_deleted` finds it for taking it back."""

    def present(user: User | OuterRef, level: Level, prefix: str = "", is_deleted: bool = False) -> Q:
        return policy(user, level, prefix) & Q(**{f"{prefix}deleted_at__isnull": not is_deleted})

    return present


def _policy_q(model: type[Model], user: User | OuterRef, level: Level, prefix: str = "") -> Q:
    if model in _policies:
        return _policies[model](user, level, prefix)
    if model not in _parents:
        raise ImproperlyConfigured(f"{model.__name__} has no access policy.")
    via = _parents[model]
    return _policy_q(model._meta.get_field(via).related_model, user, level, f"{prefix}{via}__")


def _scope_path(model: type[Model]) -> str | None:
    """The lookup prefix under which `model` reaches team and user of its workspace, or None."""
    prefix = ""
    while model in _parents:
        prefix += f"{_parents[model]}__"
        model = model._meta.get_field(_parents[model]).related_model
    return prefix if {"team", "user"} <= {field.name for field in model._meta.fields} else None


def rows(who: Who, queryset: QuerySet, level: Level = READ) -> QuerySet:
    """Return the rows of `queryset` that `who` holds at `level`; for a request or a workspace, those in there alone."""
    user = getattr(who, "user", who)
    if not user.is_authenticated or not user.is_active:
        return queryset.none()
    return _in_workspace(who, queryset.filter(_policy_q(queryset.model, user, level)))


def held_by(users: Iterable[User], queryset: QuerySet, level: Level = READ) -> dict[User, set]:
    """Return for each of the users the ids of those rows of `queryset` that they hold: one query for any number.

    One person is asked about as by `rows`, which Django writes in a third of the time.
    """
    users = list(users)
    if len(users) == 1:
        return {user: set(rows(user, queryset, level).order_by().values_list("pk", flat=True)) for user in users}
    held = queryset.filter(_policy_q(queryset.model, OuterRef("pk"), level)).order_by().values("pk")
    asked = User.objects.filter(pk__in=[user.pk for user in users], is_active=True)
    ids = dict(asked.values_list("pk", ArraySubquery(held)))
    return {user: set(ids.get(user.pk) or ()) for user in users}


def _in_workspace(who: Who, scoped: QuerySet) -> QuerySet:
    workspace: Workspace | None = who if isinstance(who, Workspace) else getattr(who, "workspace", None)
    path = _scope_path(scoped.model)
    if workspace is None or path is None:
        return scoped
    if workspace.team:
        return scoped.filter(**{f"{path}team": workspace.team})
    return scoped.filter(**{f"{path}team__isnull": True, f"{path}user": workspace.user})


def get(who: Who, queryset: QuerySet, level: Level = READ, **lookup):
    """Return the one row, or raise Http404: absent, deleted, somebody else's and too high a level answer alike."""
    return only(rows(who, queryset, level), **lookup)


def everything(request: HttpRequest, queryset: QuerySet) -> QuerySet:
    """Return all rows of `queryset`, for the instance's own pages. Raises Http404 for whoever is no instance admin."""
    if not (request.user.is_authenticated and request.user.is_active and request.user.is_superuser):
        raise Http404("There is no such page.")
    return queryset


def one_of_all(request: HttpRequest, queryset: QuerySet, **lookup):
    """Return one row for the instance's own pages, or raise Http404."""
    return only(everything(request, queryset), **lookup)


def deleted_rows(who: Who, queryset: QuerySet, level: Level = WRITE) -> QuerySet:
    """Return the rows of `queryset` that were deleted and would else be held at `level`, as `rows` does."""
    held = _policies[queryset.model](getattr(who, "user", who), level, is_deleted=True)
    return _in_workspace(who, queryset.filter(held))


def get_deleted(who: Who, queryset: QuerySet, level: Level, **lookup):
    """Return a row that was deleted and would else be held, or raise Http404."""
    return only(deleted_rows(who, queryset, level), **lookup)


def only(held: QuerySet, **lookup):
    """Return the one row of what `rows` gave, or raise Http404."""
    try:
        return held.get(**lookup)
    except (held.model.DoesNotExist, ValidationError, ValueError, TypeError):
        raise Http404(f"No such {held.model._meta.verbose_name}.") from None
