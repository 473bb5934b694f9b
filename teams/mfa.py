"""The second factor: of whom it is demanded, and who has one."""

from allauth.mfa.models import Authenticator
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

#: What counts as a factor. Recovery codes stand in for one, and are none by themselves.
APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
_OWED = f"""(
    EXISTS (
        SELECT FROM instance WHERE second_factor = 'everyone' OR (second_factor = 'admins' AND users.role = 'admin')
    )
    AND NOT EXISTS (
        SELECT FROM mfa_authenticator AS had WHERE had.user_id = users.id AND had.type IN ('{APP}', '{PASSKEY}')
    )
)"""
#: A person by id, with `owes_factor`. In SQL, since it goes with every request: Django takes 2 ms to write it.
PERSON = f"SELECT users.*, {_OWED} AS owes_factor FROM users WHERE id = %s"


def owed() -> RawSQL:
    """Of people: a second factor is demanded of them, and they have none."""
    return RawSQL(_OWED, (), BooleanField())  # noqa: S611  constants
