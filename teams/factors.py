"""The second factor: of whom it is demanded, and who has one."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q

from teams.models import Instance, SecondFactor, UserRole

APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
#: What counts as a factor. Recovery codes stand in for one, and are none by themselves.
KINDS = (APP, PASSKEY)


def owed() -> Q:
    """Of people: a second factor is demanded of them, and they have none."""
    demanded = Q(Exists(Instance.objects.filter(second_factor=SecondFactor.EVERYONE)))
    demanded |= Q(Exists(Instance.objects.filter(second_factor=SecondFactor.ADMINS)), role=UserRole.ADMIN)
    return demanded & ~Q(Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=KINDS)))
