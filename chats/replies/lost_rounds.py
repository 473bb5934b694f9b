"""The calls of a model by a run whose process is gone: about what they took, by what the log holds."""

import uuid
from collections.abc import Sequence

from agents.engine import Turn
from agents.models import Run
from agents.usage import estimates, meter
from agents.usage.meter import Round
from chats.messages import tree
from chats.models import Message


def read(run: Run, parts: Sequence[dict], message_id: uuid.UUID | None) -> list[Round]:
    """The calls that added to a message, as it was stored last, what makes its parts these. None of a deleted one."""
    found = Message.objects.filter(pk=message_id).values_list("parent", "parts").first()
    if found is None:
        return []
    parent, base = found
    question = estimates.of_turns(Turn(role, tuple(said)) for role, said in tree.said(parent) if said)
    return meter.lost(run, estimates.of_parts(question, base, parts))
