"""What a person says of themselves: name, picture, language, time zone."""

import secrets
import zoneinfo
from functools import cache

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from sambung.lib import pictures
from teams.models import User


@cache
def time_zones() -> frozenset[str]:
    """The names of all zones. They are found by walking a directory, which takes 10 ms."""
    return frozenset(zoneinfo.available_timezones())


@transaction.atomic
def change(*, by: User, name: str, language: str, time_zone: str) -> None:
    """Keep them; an empty language or zone leaves it to the browser and the server."""
    by.name = name
    by.save(update_fields=["name", "updated_at"])
    set_preferences(by, language=language, time_zone=time_zone)


@transaction.atomic
def set_preferences(user: User, **values) -> None:
    """Keep these preferences beside the others, which another tab may change just now; what is empty is forgotten."""
    held = User.objects.select_for_update().only("preferences").get(pk=user.pk)
    chosen = held.preferences | values
    user.preferences = {key: value for key, value in chosen.items() if value not in ("", None, [])}
    user.save(update_fields=["preferences", "updated_at"])


# ---- the picture ----------------------------------------------------------------------------------------
def change_picture(*, by: User, data: bytes | None) -> None:
    """Show what `pictures.square` has made, or none; the old file goes with the commit."""
    name = f"pictures/{secrets.token_hex(16)}{pictures.SUFFIX}"
    new = default_storage.save(name, ContentFile(data)) if data else None
    try:
        _show(by, new)
    except Exception:
        default_storage.delete(name)
        raise


@transaction.atomic
def _show(person: User, new: str | None) -> None:
    old = User.objects.select_for_update().values_list("image", flat=True).get(pk=person.pk)
    person.image = new
    person.save(update_fields=["image", "updated_at"])
    drop_picture(old)


def picture(person: User) -> bytes | None:
    """What is shown of the person, where there is anything."""
    if not person.image:
        return None
    try:
        with default_storage.open(person.image) as file:
            return file.read()
    except FileNotFoundError:  # replaced at this moment, or lost with a backup
        return None


def drop_picture(name: str | None) -> None:
    """Remove the file, as soon as nothing names it any more."""
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
