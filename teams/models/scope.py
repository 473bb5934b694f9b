"""Rows that lie in a workspace."""

from django.db import models

from teams.models.groups import Team
from teams.models.people import User


class Scoped(models.Model):
    """A row of a workspace: `team` null = the personal workspace of `user`, else that team's."""

    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
