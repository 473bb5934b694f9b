"""The workspace of a request: personal, or one team's. The only maker of addresses inside one."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from teams.models import Team, User


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

    def url(self, name: str, *args) -> str:
        """Return the path of the named view in this workspace."""
        if self.team:
            return reverse(f"team:{name}", args=[self.team.slug, *args])
        return reverse(f"app:{name}", args=args)
