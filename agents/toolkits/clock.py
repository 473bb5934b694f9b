"""Dates and times, which models do not know."""

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Failed, Result

_ZONE = {
    "type": "string",
    "maxLength": 60,
    "description": "An IANA name such as Asia/Jakarta. Empty: the person's own.",
}
_AMOUNT = {"type": "integer", "minimum": -1_000_000, "maximum": 1_000_000}

toolkit = Toolkit("clock", _("Date and time"), _("Knows what time it is, and reckons with dates."), "clock")


def _moment(description: str) -> dict:
    return {"type": "string", "maxLength": 40, "description": f"{description}, ISO 8601 such as 2026-03-31T14:30."}


@toolkit.tool(
    _("Present time"),
    "Tell the present date, time and weekday. Use it whenever today, now or a relative date matters.",
    time_zone=_ZONE,
    effect="none",
)
async def now(args: dict, caller: Caller) -> Result:
    """Give the present time in a zone. Raises Failed."""
    return Result(_told(datetime.now(_zone(args.get("time_zone"), caller))))


@toolkit.tool(
    _("Convert a time"),
    "Convert a time from one time zone to another.",
    required=["time", "to_zone"],
    time=_moment("The time"),
    from_zone=_ZONE,
    to_zone=_ZONE,
    effect="none",
)
async def convert_time(args: dict, caller: Caller) -> Result:
    """Give a time in another zone. Raises Failed."""
    moment = _parsed(args["time"], args.get("from_zone"), caller)
    try:
        return Result(_told(moment.astimezone(_zone(args["to_zone"], caller))))
    except OverflowError:
        raise Failed("time_too_far") from None


@toolkit.tool(
    _("Time between"),
    "Tell how much time lies between two dates or times, in days, hours, minutes and whole weeks.",
    required=["start", "end"],
    start=_moment("The beginning"),
    end=_moment("The end"),
    time_zone=_ZONE,
    effect="none",
)
async def time_between(args: dict, caller: Caller) -> Result:
    """Give the distance of two times. Raises Failed."""
    start, end = (_parsed(args[name], args.get("time_zone"), caller) for name in ("start", "end"))
    seconds = int((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds())
    days, rest = divmod(abs(seconds), 86400)
    told = {"days": days, "hours": rest // 3600, "minutes": rest % 3600 // 60, "seconds": rest % 60}
    return Result(told | {"whole_weeks": days // 7, "total_seconds": seconds, "end_is_before_start": seconds < 0})


@toolkit.tool(
    _("Add to a time"),
    "Add years, months, weeks, days, hours or minutes to a date or time; negative numbers go back.",
    required=["time"],
    time=_moment("The time"),
    time_zone=_ZONE,
    years=_AMOUNT,
    months=_AMOUNT,
    weeks=_AMOUNT,
    days=_AMOUNT,
    hours=_AMOUNT,
    minutes=_AMOUNT,
    effect="none",
)
async def add_time(args: dict, caller: Caller) -> Result:
    """Give a later or earlier time. Raises Failed."""
    moment = _parsed(args["time"], args.get("time_zone"), caller)
    try:
        moved = _with_months(moment, 12 * args.get("years", 0) + args.get("months", 0))
        moved += timedelta(weeks=args.get("weeks", 0), days=args.get("days", 0))  # days keep the time on the wall
        spent = timedelta(hours=args.get("hours", 0), minutes=args.get("minutes", 0))
        return Result(_told((moved.astimezone(UTC) + spent).astimezone(moment.tzinfo)))
    except (OverflowError, ValueError):
        raise Failed("time_too_far") from None


def _with_months(moment: datetime, months: int) -> datetime:
    """The same day so many months on, or the month's last where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _zone(name: str | None, caller: Caller) -> ZoneInfo:
    name = (name or "").strip() or caller.workspace.user.preferences.get("time_zone") or "UTC"
    if name not in available_timezones():
        raise Failed("no_time_zone", name=name)
    return ZoneInfo(name)


def _parsed(text: str, zone: str | None, caller: Caller) -> datetime:
    """Read a time; one that tells no zone itself lies in `zone`."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Failed("no_time", text=text) from None
    return found if found.tzinfo else found.replace(tzinfo=_zone(zone, caller))


def _told(moment: datetime) -> dict:
    return {
        "time": moment.isoformat(timespec="seconds"),
        "date": moment.date().isoformat(),
        "weekday": calendar.day_name[moment.weekday()],
        "time_zone": str(moment.tzinfo),
    }
