"""Dates and times."""

from datetime import UTC, datetime

import pytest

from agents.toolkits.clock import toolkit


async def test_now_is_in_the_persons_zone(run):
    told = (await run(toolkit, "now")).content
    assert told["time_zone"] == "Asia/Jakarta"
    assert told["time"].endswith("+07:00")
    assert abs((datetime.fromisoformat(told["time"]) - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("convert_time", {"time": "2026-03-31T12:00", "to_zone": "Europe/Berlin"}, "2026-03-31T07:00:00+02:00"),
        ("convert_time", {"time": "2026-01-01T00:00Z", "to_zone": "Asia/Tokyo"}, "2026-01-01T09:00:00+09:00"),
        ("add_time", {"time": "2026-01-31", "months": 1}, "2026-02-28T00:00:00+07:00"),
        ("add_time", {"time": "2024-02-29", "years": 1, "days": -1}, "2025-02-27T00:00:00+07:00"),
        (
            "add_time",
            {"time": "2026-03-28T12:00", "time_zone": "Europe/Berlin", "days": 1},
            "2026-03-29T12:00:00+02:00",
        ),
        (
            "add_time",
            {"time": "2026-03-29T01:30", "time_zone": "Europe/Berlin", "hours": 1},
            "2026-03-29T03:30:00+02:00",
        ),
    ],
)
async def test_reckoning(run, name, args, expected):
    assert (await run(toolkit, name, **args)).content["time"] == expected


async def test_time_between(run):
    told = (await run(toolkit, "time_between", start="2026-11-23", end="2026-12-25T06:30")).content
    assert (told["days"], told["hours"], told["minutes"], told["whole_weeks"]) == (32, 6, 30, 4)
    assert (await run(toolkit, "time_between", start="2026-02-01", end="2026-01-01")).content["end_is_before_start"]


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        ("now", {"time_zone": "Mars/Olympus"}, "no time zone Mars/Olympus"),
        ("now", {"time_zone": "../../etc/passwd"}, "no time zone"),
        ("convert_time", {"time": "tomorrow", "to_zone": "UTC"}, "tomorrow is no time"),
        ("convert_time", {"time": "0001-01-01", "to_zone": "America/New_York"}, "years 1 to 9999"),
        ("add_time", {"time": "2026-01-01", "years": 9000}, "years 1 to 9999"),
        ("add_time", {"time": "2026-01-01", "days": 1_000_000_0}, "arguments do not fit"),
    ],
)
async def test_what_cannot_be_is_told(run, name, args, told):
    result = await run(toolkit, name, **args)
    assert result.is_error
    assert told in result.content
