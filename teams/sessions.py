"""Sessions end a while after the sign-in, and earlier when they are not used. `expire_date` alone tells when."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

#: How often a use is written down.
STEP = timedelta(hours=1)
#: A session with its last use. In SQL, since it goes with every request.
_LIVING = """
    SELECT django_session.*, (
        SELECT last_seen_at FROM usersessions_usersession AS seen WHERE seen.session_key = django_session.session_key
    ) AS last_seen_at
    FROM django_session WHERE session_key = %s AND expire_date > %s
"""
_BEGAN = "began_at"  # in the session


class SessionStore(db.SessionStore):
    """Django's, with two ends. The cookie may last longer: what is kept here counts."""

    _last_seen_at = None

    def begin(self) -> None:
        """Somebody signs in: from now on the days count, however much the session is used."""
        self[_BEGAN] = timezone.now().isoformat()

    def touch(self) -> None:
        """Note, once in a while, that the session is used, so that it does not end for idleness."""
        now = timezone.now()
        if self._last_seen_at is None or now - self._last_seen_at < STEP:
            return
        self.model.objects.filter(session_key=self.session_key).update(expire_date=_end(self))
        UserSession.objects.filter(session_key=self.session_key).update(last_seen_at=now)

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.expire_date = _end(data)
        return row

    def _get_session_from_db(self):
        row = next(iter(self.model.objects.raw(_LIVING, [self.session_key, timezone.now()])), None)
        if row is None:
            self._session_key = None
        else:
            self._last_seen_at = row.last_seen_at
        return row


def _end(data) -> datetime:
    """When a session ends that is used now."""
    now = timezone.now()
    began = datetime.fromisoformat(data[_BEGAN]) if _BEGAN in data else now
    latest = began + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(latest, now + timedelta(days=settings.SESSION_IDLE_DAYS))
