"""The first admin: made once, by whoever opens the set-up link that `make run` prints."""

import hmac
import secrets

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from teams.models import User, UserRole

_TOKEN = "setup_token"  # noqa: S105  a name
_LOCK = 0x5A6D62  # any number that nothing else locks on


class SetupClosed(Exception):
    """The link was used already, or is not the one that was printed."""


def offer() -> str | None:
    """Return the token of the set-up link while nobody is there yet, else None and forget it."""
    if User.objects.exists():
        settings.HOME.forget(_TOKEN)
        return None
    return settings.HOME.secret(_TOKEN, lambda: secrets.token_urlsafe(24))


def is_open(token: str) -> bool:
    """Whether `token` is the printed one and nobody has used it."""
    expected = offer()
    return expected is not None and hmac.compare_digest(expected.encode(), token.encode())


def make_first_admin(*, token: str, name: str, email: str, password: str) -> User:
    """Make the first admin; their address counts as verified. Raises SetupClosed and Busy."""
    return _made(token, User(name=name, email=email.strip().lower(), role=UserRole.ADMIN), make_password(password))


@transaction.atomic
def _made(token: str, user: User, password: str) -> User:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # two people with one link: one gets in
    if not is_open(token):
        raise SetupClosed
    user.password = password
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    transaction.on_commit(lambda: settings.HOME.forget(_TOKEN))
    return user
