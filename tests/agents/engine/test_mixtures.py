"""Servers with any mixture of manners, over the wire: what they said arrives, whole and in its place, or is told."""

import asyncio
from collections.abc import Callable

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import engine
from agents.engine import chat
from bench.manners import DELTAS, TAGS, VALUES
from bench.scripted_lists import SHAPES
from tests.agents.engine.conftest import Heard, Wire
from tests.agents.engine.test_faults import words

TOOLS = tuple(
    engine.Tool(name, "Does it.", {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
    for name in ("get_weather", "add", "get")
)
ENDS = ("stop", "length", "content_filter", "error", "nobody_knows", "tool_calls", "null", "MALFORMED_FUNCTION_CALL")
FAULTS = ("", "-err1", "-err3", "-cut2", "-eof3", "-garbage2", "-empty1")
MIXTURES = {key: st.sampled_from(values) for key, values in VALUES.items()}
#: Why an answer may be none, or not whole; anything else is a fault of ours.
TOLD = (engine.EmptyReply, engine.UpstreamError, engine.CutOff, engine.Garbled, engine.ConnectFailed, engine.Paused)


def named(script: str, manners: dict[str, str], finish: str = "") -> str:
    """A model's name that says all this."""
    found = [f"{key}_{value}" for key, value in manners.items()]
    return "-".join([script, *found, *([f"finish_{finish}"] if finish else [])])


@pytest_asyncio.fixture
async def play(wire: Wire, naps) -> Callable[..., Heard]:
    """Ask a model in this event loop, from another thread."""
    loop = asyncio.get_running_loop()

    def asked(model: str, **options) -> Heard:
        return asyncio.run_coroutine_threadsafe(wire.hear(model, **options), loop).result(60)

    return asked


async def mixed(check: Callable, **strategies) -> None:
    """Have hypothesis check mixtures in a thread, so that the loop is free for what is asked."""
    await asyncio.to_thread(settings(max_examples=60, deadline=None)(given(**strategies)(check)))


async def test_an_answer_arrives_whole_whatever_the_manners(play):
    def check(manners, length, script):
        heard = play(named(f"{script}-n{length}", manners))

        half = length // 2 if "think" in script else 0
        assert heard.error is None
        assert heard.reasoning.split() == words(half).split()
        assert heard.text.split() == words(length, half).split()

    closed = [kind for kind in (*DELTAS, *TAGS) if kind not in ("unclosed", "rest")]
    manners = MIXTURES | {"thoughts": st.sampled_from(closed)}
    scripts = st.sampled_from(["fake-plain", "fake-plain-think"])
    await mixed(check, manners=st.fixed_dictionaries(manners), length=st.integers(2, 9), script=scripts)


async def test_calls_arrive_whole_whatever_the_manners(play):
    def check(manners, calls, finish):
        heard = play(named(f"fake-plain-n4-tool-calls{calls}", manners, finish), tools=TOOLS)

        assert heard.error is None
        assert [(call.name, call.args, call.problem) for call in heard.calls] == [
            (tool.name, {"city": "sample city"}, "") for tool in (TOOLS * 2)[:calls]
        ]

    manners = st.fixed_dictionaries(MIXTURES)
    await mixed(check, manners=manners, calls=st.integers(1, 5), finish=st.sampled_from(["", "stop"]))


async def test_no_mixture_ends_in_an_exception_a_lost_letter_or_a_chat_that_cannot_go_on(play):
    def check(manners, script, length, finish):
        heard = play(named(f"{script}-n{length}", manners, finish))

        assert heard.error is None or isinstance(heard.error, TOLD)
        assert bool(heard.text.strip()) or heard.error
        said = (heard.reasoning + heard.text).split()
        assert said == words(len(said)).split()
        assert heard.error or len(said) == length
        turns = engine.Turn.of("user", "Hello"), engine.Turn("assistant", heard.parts), engine.Turn.of("user", "On.")
        roles = [message["role"] for turn in turns for message in chat.messages_of(turn)]
        assert roles == (["user", "assistant", "user"] if heard.text else ["user", "user"])
        assert play("fake-plain-n2", turns=turns).error is None

    scripts = (f"fake-plain{thinks}{fault}" for thinks in ("", "-think") for fault in FAULTS)
    await mixed(
        check,
        manners=st.fixed_dictionaries(MIXTURES),
        script=st.sampled_from(list(scripts)),
        length=st.integers(0, 8),
        finish=st.sampled_from(ENDS),
    )


@pytest.mark.filterwarnings("ignore:.* is not a valid FinishReason")
@pytest.mark.parametrize("service", ["responses", "anthropic", "google"], indirect=True)
async def test_no_end_of_other_services_is_silent(play, service):
    def check(script, length, finish):
        heard = play(named(f"{script}-n{length}", {}, finish))

        assert heard.error is None or isinstance(heard.error, TOLD)
        assert bool(heard.text.strip()) or heard.error
        said = (heard.reasoning + heard.text).split()
        assert said == words(len(said)).split()
        assert heard.error or len(said) == length

    scripts = (f"fake-plain{thinks}{fault}" for thinks in ("", "-think") for fault in FAULTS)
    ends = ("SAFETY", "RECITATION", "refusal", "pause_turn", "MALFORMED_FUNCTION_CALL", "OTHER", "NOBODY_KNOWS")
    script, finish = st.sampled_from(list(scripts)), st.sampled_from(ends)
    await mixed(check, script=script, length=st.integers(0, 6), finish=finish)


@pytest.mark.parametrize("shape", [*SHAPES, "page", "none"])
async def test_a_list_of_any_shape_is_read_whole_or_refused(wire: Wire, shape):
    endpoint = engine.Endpoint("openai", f"{wire.url}/lists/{shape}/v1", trusted=True)
    if shape in ("usual", "bare", "names", "models", "odd", "figures", "empty"):
        names = [model.id for model in await engine.list_models(endpoint)]
        assert names == ([] if shape == "empty" else ["fake-plain-n4", "fake-n4"])
        return
    with pytest.raises(engine.EngineError):
        await engine.list_models(endpoint)
