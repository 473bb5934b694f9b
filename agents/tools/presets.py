"""Tools that a person binds together under a name."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import ToolPreset
from sambung.lib.errors import Refused
from teams.models import User

MOST = 50  # presets of a person


@transaction.atomic
def keep(*, by: User, name: str, tool_choice: str, tools: Iterable[str] | None) -> ToolPreset:
    """Keep a choice under a name; one that has the name already is changed. Raises Refused."""
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    mine = ToolPreset.objects.filter(user=by)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise Refused(_("You have %(most)s presets already. Delete one first.") % {"most": MOST}, code="too_many")
    values = {"tool_choice": tool_choice, "tools": None if tools is None else list(tools)}
    return ToolPreset.objects.update_or_create(user=by, name=name, defaults=values)[0]


@transaction.atomic
def rename(*, preset: ToolPreset, name: str) -> None:
    """Give a preset another name. Raises Refused."""
    User.objects.select_for_update().only("pk").get(pk=preset.user_id)
    if ToolPreset.objects.filter(user=preset.user_id, name=name).exclude(pk=preset.pk).exists():
        raise Refused(_("Another of your presets has this name."), code="name_taken")
    preset.name = name
    preset.save(update_fields=["name", "updated_at"])


def delete(*, preset: ToolPreset) -> None:
    """Forget a preset. Chats keep the tools that they have."""
    preset.delete()
