"""Files of people: what kind they are, and what is read out of them in a process of its own."""

from sambung.lib.errors import Refused


def unreadable(sentence: str) -> Refused:
    """Return the error for a file whose kind or content cannot be kept."""
    return Refused(sentence, status=415, code="file_unreadable")
