"""The workspace of a request: personal, or one team's. The only maker of addresses inside one."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from teams.models import Team, User

#: What the paths inside a workspace begin with, as a pattern.
PATHS = r"/(?:app|team/[-\w]+)/"
_ID = UUID(int=0)  # stands for any id


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where `user` works: `team` None is the personal workspace."""

    user: User
    team: Team | None = None

    @property
    def label(self) -> str:
        return self.team.name if self.team else str(self.user)

    @property
    def q(self) -> Q:
        """Rows of scoped models that lie in this workspace."""
        return Q(team=self.team) if self.team else Q(team=None, user=self.user)

    @property
    def scope(self) -> dict:
        """Field values of a new scoped row."""
        return {"user": self.user, "team": self.team}

    @property
    def owner(self) -> dict:
        """Field values of a new row that belongs to the workspace itself: to its team, or else to its person."""
        return {"user": None if self.team else self.user, "team": self.team}

    def url(self, name: str, *args) -> str:
        """Return the path of the named view in this workspace."""
        if self.team:
            name, args = f"team:{name}", (self.team.slug, *args)
        else:
            name = f"app:{name}"
        ids = [arg for arg in args if type(arg) is UUID]
        if len(ids) != 1:
            return reverse(name, args=args)
        before, after = _around_id(name, tuple(_ID if arg is ids[0] else arg for arg in args))
        return f"{before}{ids[0]}{after}"


@lru_cache(maxsize=1024)
def _around_id(name: str, args: tuple) -> tuple[str, str]:
    """What stands before and after the id in a path. A page holds hundreds of paths, and `reverse` takes 50 µs each."""
    before, _id, after = reverse(name, args=args).partition(str(_ID))
    return before, after
