"""Identifiers."""

import uuid

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """Return a new time-ordered UUID version 7 (RFC 9562).

    A function of our own, so that migrations name it and not a library's private path.
    """
    return _uuid7()


def as_uuid(text: str) -> uuid.UUID | None:
    """The id that an address or a form names, None where it names none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
