"""Public links: a thing of a workspace for whoever has its address, without an account.

Each app registers the kinds of things that can be shared so. Making a link is the app's, with `set_options`,
`new_token` and `refuse_forbidden`; finding, counting, listing and ending it are here, for all kinds alike.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.utils import timezone
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams import access, audit
from teams.models import Instance, Link, Scoped, Team, User

BYTES = 24  # of a token


@dataclass(frozen=True, slots=True)
class Kind:
    """How links to one kind of thing are found, shown and listed.

    `model` has a policy of access. `thing` is its field of what it shows, `token` the lookup of its token, `there`
    which links show something at all. `template` takes what `page` makes of a link, as `page`, with `link` and `token`.
    `opens`, `share` and `end` name views in a workspace that take the thing's id: its page, the form of its link, and
    what ends the link (`teams.views.links` answers for both). `has_form`: what it shows can be filled in and sent.
    """

    model: type[Link]
    thing: str
    token: str
    template: str
    page: Callable[[Link], object]
    opens: str
    share: str
    end: str
    there: Q = field(default_factory=Q)
    has_form: bool = False

    def rows(self) -> QuerySet[Link]:
        """The links that show something, while they do not end."""
        return self.model.objects.filter(self.there)

    def find(self, token: str) -> Link | None:
        """The link of that token which opens now, with its thing. A team's stays when whoever made it leaves."""
        held = Q(**{f"{self.thing}__team__isnull": False}) | Q(**{f"{self.thing}__user__is_active": True})
        found = self.rows().filter(_living(), held, **{self.token: token})
        link = found.select_related(f"{self.thing}__team").first()
        return link if link and is_allowed(self.shown(link).team) else None

    def shown(self, link: Link) -> Scoped:
        """The thing that the link shows."""
        return getattr(link, self.thing)

    def token_of(self, link: Link) -> str:
        """The token that leads to the link."""
        return reduce(getattr, self.token.split(LOOKUP_SEP), link)


@dataclass(frozen=True, slots=True)
class Listed:
    """A link as a list shows it."""

    link: Link
    kind: Kind

    @property
    def thing(self) -> Scoped:
        return self.kind.shown(self.link)


_kinds: dict[type[Link], Kind] = {}


def _living() -> Q:
    """Links whose time has not come."""
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now())


def register(kind: Kind) -> None:
    """Have links of this kind open, and stand in the list of links."""
    _kinds[kind.model] = kind


def kind_of(model: type[Link]) -> Kind:
    """The kind whose rows these are."""
    return _kinds[model]


# ---- making ---------------------------------------------------------------------------------------------
def is_allowed(team: Team | None) -> bool:
    """Whether what is the team's, or personal, may be public: the instance and the team can forbid it."""
    return Instance.present().public_links and (team is None or team.settings.get("public_links", True))


def refuse_forbidden(team: Team | None) -> None:
    """Raise Refused where links are forbidden."""
    if not is_allowed(team):
        raise Refused(_("Public links are not allowed here."), code="links_off")


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(BYTES)


def hashed(password: str | None) -> str | None:
    """A password as `set_options` takes it. Slow, so it comes before the transaction. Raises Busy."""
    return make_password(password) if password else password


def set_options(
    link: Link,
    *,
    mode: str,
    with_attachments: bool = False,
    expires_at: datetime | None = None,
    password: str | None = None,
) -> None:
    """Set what people choose of a link, which is not saved yet. `password` is a hash: "" = none, None = as it was."""
    link.mode, link.with_attachments, link.expires_at = mode, with_attachments, expires_at
    if password is not None:
        link.password = password


# ---- opening --------------------------------------------------------------------------------------------
def find(token: str, model: type[Link] | None = None) -> Link | None:
    """The link of that token, of any kind or of one, while it opens something."""
    kinds = [kind_of(model)] if model else _kinds.values()
    return next((link for kind in kinds if (link := kind.find(token))), None)


def count_view(link: Link, reader: User) -> None:
    """Somebody has looked; whoever can open the thing anyway is not counted."""
    same = type(link).objects.filter(pk=link.pk)
    if not access.rows(reader, same).exists():
        same.update(views=F("views") + 1)


# ---- in a workspace -------------------------------------------------------------------------------------
def held(who: access.Who, level: access.Level = access.READ) -> list[QuerySet[Link]]:
    """The links that someone holds at `level`, a query for each kind."""
    return [access.rows(who, kind.rows(), level) for kind in _kinds.values()]


def count_open(request) -> int:
    """How many links of the workspace open now."""
    if not is_allowed(request.workspace.team):
        return 0
    return sum(found.filter(_living()).count() for found in held(request))


def newest(who: access.Who) -> QuerySet:
    """(model's label, id, updated_at) of the links of all kinds that someone reads, the latest change first."""
    first, *others = (
        found.order_by().values_list(Value(found.model._meta.label), "pk", "updated_at") for found in held(who)
    )
    return first.union(*others, all=True).order_by("-updated_at", "-pk")


def listed(found: Iterable[tuple[str, UUID, datetime]]) -> list[Listed]:
    """Some of what `newest` gave, as a list shows it, in that order."""
    found = list(found)
    ids = defaultdict(list)
    for label, pk, _updated_at in found:
        ids[label].append(pk)
    rows: dict[UUID, Listed] = {}
    for kind in _kinds.values():
        links = kind.model.objects.select_related(kind.thing, "created_by").in_bulk(ids[kind.model._meta.label])
        rows |= {pk: Listed(link, kind) for pk, link in links.items()}
    return [rows[pk] for _label, pk, _updated_at in found if pk in rows]


@transaction.atomic
def revoke(*held: QuerySet[Link], by: User) -> int:
    """End these links at once and for good; return how many."""
    return sum(_revoke(one, by) for one in held)


def _revoke(held: QuerySet[Link], by: User) -> int:
    kind = kind_of(held.model)
    ended = list(held.select_related(f"{kind.thing}__team"))
    held.model.objects.filter(pk__in=[link.pk for link in ended]).delete()
    for link in ended:
        thing = kind.shown(link)
        audit.record("link.revoked", by=by, target=thing.pk, team=thing.team)
    return len(ended)
