"""Identifiers."""

import uuid

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """Return a new time-ordered UUID version 7 (RFC 9562).

    A function of our own, so that migrations name it and not a library's private path.
    """
    return _uuid7()
