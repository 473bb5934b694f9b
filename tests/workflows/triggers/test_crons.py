"""When schedules are due: what is refused, and what becomes of clocks that are put forward and back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sambung.lib.failures import Failed
from workflows.triggers import crons

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("0 7 * * *", "0 7 * * *"),
        ("  0   7 * *  MON-FRI ", "0 7 * * MON-FRI"),
        ("@hourly", "0 * * * *"),
        ("@Daily", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("*/5 8-18 * * 1-5", "*/5 8-18 * * 1-5"),
        ("0 0 29 2 *", "0 0 29 2 *"),
    ],
)
def test_five_fields_or_a_word(text, fields):
    assert crons.read(text) == fields


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "schedule_fields"),
        ("* * * *", "schedule_fields"),
        ("* * * * * *", "schedule_fields"),
        ("*/10 * * * * * *", "schedule_fields"),
        ("@reboot", "schedule_fields"),
        ("@every 1s", "schedule_fields"),
        ("R 0 * * *", "schedule_unreadable"),
        ("61 0 * * *", "schedule_unreadable"),
        ("0 0 * * MOON", "schedule_unreadable"),
        ("0 0 30 2 *", "schedule_unreadable"),
        ("0 0 1 * " + "1," * 200 + "1", "schedule_fields"),
    ],
)
def test_what_is_none_is_refused(text, code):
    with pytest.raises(Failed) as failed:
        crons.read(text)
    assert failed.value.failure.code == code


def test_unknown_zones_are_refused():
    for name in ("Mars/Olympus", "", "../etc/passwd", "CET"):
        with pytest.raises(Failed):
            crons.zone(name)
    assert crons.zone("Asia/Jakarta").key == "Asia/Jakarta"


def _times(cron: str, after: datetime, n: int) -> list[str]:
    return [f"{at:%d %H:%M %z}" for at in crons.first(cron, BERLIN, after, n)]


def test_times_are_those_of_the_zone():
    (at,) = crons.first("0 7 * * *", "Asia/Jakarta", datetime(2026, 11, 30, 0, 30, tzinfo=UTC), 1)
    assert at.astimezone(UTC) == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)


def test_what_lies_in_the_gap_comes_after_it_once():
    before = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo(BERLIN))
    assert _times("30 2 * * *", before, 2) == ["29 03:00 +0200", "30 02:30 +0200"]


def test_what_comes_twice_is_due_once():
    before = datetime(2026, 10, 25, 0, 30, tzinfo=ZoneInfo(BERLIN))
    assert _times("30 2 * * *", before, 2) == ["25 02:30 +0200", "26 02:30 +0100"]


def test_every_half_hour_goes_on_through_both():
    before = datetime(2026, 10, 25, 1, 45, tzinfo=ZoneInfo(BERLIN))
    shown = ["25 02:00 +0200", "25 02:30 +0200", "25 02:00 +0100", "25 02:30 +0100", "25 03:00 +0100"]
    assert _times("*/30 * * * *", before, 5) == shown


def test_there_is_a_next_one_after_each():
    at = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    assert crons.following("0 7 * * *", "UTC", at) == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
