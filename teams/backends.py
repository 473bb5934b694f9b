"""Who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from teams import mfa
from teams.models import User


class PeopleBackend(AuthenticationBackend):
    """allauth's ways to sign in. A person comes with `owes_factor` set, in the query that reads them anyway."""

    def get_user(self, user_id) -> User | None:
        person = next(iter(User.objects.raw(mfa.PERSON, [user_id])), None)
        return person if self.user_can_authenticate(person) else None
