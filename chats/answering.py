"""How a reply is made: a model is asked, its tools are run, and another one is asked where it cannot answer."""

from dataclasses import asdict, dataclass, field, replace
from functools import partial, reduce
from operator import or_

from django.conf import settings

from agents import catalog, costs, engine, keys, tools
from agents.catalog import Model, Reached, Reference
from agents.engine import Turn
from agents.errors import Unavailable
from agents.models import Agent
from agents.runs import loop
from agents.runs.registry import Work
from agents.runs.reply import calls_of
from agents.tools import Bound
from chats import history
from chats.files import parts
from sambung.lib.database import patiently
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

#: Parts of the window for which earlier turns are kept, should the model find a conversation too long.
SHARES = (1, 2, 4, 16)
#: What another model is asked after, as long as nothing has been said.
PASSED_ON = (
    engine.RateLimited,
    engine.QuotaExceeded,
    engine.Overloaded,
    engine.ServerFailed,
    engine.UpstreamError,
    engine.ConnectFailed,
    engine.TimedOut,
    engine.TooLarge,
    engine.PlaceRefused,
    engine.EmptyReply,
    Unavailable,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a reply needs: who answers, the branch above it, how the chat is set, its tools, and who decides."""

    order: tuple[Reference, ...]  # who answers, and who if that one cannot
    workspace: Workspace | None  # of whoever asks; None when they have gone
    settings: dict
    agent: Agent | None
    about: str  # what the model is told about who asks
    turns: tuple[Turn, ...]
    bound: Bound = field(default_factory=Bound)  # the tools that the model may be given
    gate: loop.Gate = field(default_factory=loop.Gate)
    needs_tools: bool = False  # the message names them


class Hearing:
    """Hands a model's events on; notes what is kept of them, that it has answered, and what it does not take."""

    def __init__(self, reached: Reached, sink: engine.Sink, notes: dict) -> None:
        self.has_heard = False
        self.learned: list[engine.Learned] = []
        self._model, self._sink, self._notes = reached.model, sink, notes
        self._round = costs.Round(reached.model, reached.endpoint.base_url)

    def __call__(self, event: engine.Event) -> None:
        if isinstance(event, engine.Learned):
            self.learned.append(event)
            told, known = {"what": event.what, "value": event.value}, self._notes.setdefault("learned", [])
            known += [told] if told not in known else []
            return
        if isinstance(event, engine.Allowance):
            self._notes["limits"] = asdict(event)
        elif not self.has_heard:
            self.has_heard, self._notes["answered"] = True, self._model
            self._notes["rounds"].append(self._round)
        if isinstance(event, engine.Usage):
            self._notes["rounds"][-1] = replace(self._round, usage=event)
        self._sink(event)

    @property
    def model(self) -> Model:
        """The model as it is known by now."""
        return self._model.taught(reduce(or_, (one.manners for one in self.learned), engine.Manners()))


class Answering:
    """One reply that is being made. `notes` takes what is to be kept of it.

    `asked` in the notes is the model that was asked last, `answered` the one that has said something.
    """

    def __init__(self, work: Work, notes: dict, pace: engine.Pace) -> None:
        self._work, self._notes, self._pace = work, notes, pace
        self._asked: Question = work.context
        self._loaded: dict | None = None

    async def make(self, sink: engine.Sink) -> None:
        """Ask and run tools until the model is done. Raises engine.EngineError, and Paused for a person's word."""
        asked, work = self._asked, self._work
        if away := asked.bound.missing:
            self._notes["tools_missing"] = [[one.title, one.why] for one in away]
        self._notes["rounds"] = []
        caller = tools.Caller(asked.workspace, work.topic)
        talk = loop.Conversation(work.base, asked.bound, caller, asked.gate, sink)
        try:
            await talk.hold(self._ask, settings.TOOL_STEPS)
        except loop.Awaited as awaited:
            self._notes["waiting"] = awaited.waiting
            raise

    async def _ask(self, said: tuple[dict, ...], sink: engine.Sink) -> None:
        """Ask one model after the other, until one begins to answer. Whoever has begun goes on."""
        notes, order = self._notes, self._asked.order
        if said:
            order = [notes["answered"].reference] if "answered" in notes else order[:1]
        failures: list[engine.EngineError] = []
        for n, reference in enumerate(order):
            is_last, hearing = n == len(order) - 1, None
            for name in ("asked", "limits"):
                notes.pop(name, None)
            try:
                reached = await patiently(partial(catalog.reach, reference, self._asked.workspace))
                notes["asked"], hearing = reached.model, Hearing(reached, sink, notes)
                try:
                    return await self._ask_one(reached, said, hearing, is_last=is_last)
                finally:
                    await patiently(partial(catalog.remember, reached.model, hearing.learned))
            except history.TooLong:
                notes.pop("asked")  # it has not been asked: nothing is to be said of its key
                raise
            except PASSED_ON as error:
                failures.append(error)
                if is_last or (hearing and hearing.has_heard):
                    raise _told_first(failures) from None
                await self._pass_on(reference, error)
        return None

    async def _pass_on(self, reference: Reference, error: engine.EngineError) -> None:
        """Keep that this model could not answer, for the message and for its key."""
        model = self._notes.get("asked")
        names = {"label": model.label, "key": model.key_label} if model else {}
        told = {"model": reference.model, "why": error.sentence} | names
        self._notes.setdefault("passed_on", []).append(told)
        self._notes.pop("learned", None)
        if model and reference.api_key:
            await patiently(partial(in_thread, keys.note, reference.api_key, error=error.sentence))

    async def _ask_one(self, reached: Reached, said: tuple[dict, ...], hearing: Hearing, *, is_last: bool) -> None:
        """Ask one model; where others stand behind it, once.

        Tokens are estimates: where the conversation is too long for the model all the same, less of it is sent.
        """
        limits = engine.Limits(first_token=settings.MODEL_FIRST_TOKEN, idle=settings.MODEL_IDLE)
        limits = limits if is_last else replace(limits, retries=0)
        for share in SHARES:
            reached = replace(reached, model=hearing.model)
            lessons = max(limits.lessons - len(hearing.learned), 0)
            is_least = share == SHARES[-1] or not calls_of(said)  # long results can be cut further
            try:
                ask, fitting = await self._fitted(reached, said, share)
                return await engine.reply(ask, hearing, replace(limits, lessons=lessons), self._pace)
            except history.TooLong:
                if is_least:
                    raise
            except engine.ContextTooLong:
                if hearing.has_heard or share == SHARES[-1] or (fitting.is_least and is_least):
                    raise
        return None

    async def _files(self) -> dict:
        """The files that the branch names, read when they are first needed."""
        if self._loaded is None:
            chat = self._work.topic.partition(":")[2]
            is_needed = any(parts.of(turn.parts) for turn in self._asked.turns)
            load = partial(in_thread, parts.loaded, self._asked.turns, chat)
            self._loaded = await patiently(load) if is_needed else {}
        return self._loaded

    async def _fitted(self, reached: Reached, said: tuple[dict, ...], share: int) -> tuple[engine.Ask, history.Fitting]:
        """What the model is sent: what fits into its window, or into a `share`th of it. Raises history.TooLong."""
        asked, model = self._asked, reached.model
        if asked.needs_tools and "tools" in model.manners.without:  # it is asked all the same, and refuses
            model = replace(model, tools=None)
        bound, size = history.offered(asked.bound, model)
        aside = size if bound.tools else 0
        if asked.bound.is_wanted and asked.bound.tools and not bound.tools:
            self._notes |= {"tools_left_out": size} if size else {"tools_unseen": True}
        branch, cut = parts.readable(asked.turns, await self._files(), model, share)
        if cut:
            self._notes["files_cut"] = cut
        self._notes.pop("images_unseen", None)
        if model.vision is False and parts.has_image(asked.turns[-1:]):
            self._notes["images_unseen"] = True
        turns = [*branch, Turn("assistant", said)] if said else branch
        system = history.system_prompt(model, asked.settings, asked.about, asked.agent, bound.instructions)
        readable = history.readable(turns, model, bound.offered, share)
        fitting = await history.fit(reached, system, readable, asked.settings.get("max_tokens"), share, aside)
        self._notes["left_out"] = fitting.left_out
        ask = engine.Ask(
            reached.endpoint,
            model.id,
            fitting.turns,
            temperature=asked.settings.get("temperature"),
            max_tokens=fitting.longest,
            reasoning=asked.settings.get("reasoning"),
            continue_last=bool(said) and said[-1]["type"] == "text",
            tools=bound.offered,
            manners=model.manners,
            needs_tools=asked.needs_tools,
        )
        return ask, fitting


def _told_first(failures: list[engine.EngineError]) -> engine.EngineError:
    """What went wrong with a model that was asked says more than that another cannot be reached."""
    return next((error for error in failures if not isinstance(error, Unavailable)), failures[-1])
