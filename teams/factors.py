"""The second factor: of whom it is demanded, and who has one."""

from allauth.mfa.models import Authenticator
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
#: What counts as a factor. Recovery codes stand in for one, and are none by themselves.
KINDS = (APP, PASSKEY)
#: In SQL, since it goes with every request: Django takes 3 ms to write these subqueries.
_OWED = """(
    EXISTS (
        SELECT FROM instance WHERE second_factor = 'everyone' OR (second_factor = 'admins' AND users.role = 'admin')
    )
    AND NOT EXISTS (SELECT FROM mfa_authenticator AS had WHERE had.user_id = users.id AND had.type = ANY(%s))
)"""


def owed() -> RawSQL:
    """Of people: a second factor is demanded of them, and they have none."""
    return RawSQL(_OWED, (list(KINDS),), BooleanField())  # noqa: S611  constants
