"""Files that go with messages: what they are, what is read out of them, where they lie."""

from contextlib import contextmanager

from django.utils.translation import gettext as _

from sambung.lib.database import is_full
from sambung.lib.errors import Refused


@contextmanager
def room():
    """Around what writes a file and its row. Raises Refused where a disk has no room for them; nothing is kept then."""
    try:
        yield
    except Exception as error:
        if not is_full(error):
            raise
        raise Refused(no_room(), status=507, code="no_room") from error


def no_room() -> str:
    """The sentence for a disk that is full."""
    return _("The server's disk has no room for this. Nothing of it was kept; tell whoever runs the server.")
