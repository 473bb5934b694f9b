"""Rows that lie in a workspace."""

from django.db import models

from teams.models.groups import Team
from teams.models.people import User


def leave_to_team(collector, field, rows, using) -> None:
    """What becomes of rows whose person goes: a team's stay without them, their own go.

    A secret or a server without an owner would be the instance's, and everybody's to use.
    """
    models.CASCADE(collector, field, rows.filter(team=None), using)
    models.SET_NULL(collector, field, rows.exclude(team=None), using)


class Scoped(models.Model):
    """A row of a workspace: `team` null = the personal workspace of `user`, else that team's."""

    user = models.ForeignKey(User, leave_to_team, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
