"""A process group killed at a random moment of a stream: what the DOM had shown is stored, and can be continued.

`make test-crash` plays it a hundred times; CRASH_ROUNDS says how often.
"""

import os
import random
import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import STREAMING, Room
from tests.browser.servers import signed_in
from tests.live import Live

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "1"))
LEAST, MOST = 20, 60  # tokens that are shown before the kill
FIRST = "tests.browser.publish_first:application"


def shown_when_killed(room: Room) -> str:
    """Begin a reply, kill the server once so many tokens are on the screen; return what the DOM shows then."""
    room.begin("Hello", STREAMING)
    expect(room.body()).to_contain_text(f"w{random.randint(LEAST, MOST)} ")
    room.live.kill()
    return " ".join(room.body().text_content().split())


def stored(room: Room) -> tuple[str, str]:
    """The status and the text of the last reply, straight from the database after the restart."""
    ((status, text),) = room.live.sql(
        "SELECT run.status, messages.content FROM run JOIN messages ON messages.run_id = run.id"
        " ORDER BY run.created_at DESC LIMIT 1"
    )
    return status, " ".join(text.split())


@pytest.mark.timeout(120 + 60 * ROUNDS)
def test_what_the_screen_had_shown_is_stored_and_can_be_continued(new_page, mortal):
    room = Room(new_page(signed_in(mortal)), mortal)
    for _ in range(ROUNDS):
        shown = shown_when_killed(room)
        mortal.start()
        status, text = stored(room)
        assert len(shown.split()) >= LEAST
        assert text.startswith(shown)
        assert status == "interrupted"
        room.ended("interrupted")
        last = int(re.findall(r"w(\d+)", text)[-1])
        room.act(room.replies.last, "Continue").click()
        expect(room.body()).to_contain_text(f"w{last} w{last + 1} w{last + 2} ")
        room.stop.click()
        room.ended("stopped")
        assert stored(room)[1].startswith(text)


def test_the_loss_is_noticed_when_frames_go_out_before_the_log(new_page, mortal):
    """The same with the order turned round: this must lose something, or the test above proves nothing."""
    mortal.stop()
    mortal.app = FIRST
    mortal.start()
    room = Room(new_page(signed_in(mortal)), mortal)
    shown = shown_when_killed(room)
    mortal.app = Live.app
    mortal.start()
    _, text = stored(room)
    assert not text.startswith(shown)
