"""What templates say of people's devices, and when they did something."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from teams import devices

register = template.Library()
register.filter("device", devices.words)


@register.filter
def moment(at: datetime) -> str:
    """A time with its zone, such as “Nov. 28, 2026, 22:14 WIB (UTC+07:00)”: a mail is read wherever one is."""
    local = timezone.localtime(at)
    name, hours = local.tzname(), f"UTC{local:%z}"
    offset = f"{hours[:-2]}:{hours[-2:]}"
    zone = name if name == "UTC" else offset if name[0] in "+-" else f"{name} ({offset})"
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M} {zone}"
