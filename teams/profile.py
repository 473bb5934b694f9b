"""What a person says of themselves: name, language, time zone."""

import zoneinfo
from functools import cache

from django.db import transaction

from teams.models import User


@cache
def time_zones() -> frozenset[str]:
    """The names of all zones. They are found by walking a directory, which takes 10 ms."""
    return frozenset(zoneinfo.available_timezones())


@transaction.atomic
def change(*, by: User, name: str, language: str, time_zone: str) -> None:
    """Keep them; an empty language or zone leaves it to the browser and the server."""
    chosen = {"language": language, "time_zone": time_zone}
    kept = {key: value for key, value in (by.preferences | chosen).items() if value}
    by.name, by.preferences = name, kept
    by.save(update_fields=["name", "preferences", "updated_at"])
