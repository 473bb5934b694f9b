"""The meter: the one door to a model. What each call took is noted as it ends, and stored with what it was made for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from uuid import UUID

import orjson
from django.db import connection

from agents import catalog, engine
from agents.catalog import Model, Reached
from agents.engine import Accepted, Reasoning, Text
from agents.models import Run, UsageKind
from agents.usage import estimates, prices
from agents.usage.prices import Cost, Price
from sambung.lib.database import patiently
from sambung.lib.ids import uuid7
from sambung.lib.threads import in_thread

NOTHING = engine.Usage(0, 0)
#: All entries of an ending in one statement. What was deleted meanwhile is null; what is there already stays.
_INSERT = """
INSERT INTO usage_entry (
    id, kind, run_id, attempt, number, user_id, team_id, agent_id, api_key_id, provider, model, input_tokens,
    cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost, price_source, is_estimate
)
SELECT new.id, %(kind)s::text, %(run)s::uuid, %(attempt)s::int, new.number,
    (SELECT id FROM users WHERE id = %(person)s::uuid), (SELECT id FROM teams WHERE id = %(team)s::uuid),
    (SELECT id FROM agent WHERE id = %(agent)s::uuid), (SELECT id FROM api_keys WHERE id = new.api_key),
    new.provider, new.model, new.input_tokens, new.cached_tokens, new.cache_write_tokens, new.output_tokens,
    new.reasoning_tokens, new.cost, new.price_source, new.is_estimate
FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
    id uuid, number int, api_key uuid, provider text, model text, input_tokens int, cached_tokens int,
    cache_write_tokens int, output_tokens int, reasoning_tokens int, cost numeric, price_source text, is_estimate bool
)
ON CONFLICT (run_id, attempt, number) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for a call: the person who had it made, the team they did it in, the agent that answers."""

    person: UUID | None = None
    team: UUID | None = None
    agent: UUID | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One call of a model. `usage` None = nobody counted: it was cut off, or its server does not count.

    `guess`: about what it took, then. `is_answer`: something was said.
    """

    model: Model
    base_url: str
    usage: engine.Usage | None = None
    guess: engine.Usage = NOTHING
    is_answer: bool = True


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call took, and what that costs."""

    round: Round
    price: Price

    @property
    def is_estimate(self) -> bool:
        return self.round.usage is None

    @property
    def amount(self) -> Decimal | None:
        """US dollars, None where it was not counted: what is free is so all the same."""
        is_known = self.round.model.is_bundled or not self.is_estimate
        return self.price.amount if is_known else None


# ---- calls ----------------------------------------------------------------------------------------------
async def reply(
    rounds: list[Round],
    model: Model,
    ask: engine.Ask,
    sink: engine.Sink,
    limits: engine.Limits,
    pace: engine.Pace | None,
) -> None:
    """Like `engine.reply`; what the call took is added to `rounds`, which whoever ends it stores. Raises EngineError.

    A call that was refused before the service took anything is none.
    """
    listening = Listening(model, ask, sink)
    try:
        await engine.reply(ask, listening, limits, pace)
    except engine.EngineError as error:
        listening.fault = error
        raise
    finally:
        rounds += listening.rounds


async def complete(
    reached: Reached, ask: engine.Ask, kind: UsageKind, payer: Payer, limits: engine.Limits | None = None
) -> str:
    """Like `engine.complete`, of a model that was reached and outside of runs: the entry is stored here.

    What the model does not take is left out, and remembered. Raises EngineError.
    """
    learned: list[engine.Learned] = []
    ask = replace(ask, manners=reached.model.manners)
    listening = Listening(reached.model, ask, partial(_note, learned))
    try:
        return await engine.complete(ask, limits or engine.Limits(), listening)
    except engine.EngineError as error:
        listening.fault = error
        raise
    finally:
        await catalog.remember(reached.model, learned)
        if rounds := listening.rounds:
            await patiently(partial(in_thread, _store, rounds, kind, payer))


async def embed(reached: Reached, texts: Sequence[str], payer: Payer, *, is_query: bool = False) -> list[list[float]]:
    """Return a vector for each text, asked for in batches; what those took is stored. Raises EngineError."""
    rounds, vectors = [], []
    try:
        for start in range(0, len(texts), engine.BATCH):
            batch = texts[start : start + engine.BATCH]
            found = await engine.embed(reached.endpoint, reached.model.id, batch, is_query=is_query)
            guess = engine.Usage(sum(map(engine.estimate, batch)), 0)
            rounds.append(Round(reached.model, reached.endpoint.base_url, found.usage, guess))
            vectors += found.vectors
    finally:
        if rounds:
            await patiently(partial(in_thread, _store, rounds, UsageKind.EMBEDDING, payer))
    return vectors


def _store(rounds: list[Round], kind: UsageKind, payer: Payer) -> None:
    record(charges(rounds), kind, payer)


def _note(learned: list[engine.Learned], event: engine.Event) -> None:
    if isinstance(event, engine.Learned):
        learned.append(event)


class Listening:
    """The sink of one call: hands its events on, and notes what it takes. `fault`: how it failed."""

    def __init__(self, model: Model, ask: engine.Ask, sink: engine.Sink) -> None:
        self.fault: engine.EngineError | None = None
        self._model, self._ask, self._sink = model, ask, sink
        self._usage: engine.Usage | None = None
        self._is_accepted = self._has_said = False
        self._said = 0  # bytes

    def __call__(self, event: engine.Event) -> None:
        kind = type(event)
        if kind is Text or kind is Reasoning:
            self._has_said = True
            self._said += estimates.size(event.text)
        elif kind is Accepted:
            self._is_accepted = True
            return
        else:
            self._note(event)
        self._sink(event)

    def _note(self, event: engine.Event) -> None:
        """Note what comes once: the tokens, calls, the end."""
        if isinstance(event, engine.Usage):
            self._usage = event
        elif isinstance(event, engine.ToolCall):
            self._said += estimates.size(event.name) + estimates.size(json.dumps(event.args, default=str))
        self._has_said = self._has_said or not isinstance(event, engine.Learned | engine.Allowance | engine.Writing)

    @property
    def rounds(self) -> list[Round]:
        """The call; none where the service has refused it, or was not reached."""
        usage = self._usage or (self.fault and self.fault.usage)
        is_taken = self._is_accepted and (self.fault is None or self.fault.refusal is None)
        if not (self._has_said or usage or is_taken):
            return []
        guess = engine.Usage(estimates.read_by(self._ask) if usage is None else 0, estimates.written(self._said))
        return [Round(self._model, self._ask.endpoint.base_url, usage, guess, self._has_said)]


# ---- the ledger -----------------------------------------------------------------------------------------
def charges(rounds: Sequence[Round]) -> list[Charge]:
    """Return the calls with their prices."""
    return [Charge(one, prices.price(one.model, one.base_url, one.usage or one.guess)) for one in rounds]


def most(model: Model, ask: engine.Ask, longest: int) -> Decimal | None:
    """Return what a call can cost at most, with an answer of `longest` tokens; None where nobody knows its price.

    Whoever keeps to a sum holds this much before the call, and settles by `charges` when it is over.
    """
    usage = engine.Usage(estimates.read_by(ask), ask.max_tokens or longest)
    return prices.price(model, ask.endpoint.base_url, usage).amount


def cost(made: Sequence[Charge]) -> Cost:
    """Return what answers cost together, as far as it was counted."""
    return prices.total(charge.amount for charge in made if charge.round.is_answer)


def lost(run: Run, guesses: Sequence[engine.Usage]) -> list[Round]:
    """Return the calls of a run whose process is gone, as far as its log tells: of the model that it began with."""
    model = Model(run.provider, run.model, run.model, 0, api_key=run.api_key_id)
    base_url = run.api_key.base_url if run.api_key_id else ""
    return [Round(model, base_url, guess=guess) for guess in guesses]


def record(made: Sequence[Charge], kind: UsageKind, payer: Payer, run: Run | None = None, first: int = 0) -> None:
    """Store the calls, in the present transaction. Those of a run's attempt are stored once.

    `first`: the number of the first of them, where those of an attempt are stored one after the other.
    """
    if not made:
        return
    of_run = {"run": run and run.pk, "attempt": run.attempt if run else 0}
    of_payer = {"person": payer.person, "team": payer.team, "agent": payer.agent}
    rows = orjson.dumps([_row(number, charge) for number, charge in enumerate(made, first)]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"kind": kind, "rows": rows} | of_run | of_payer)


def _row(number: int, charge: Charge) -> dict:
    one, price = charge.round, charge.price
    model = {"api_key": one.model.api_key, "provider": one.model.provider, "model": one.model.id}
    took = (one.usage or one.guess).as_dict()
    amount = None if price.amount is None else str(price.amount)
    told = {"cost": amount, "price_source": price.source, "is_estimate": charge.is_estimate}
    return {"id": uuid7(), "number": number} | model | took | told
