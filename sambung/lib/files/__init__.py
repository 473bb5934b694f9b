"""Files of people: what kind they are, and what is read out of them in a process of its own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sambung.lib.errors import Refused


def unreadable(sentence: str) -> "Refused":
    """Return the error for a file whose kind or content cannot be kept."""
    from sambung.lib.errors import Refused  # late: the process that reads a file would load Django for each

    return Refused(sentence, status=415, code="file_unreadable")
