"""How a reply is made: a model is asked, its tools are run, and another one is asked where it cannot answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial, reduce
from operator import or_

from django.conf import settings

from agents import catalog, engine, errors, keys, tools
from agents.catalog import Model, Reached, Reference
from agents.engine import Turn
from agents.errors import Unavailable
from agents.generation import citations, context, going_on, loop
from agents.generation.reply import calls_of
from agents.generation.report import Attachments, NoAttachments, Report
from agents.models import Agent
from agents.runs.registry import Work
from agents.tools import Bound
from agents.usage import meter
from sambung.lib.database import patiently
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

#: Parts of the window for which earlier turns are kept, should the model find a conversation too long.
SHARES = (1, 2, 4, 16)
#: What another model is asked after, as long as nothing has been said: whatever lies with the service, the key or the
#: model, so that the next one need not share it. What the message itself brings about, it would share.
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
    engine.AuthFailed,
    engine.NotAllowed,
    engine.NotFound,
    engine.ModelGone,
    engine.NoTools,
    engine.AddressRefused,
    engine.Garbled,
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
    attachments: Attachments = field(default_factory=NoAttachments)
    pinned: tuple[context.Pinned, ...] = ()  # documents that go along
    most_steps: int | None = None  # how often the model is asked; None: as often as the instance lets it
    searched: tuple[str, ...] = ()  # what the message names to be searched, by its references


class Hearing:
    """Hands a model's events on; notes what is kept of them, that it has answered, and what it does not take."""

    def __init__(self, reached: Reached, sink: engine.Sink, report: Report) -> None:
        self.has_heard = False
        self.learned: list[engine.Learned] = []
        self._model, self._sink, self._report = reached.model, sink, report

    def __call__(self, event: engine.Event) -> None:
        if isinstance(event, engine.Learned):
            self.learned.append(event)
            told, known = {"what": event.what, "value": event.value}, self._report.learned
            known += [told] if told not in known else []
            return None
        if isinstance(event, engine.Writing):  # until the call is whole, another model may answer
            return self._sink(event)
        if isinstance(event, engine.Allowance):
            self._report.limits = asdict(event)
        elif not self.has_heard:
            self.has_heard, self._report.answered = True, self._model
        return self._sink(event)

    @property
    def model(self) -> Model:
        """The model as it is known by now."""
        return self._model.taught(reduce(or_, (one.manners for one in self.learned), engine.Manners()))


