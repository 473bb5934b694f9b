"""What models do not take, in words."""

from agents import learned
from agents.engine import manners
from agents.engine.refusal_words import LESSONS


def test_whatever_a_refusal_teaches_has_words():
    taught = {what for row in LESSONS for what in row.means} | {manners.EARLIER}

    plain = learned.told("something")
    assert [what for what in sorted(taught) if learned.told(what) == plain.replace("something", what)] == []
    assert learned.told("max_tokens", "max_completion_tokens") != plain
