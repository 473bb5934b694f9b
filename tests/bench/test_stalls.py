"""What the case `stalls` holds: a document that is one, a server that says nothing; and what it counts."""

import asyncio

import pytest

from bench import stalls
from sambung.lib.files.kinds import kind_of
from tests.lib.files.reading import found


def test_the_sheet_is_one_and_small():
    made = stalls.large_sheet(3, 2)
    assert kind_of(made, "figures.xlsx").family == "sheet"
    assert found(made, "figures.xlsx").text == "# Figures\n\n| 1 | 1 |\n| --- | --- |"
    assert len(stalls.large_sheet(40_000, 25)) < 100_000


async def test_silence_takes_what_is_sent_and_answers_nothing():
    async with stalls.silence() as address:
        reading, writer = await asyncio.open_connection(*address.split(":"))
        writer.write(b"EHLO here\r\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reading.read(1)
    assert await reading.read() == b""  # its end ends what it held
    writer.close()


class Site:
    """Stands for the client: answers as told, or never."""

    def __init__(self, *answers: int | None):
        self.answers = list(answers)

    async def get(self, seat, path: str) -> tuple[int, int]:
        status = self.answers.pop()
        if status is None:
            await asyncio.Event().wait()
        return status, 1


async def test_pages_that_fail_or_never_come_are_counted(monkeypatch):
    monkeypatch.setattr(stalls, "PACE", 0.01)
    monkeypatch.setattr(stalls, "PATIENCE", 0.05)
    took, failed = await stalls.pages(Site(200, 503, None, 200), [stalls.Seat("session", "chat")], 0.04)
    assert (len(took), failed) == (4, 2)
    assert max(took) == stalls.PATIENCE
