"""An agent from one sentence: a model writes it, as a private one that rests until somebody has looked at it."""

import json
import logging
from datetime import timedelta

import jsonschema
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from agents import catalog, engine, errors, validators
from agents.catalog import Model, Reference
from agents.definitions import agents, icons
from agents.models import AgentDraft, UsageKind
from agents.usage import meter
from agents.usage.meter import Payer
from sambung.lib.failures import Failure, columns
from sambung.lib.threads import in_thread
from teams import access
from teams.models import Team, User
from teams.workspace import Workspace

logger = logging.getLogger(__name__)

LIMITS = engine.Limits(total=120.0)
LATE = timedelta(minutes=5)  # after which nothing will come
KEPT = timedelta(days=1)
TRIES = 2
UNFIT, TOO_LATE, NOT_HERE = Failure("draft_unfit"), Failure("draft_too_late"), Failure("draft_not_here")

PROMPT = (
    "Design an assistant from the sentence that the user gives. Answer in the language of that sentence. "
    "`name`: two to four words. `description`: one sentence on what it is for. `instructions`: what the assistant is "
    "told, addressed to it as you: its role, how it works step by step, what it asks for when something is missing, "
    "what it does not do, and the form of its answers; 100 to 300 words, as Markdown. `starters`: three or four short "
    "first messages that people would send to it. `icon`: the name that fits best."
)
_TEXT = {"type": "string"}
SCHEMA = {
    "type": "object",
    "required": ["name", "description", "instructions", "icon", "starters"],
    "properties": {
        "name": _TEXT,
        "description": _TEXT,
        "instructions": _TEXT,
        "icon": {"enum": list(icons.ICONS)},
        "starters": {"type": "array", "items": _TEXT},
    },
    "additionalProperties": False,
}


# ---- asked for ------------------------------------------------------------------------------------------
def able(workspace: Workspace) -> Model | None:
    """The workspace's default model, unless that is the demo one, which cannot do this well."""
    model = catalog.default(workspace)
    return None if model is None or model.is_bundled else model


@transaction.atomic
def begin(*, by: User, workspace: Workspace, model: Model, sentence: str) -> AgentDraft:
    """Have a model write an agent from the sentence; a job does."""
    draft = AgentDraft.objects.create(**workspace.scope, sentence=sentence)
    asked = model.reference.stored
    transaction.on_commit(lambda: write_draft.defer(draft=str(draft.pk), asked=asked))
    return draft


def problem(draft: AgentDraft) -> str:
    """Why there will be no agent, in the present language; "" while there may."""
    is_late = draft.agent_id is None and draft.created_at < timezone.now() - LATE
    return draft.problem or (TOO_LATE.sentence if is_late else "")


def drop_old() -> None:
    """Forget drafts that somebody asked for long ago; their agents stay."""
    AgentDraft.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


# ---- written --------------------------------------------------------------------------------------------
async def write(draft_id: str, asked: dict) -> None:
    """Ask the model and make the agent, or keep why there is none."""
    draft = await in_thread(_find, draft_id)
    if draft is None:
        return
    try:
        content = await _content(draft, Reference.of(asked))
        await in_thread(_keep, draft, content)
    except engine.EngineError as error:
        await in_thread(_fail, draft, errors.failure(error))
    except Unfit as error:
        await in_thread(_fail, draft, error.failure)


class Unfit(Exception):
    """There will be no agent."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


def _find(draft_id: str) -> AgentDraft | None:
    waiting = AgentDraft.objects.filter(pk=draft_id, agent=None, error_code="", user__is_active=True)
    return waiting.select_related("user", "team").first()


async def _content(draft: AgentDraft, reference: Reference) -> dict:
    """What the model makes of the sentence; one that cannot be used is asked for once more."""
    reached = await catalog.reach(reference, Workspace(draft.user, draft.team))
    turns = (engine.Turn.of("system", PROMPT), engine.Turn.of("user", draft.sentence))
    ask = engine.Ask(reached.endpoint, reached.model.id, turns, max_tokens=6000, output=SCHEMA)
    payer = Payer(draft.user_id, draft.team_id)
    for _attempt in range(TRIES):
        try:
            return checked(await meter.complete(reached, ask, UsageKind.DRAFT, payer, LIMITS))
        except Unfit:
            logger.info("A model answered with something that is no agent.")
    raise Unfit(UNFIT)


def checked(answer: str) -> dict:
    """Return a model's answer as an agent's content, cut to what its columns hold. Raises Unfit."""
    try:
        found = json.loads(answer.strip().removeprefix("```json").removeprefix("```").removesuffix("```"))
        jsonschema.validate(found, SCHEMA)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError, jsonschema.ValidationError):
        raise Unfit(UNFIT) from None
    text = {name: found[name].replace("\x00", "").strip() for name in ("name", "description", "instructions")}
    starters = (" ".join(starter.replace("\x00", "").split()) for starter in found["starters"])
    kept = [starter[: validators.STARTER_LENGTH] for starter in starters if starter]
    if not text["name"] or not text["instructions"]:
        raise Unfit(UNFIT)
    return {
        "name": " ".join(text["name"].split())[:100],
        "description": text["description"][:500],
        "instructions": text["instructions"][: validators.INSTRUCTIONS_LENGTH],
        "icon_id": found["icon"],
        "starters": kept[: validators.MOST_STARTERS],
    }


@transaction.atomic
def _keep(draft: AgentDraft, content: dict) -> None:
    """Make the agent, while the person still works there."""
    team = draft.team
    if team and not access.rows(draft.user, Team.objects.filter(pk=team.pk)).exists():
        raise Unfit(NOT_HERE)
    workspace = Workspace(draft.user, team)
    made = agents.create(by=draft.user, workspace=workspace, content=content, is_active=False)
    AgentDraft.objects.filter(pk=draft.pk).update(agent=made)


def _fail(draft: AgentDraft, failure: Failure) -> None:
    AgentDraft.objects.filter(pk=draft.pk).update(**columns(failure))


@app.task(name="agents.write_draft")
async def write_draft(draft: str, asked: dict) -> None:
    """Have a model write an agent from the sentence of a draft; `asked` is the model's reference as stored."""
    await write(draft, asked)
