"""What people do with teams: each act one transaction, with `by=` the person."""

import re
from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams import audit
from teams.models import SlugRedirect, Team, TeamMember, TeamRole, User
from teams.models.groups import RESERVED_SLUGS, SLUG_PATTERN

SLUG_SHORTEST, SLUG_LONGEST = 3, 50  # characters
_SLUGS = 0x51C65  # any number that nothing else locks on


_deleters: list[Callable[[Team], None]] = []


def on_delete(callback: Callable[[Team], None]) -> None:
    """Have `callback` end what goes on in a team when it is deleted, in the same transaction."""
    _deleters.append(callback)


# ---- addresses ------------------------------------------------------------------------------------------
def propose_slug(name: str) -> str:
    """A free slug that reads like the name."""
    base = slugify(name.replace("_", " "))[:SLUG_LONGEST].strip("-")
    if len(base) < SLUG_SHORTEST:
        base = f"team-{base}".strip("-")
    if not _slug_problem(base):
        return base
    base = base[: SLUG_LONGEST - 4].strip("-")
    number = 2
    while _slug_problem(slug := f"{base}-{number}"):
        number += 1
    return slug


def check_slug(slug: str, team: Team | None = None) -> None:
    """Raise Refused when a team cannot have this slug. `team` may keep its own and take back one that it had."""
    if problem := _slug_problem(slug, team):
        raise Refused(problem)


def _slug_problem(slug: str, team: Team | None = None) -> str:
    if not SLUG_SHORTEST <= len(slug) <= SLUG_LONGEST or not re.fullmatch(SLUG_PATTERN, slug):
        return _("Not allowed. Use 3 to 50 characters: a-z, 0-9, and single hyphens between them.")
    if slug in RESERVED_SLUGS:
        return _("Not allowed. Sambung needs this address for itself.")
    mine = team.pk if team else None
    is_live = Team.objects.filter(slug=slug).exclude(pk=mine).exists()
    if is_live or SlugRedirect.objects.filter(old_slug=slug).exclude(team=mine).exists():
        return _("This address is taken.")
    return ""


def _hold_slugs() -> None:
    """Addresses are given out one after the other: a free one stays free until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SLUGS])


def locked(team: Team) -> Team:
    """The team as it is now, locked before any row of it: what two do at once happens one after the other."""
    if (found := Team.objects.select_for_update().filter(pk=team.pk).first()) is None:
        raise Refused(_("This team has been deleted."), code="gone")
    return found


def held(team: Team, by: User) -> Team:
    """The team as it is now, locked for an act of an admin. Raises Refused for who is none any more."""
    found = locked(team)
    if not found.members.filter(user=by, role=TeamRole.ADMIN).exists():
        raise Refused(_("You are not an admin of this team any more."), code="not_yours")
    return found


# ---- the team itself ------------------------------------------------------------------------------------
@transaction.atomic
def create(*, by: User, name: str, slug: str = "", description: str = "") -> Team:
    """Make a team whose admin is the person. Without a slug it gets one like its name. Raises Refused."""
    _hold_slugs()
    slug = slug or propose_slug(name)
    check_slug(slug)
    team = Team.objects.create(name=name, slug=slug, description=description, created_by=by)
    TeamMember.objects.create(team=team, user=by, role=TeamRole.ADMIN)
    audit.record("team.created", by=by, target=team, team=team, slug=slug)
    return team


@transaction.atomic
def describe(*, team: Team, by: User, name: str, description: str, **settings) -> Team:
    """Give the team this name and description, and these settings, such as `retention_days`; None takes one away."""
    team = held(team, by)
    if name != team.name:
        audit.record("team.renamed", by=by, target=name, team=team, old=team.name)
    changed = {name: [team.settings.get(name), value] for name, value in settings.items()}
    if changed := {name: pair for name, pair in changed.items() if pair[0] != pair[1]}:
        audit.record("team.settings_changed", by=by, target=name, team=team, **changed)
    team.settings = {name: value for name, value in (team.settings | settings).items() if value is not None}
    team.name, team.description = name, description
    team.save(update_fields=["name", "description", "settings", "updated_at"])
    return team


@transaction.atomic
def change_slug(*, team: Team, by: User, slug: str) -> Team:
    """Move the team to another address. All that it had before lead to the present one. Raises Refused."""
    _hold_slugs()
    held(team, by)
    return readdress(team=team, by=by, slug=slug)


@transaction.atomic
def readdress(*, team: Team, by: User, slug: str) -> Team:
    """The same for somebody who looks after the instance. Raises Refused."""
    _hold_slugs()
    team = locked(team)
    check_slug(slug, team)
    if slug == team.slug:
        return team
    audit.record("team.slug_changed", by=by, target=team, team=team, old=team.slug, new=slug)
    team.redirects.filter(old_slug=slug).delete()
    SlugRedirect.objects.create(team=team, old_slug=team.slug, new_slug=slug)
    team.redirects.update(new_slug=slug)
    team.slug = slug
    team.save(update_fields=["slug", "updated_at"])
    return team


@transaction.atomic
def delete(*, team: Team, by: User) -> None:
    """Delete the team with its chats, for everybody and for good."""
    team = held(team, by)
    audit.record("team.deleted", by=by, target=team, slug=team.slug, members=team.members.count())
    dissolve(team)


def dissolve(team: Team) -> None:
    """Remove the team with everything in it."""
    for remove in _deleters:
        remove(team)
    team.delete()


# ---- members --------------------------------------------------------------------------------------------
@transaction.atomic
def set_role(*, member: TeamMember, by: User, role: str) -> TeamMember:
    """Make a member an admin, or an admin a member. Raises Refused for the last admin."""
    team = held(member.team, by)
    found = _present(team, member)
    if found.role == role:
        return found
    _refuse_last_admin(team, found)
    found.role = role
    found.save(update_fields=["role"])
    audit.record("member.role_changed", by=by, target=found.user, team=team, role=role)
    return found


@transaction.atomic
def remove(*, member: TeamMember, by: User) -> None:
    """Take somebody out of the team; an invite of theirs that is open ends too. Raises Refused for the last admin."""
    team = held(member.team, by)
    found = _present(team, member)
    _refuse_last_admin(team, found)
    addresses = {found.user.email, *found.user.emailaddress_set.values_list("email", flat=True)}
    open_invites = team.invites.filter(email__in=addresses, accepted_at=None, revoked_at=None)
    open_invites.update(revoked_at=timezone.now())
    found.delete()
    audit.record("member.removed", by=by, target=found.user, team=team)


@transaction.atomic
def leave(*, team: Team, by: User) -> None:
    """Go out of the team. Raises Refused for the last admin."""
    team = locked(team)
    found = team.members.filter(user=by).first()
    if found is None:
        return
    _refuse_last_admin(team, found)
    found.delete()
    audit.record("member.left", by=by, target=by, team=team)


# ---- shared steps ---------------------------------------------------------------------------------------
def _present(team: Team, member: TeamMember) -> TeamMember:
    """The member's row as it is now, with the team held."""
    if (found := team.members.select_related("user").filter(pk=member.pk).first()) is None:
        raise Refused(_("%(name)s is not in the team any more.") % {"name": member.user}, code="gone")
    return found


def _refuse_last_admin(team: Team, member: TeamMember) -> None:
    """Called with the team held: somebody who can sign in must be left to look after it."""
    others = team.members.filter(role=TeamRole.ADMIN, user__is_active=True).exclude(pk=member.pk)
    if member.role == TeamRole.ADMIN and not others.exists():
        raise Refused(
            _("A team needs an admin. Make somebody else an admin first, or delete the team."), code="only_admin"
        )