class Answering:
    """One reply that is being made. `report` takes what is to be kept of it."""

    def __init__(self, work: Work, report: Report, pace: engine.Pace | None) -> None:
        self._work, self._report, self._pace = work, report, pace
        self._question: Question = work.context
        self._loaded: Mapping | None = None

    async def make(self, sink: engine.Sink) -> None:
        """Ask and run tools until the model is done. Raises engine.EngineError, and Paused for a person's word."""
        question, work = self._question, self._work
        self._report.tools_missing = [{"title": one.title} | one.why.stored for one in question.bound.missing]
        self._report.rounds = []
        numbers = citations.numbers((*(part for turn in question.turns for part in turn.parts), *work.base))
        talk = loop.Conversation(work.base, question.bound, partial(self._caller, numbers), question.gate, sink)
        try:
            await talk.hold(self._ask, question.most_steps or settings.TOOL_STEPS)
        except loop.Awaited as awaited:
            self._report.waiting = awaited.waiting
            raise

    def _caller(self, numbers: Iterator[int]) -> tools.Caller:
        """For whom tools run, and the model that calls them now; `numbers` for what it may cite."""
        question, answered = self._question, self._report.answered
        model = answered.label if answered else question.order[0].model
        asker = (question.workspace, self._work.topic, model, question.agent)
        return tools.Caller(*asker, numbers, run=self._work.run_id, searched=question.searched)

    async def _ask(self, said: tuple[dict, ...], sink: engine.Sink) -> None:
        """Ask one model after the other, until one begins to answer. Whoever has begun goes on."""
        report, order = self._report, self._question.order
        if said:
            order = [report.answered.reference] if report.answered else order[:1]
        failures: list[engine.EngineError] = []
        for n, reference in enumerate(order):
            is_last, hearing = n == len(order) - 1, None
            report.asked = report.limits = None
            try:
                reached = await patiently(partial(catalog.reach, reference, self._question.workspace))
                joint = going_on.Joint(said[-1]["text"], sink) if _must_be_asked(said, reached.model) else None
                report.asked, hearing = reached.model, Hearing(reached, joint or sink, report)
                try:
                    return await self._ask_one(reached, said, hearing, is_last=is_last)
                finally:
                    if joint:
                        joint.flush()
                    await patiently(partial(catalog.remember, reached.model, hearing.learned))
            except context.TooLong:
                report.asked = None  # it has not been: nothing is to be said of its key
                raise
            except PASSED_ON as error:
                failures.append(error)
                if is_last or (hearing and hearing.has_heard):
                    raise _told_first(failures) from None
                await self._pass_on(reference, error)
        return None

    async def _pass_on(self, reference: Reference, error: engine.EngineError) -> None:
        """Keep that this model could not answer, for the message and for its key."""
        model = self._report.asked
        names = {"label": model.label, "key": model.key_label} if model else {}
        why = errors.failure(error)
        self._report.passed_on.append({"model": reference.model} | why.stored | names)
        self._report.learned = []
        if model and reference.api_key:
            await patiently(partial(in_thread, keys.note, reference.api_key, error=why))

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
                limited = replace(limits, lessons=lessons)
                return await meter.reply(self._report.rounds, reached.model, ask, hearing, limited, self._pace)
            except context.TooLong:
                if is_least:
                    raise
            except engine.ContextTooLong:
                if hearing.has_heard or share == SHARES[-1] or (fitting.is_least and is_least):
                    raise
        return None

    async def _files(self) -> Mapping:
        """The files that the branch names, read when they are first needed."""
        turns, held = self._question.turns, self._question.attachments
        if self._loaded is None:
            load = partial(in_thread, held.loaded, turns)
            self._loaded = await patiently(load) if held.are_named(turns) else {}
        return self._loaded

    async def _fitted(self, reached: Reached, said: tuple[dict, ...], share: int) -> tuple[engine.Ask, context.Fitting]:
        """What the model is sent: what fits into its window, or into a `share`th of it. Raises context.TooLong."""
        question, model = self._question, reached.model
        if question.needs_tools and "tools" in model.manners.without:  # it is asked all the same, and refuses
            model = replace(model, tools=None)
        bound, size = context.offered(question.bound, model)
        self._note_tools(bound, size)
        branch, cut = question.attachments.readable(question.turns, await self._files(), model, share)
        self._report.files_cut = cut or self._report.files_cut
        turns = [*branch, Turn("assistant", said)] if said else branch
        asked = [*question.turns[-1:], Turn("assistant", said)]
        self._report.images_unseen = model.vision is False and context.has_image(asked)
        told = (question.settings, question.about, question.agent, bound.instructions, question.pinned)
        readable = context.readable(turns, model, bound.offered, share)
        asking = (going_on.asking(said[-1]["text"]),) if _must_be_asked(said, model) else ()
        aside, longest = size if bound.tools else 0, question.settings.get("max_tokens")
        aside += sum(engine.estimate(turn.weight) + engine.TURN_TOKENS for turn in asking)
        fitting = await context.fit_told(reached, told, readable, longest, share, aside)
        self._report.left_out = fitting.left_out
        ask = engine.Ask(
            reached.endpoint,
            model.id,
            (*fitting.turns, *asking),
            temperature=question.settings.get("temperature"),
            max_tokens=fitting.longest,
            reasoning=question.settings.get("reasoning"),
            continue_last=_is_half(said) and not asking,
            tools=bound.offered,
            manners=model.manners,
            needs_tools=question.needs_tools,
        )
        return ask, fitting

    def _note_tools(self, bound: Bound, size: int) -> None:
        """Keep that tools which somebody counts on do not go along."""
        wanted = self._question.bound
        if not (wanted.is_wanted and wanted.tools) or bound.tools:
            return
        if size:
            self._report.tools_left_out = size
        else:
            self._report.tools_unseen = True


def _is_half(said: Sequence[dict]) -> bool:
    """Whether what was said is the beginning of a text."""
    return bool(said) and said[-1]["type"] == "text"


def _must_be_asked(said: Sequence[dict], model: Model) -> bool:
    """Whether a model goes on with a text only where a turn asks it to."""
    return _is_half(said) and not model.can_continue


def _told_first(failures: list[engine.EngineError]) -> engine.EngineError:
    """What went wrong with a model that was asked says more than that another cannot be reached."""
    return next((error for error in failures if not isinstance(error, Unavailable)), failures[-1])
