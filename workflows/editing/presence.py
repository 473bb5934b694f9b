"""Who has a workflow open, and at which node: known by what pages ask, in the memory of the one web process."""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

from teams.models import User

FRESH = 6.0  # seconds for which a page counts as open after it asked
MOST = 50  # pages of one workflow


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that is open."""

    person: User
    node: str
    at: float


_lock = threading.Lock()
_open: dict[UUID, dict[str, Seen]] = {}


def here(workflow_id: UUID, *, person: User, tab: str, node: str = "") -> list[dict]:
    """Take note of a page, and return who else is there: {id, name, initials, node}, each person once."""
    now = time.monotonic()
    with _lock:
        pages = {key: seen for key, seen in _open.get(workflow_id, {}).items() if now - seen.at < FRESH}
        if len(pages) < MOST or tab in pages:
            pages[tab] = Seen(person, node, now)
        _open[workflow_id] = pages
        for other in [pk for pk, seen in _open.items() if all(now - one.at >= FRESH for one in seen.values())]:
            del _open[other]
    others = {seen.person.pk: seen for key, seen in pages.items() if seen.person.pk != person.pk}
    return [
        {"id": str(pk), "name": str(seen.person), "initials": seen.person.initials, "node": seen.node}
        for pk, seen in sorted(others.items(), key=lambda pair: str(pair[1].person))
    ]
