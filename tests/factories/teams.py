"""Factories of people, teams, members and invites."""

import hashlib
import uuid
from datetime import timedelta

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone
from factory.django import DjangoModelFactory

from teams.models import Team, TeamInvite, TeamMember, User

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Faker("name")
    email = factory.LazyFunction(lambda: f"{uuid.uuid4().hex[:12]}@example.org")
    password = factory.LazyFunction(lambda: MD5PasswordHasher().encode(PASSWORD, uuid.uuid4().hex))

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Faker("company")
    slug = factory.LazyFunction(lambda: f"t-{uuid.uuid4().hex[:12]}")


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)


def invite(team: Team, token: str = "", **fields) -> TeamInvite:
    """Add an invite that is open unless said otherwise; `token` is what its link holds."""
    token = token or uuid.uuid4().hex
    given = {
        "email": "new@example.org",
        "invited_by": team.created_by,
        "expires_at": timezone.now() + timedelta(days=7),
    }
    return TeamInvite.objects.create(team=team, token=hashlib.sha256(token.encode()).hexdigest(), **given | fields)
