"""When a schedule is due: five fields of cron in a time zone of the IANA, by Debian's rules.

Where clocks are put forward, what lies in the gap comes right after it; where they are put back, once.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from sambung.lib.failures import Failed

#: Our own words for the usual ones.
WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
FIELDS = 5  # a sixth would be seconds: nothing comes more often than each minute
LONGEST = 200  # characters


@lru_cache(1)
def zones() -> tuple[str, ...]:
    """The names of all time zones that can be chosen: those of places, and UTC."""
    return (*sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")), "UTC")


def read(text: str) -> str:
    """Return what somebody wrote as five fields. Raises Failed."""
    found = " ".join(text.split())
    found = WORDS.get(found.lower(), found)
    if len(found) > LONGEST or len(found.split(" ")) != FIELDS:
        raise Failed("schedule_fields")
    try:
        CronSim(found, datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise Failed("schedule_unreadable") from None
    return found


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name. Raises Failed."""
    if name not in zones():
        raise Failed("schedule_zone", zone=name[:60])
    return ZoneInfo(name)


def coming(cron: str, zone_name: str, after: datetime) -> Iterator[datetime]:
    """Yield the times that are due after `after`, in that zone. Raises Failed for a zone that is not known."""
    return iter(CronSim(cron, after.astimezone(zone(zone_name))))


def following(cron: str, zone_name: str, after: datetime) -> datetime | None:
    """Return the first time after `after`; None where there is none for decades."""
    return next(coming(cron, zone_name, after), None)


def first(cron: str, zone_name: str, after: datetime, n: int) -> list[datetime]:
    """Return the first `n` of them, as a page shows them."""
    return list(islice(coming(cron, zone_name, after), n))
