"""What a trigger does, in words: for lists."""

from dataclasses import dataclass
from datetime import time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sambung.lib.webhook_signatures import Scheme
from workflows.models import TriggerKind, WorkflowTrigger

OFTEN = {
    "hourly": gettext_lazy("Every hour"),
    "daily": gettext_lazy("Every day"),
    "weekdays": gettext_lazy("Monday to Friday"),
    "weekly": gettext_lazy("Every Monday"),
    "monthly": gettext_lazy("On the first of each month"),
    "own": gettext_lazy("By a line of cron"),
}
#: The days of each, behind minute and hour.
DAYS = {"daily": "* * *", "weekdays": "* * 1-5", "weekly": "* * 1", "monthly": "1 * *"}
SCHEMES = {
    Scheme.STANDARD: gettext_lazy("Standard Webhooks: signed with time and id"),
    Scheme.GITHUB: gettext_lazy("GitHub: signed in X-Hub-Signature-256"),
    Scheme.BEARER: gettext_lazy("The secret itself, in the header Authorization: Bearer"),
}
ICONS = {TriggerKind.SCHEDULE: "clock", TriggerKind.WEBHOOK: "globe", TriggerKind.FORM: "square-pen"}


@dataclass(frozen=True, slots=True)
class Described:
    """A trigger as a list shows it."""

    row: WorkflowTrigger
    icon: str
    title: str
    about: str


def described(trigger: WorkflowTrigger) -> Described:
    """What a trigger does, in the present language."""
    icon, config = ICONS.get(trigger.kind, "play"), trigger.config
    match trigger.kind:
        case TriggerKind.SCHEDULE:
            return Described(trigger, icon, when(config["cron"]), config["zone"])
        case TriggerKind.WEBHOOK:
            return Described(trigger, icon, _("Webhook"), str(SCHEMES[Scheme(config.get("scheme", Scheme.STANDARD))]))
        case _:
            return Described(trigger, icon, trigger.get_kind_display(), "")


def when(cron: str) -> str:
    """How often five fields are due, in words where there are any for them."""
    often, at = often_of(cron)
    if often == "own":
        return cron
    if often == "hourly":
        return _("Every hour at minute %(minute)s") % {"minute": f"{at.minute:02}"}
    return _("%(often)s at %(time)s") % {"often": OFTEN[often], "time": f"{at:%H:%M}"}


def fields(often: str, at: time) -> str:
    """The five fields of what a form says."""
    return f"{at.minute} * * * *" if often == "hourly" else f"{at.minute} {at.hour} {DAYS[often]}"


def often_of(cron: str) -> tuple[str, time]:
    """What five fields mean in the words of the form."""
    minute, _space, rest = cron.partition(" ")
    hour, _space, days = rest.partition(" ")
    if _is_below(minute, 60) and rest == "* * * *":
        return "hourly", time(0, int(minute))
    if _is_below(minute, 60) and _is_below(hour, 24):
        for often, of_days in DAYS.items():
            if days == of_days:
                return often, time(int(hour), int(minute))
    return "own", time(7)


def _is_below(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and int(text) < most
