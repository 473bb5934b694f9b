"""Files that go with messages: what they are, what is read out of them, where they lie."""

from contextlib import contextmanager

from django.utils.translation import gettext as _

from sambung.lib.database import is_full


class Refused(Exception):
    """A file that is not kept; the sentence is for the person. `status`: of the answer to who sent it."""

    def __init__(self, sentence: str, status: int = 415):
        super().__init__(sentence)
        self.status = status


@contextmanager
def room():
    """Around what writes a file and its row. Raises Refused where a disk has no room for them; nothing is kept then."""
    try:
        yield
    except Exception as error:
        if not is_full(error):
            raise
        raise Refused(no_room(), 507) from error


def no_room() -> str:
    """The sentence for a disk that is full."""
    return _("The server's disk has no room for this. Nothing of it was kept; tell whoever runs the server.")
