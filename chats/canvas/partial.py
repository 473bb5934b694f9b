"""Calls that were cut off while they were written: what had come of a document is kept, marked as partial."""

import logging
from uuid import UUID

from django.db import DatabaseError, transaction

from agents import tools
from agents.generation.drafts import Draft
from agents.models import Agent, Run
from agents.runs.registry import Outcome
from agents.tools import Caller
from sambung.lib.jsonb import clean_json
from teams.workspace import Workspace

logger = logging.getLogger(__name__)

CUT_OFF = "You were stopped while you wrote this. What had come is kept."


def parts(run: Run, outcome: Outcome, agent: UUID | None) -> list[dict]:
    """Keep what such calls had written; return the parts that tell of it, a call and its result for each.

    In the transaction that stores the reply; what cannot be kept is left out.
    """
    drafts = outcome.state.drafts.values()
    if not drafts or run.requested_by is None:
        return []
    answered = outcome.report and outcome.report.answered
    asker = Workspace(run.requested_by, run.team)
    named = agent and Agent.objects.filter(pk=agent).first()
    caller = Caller(asker, model=answered.label if answered else run.model, agent=named)
    return [part for draft in drafts for part in _kept(draft, caller)]


def _kept(draft: Draft, caller: Caller) -> list[dict]:
    args = clean_json(draft.args)
    try:
        with transaction.atomic():
            result = tools.keep(draft.tool, args, caller)
    except DatabaseError:
        logger.exception("What a call had written could not be kept.", extra={"tool": draft.tool})
        return []
    if result is None or result.is_error:
        return []
    written = [{"documentId": str(one.document), "version": one.version} for one in result.written]
    call = {"type": "tool-call", "toolCallId": draft.id, "toolName": draft.name, "args": args}
    told = {"type": "tool-result", "toolCallId": draft.id, "result": {**result.content, "partial": CUT_OFF}}
    return [call | {"tool": draft.tool, "title": draft.title}, told | {"documents": written}]
