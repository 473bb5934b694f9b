"""A service does not take something of a request: it is asked again without, over a real connection."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents import engine
from agents.engine import refusals
from agents.engine.lessons import Lessons
from agents.engine.manners import applied
from bench import scripted_refusals
from tests.agents.engine.conftest import Heard, Wire
from tests.agents.engine.test_faults import words

TOOL = engine.Tool("calculate", "Calculates.", {"type": "object", "properties": {}})
PICTURE = {"type": "image", "image": b"png", "mimeType": "image/png", "name": "a.png"}
CALL = {"type": "tool-call", "toolCallId": "call00001", "toolName": "calculate", "args": {"x": 1}}
RESULT = {"type": "tool-result", "toolCallId": "call00001", "result": "2"}
#: Holds all that is ever refused: it begins with the assistant, and a call was never followed by words.
TURNS = (
    engine.Turn.of("system", "Be brief."),
    engine.Turn.of("assistant", "Welcome."),
    engine.Turn("user", ({"type": "text", "text": "What is this?"}, PICTURE)),
    engine.Turn("assistant", (CALL, RESULT)),
    engine.Turn.of("user", "Well?"),
)
ASKED = {
    "temperature": 0.5,
    "max_tokens": 20_000,
    "reasoning": "high",
    "tools": (TOOL,),
    "output": {"type": "object", "properties": {"a": {"type": "string"}}},
}
ONCE = scripted_refusals.FIELDS | scripted_refusals.ABILITIES
del ONCE["most_images:vllm"]  # of two
#: Some are learned in steps: turns are put in order; that the system prompt goes does not help, that the tools go does.
LEARNED = {"turns:vllm": ["turns", "tools"], "turns:llamacpp": ["turns", "tools"]}
VAIN = {"turns:vllm": 1, "turns:llamacpp": 1}


async def hear(wire: Wire, names, manners: engine.Manners | None = None, **options) -> Heard:
    model = "-".join(("fake-plain-n3", *(f"no:{name}" for name in names)))
    return await wire.hear(model, turns=TURNS, manners=manners or engine.Manners(), **ASKED | options)


async def bodies(wire: Wire) -> list[dict]:
    return await wire.get("/_requests?last=200")


def whats(heard: Heard) -> list[str]:
    return [lesson.what for lesson in heard.learned]


@pytest.mark.parametrize("name", ONCE)
async def test_what_a_service_refuses_is_left_out_and_asked_again(wire: Wire, name):
    heard = await hear(wire, [name])

    assert heard.error is None
    assert heard.text
    expected = LEARNED.get(name, [name.partition(":")[0]])
    assert whats(heard) == expected
    assert len(await bodies(wire)) == len(expected) + VAIN.get(name, 0) + 1
    assert isinstance(heard.ends[-1], engine.Finish)


@pytest.mark.parametrize("name", ONCE)
async def test_what_is_known_is_left_out_at_once(wire: Wire, name):
    learned = (await hear(wire, [name])).learned
    known = engine.Manners()
    for lesson in learned:
        known |= lesson.manners
    stored = engine.Manners.of(known.as_dict())
    await wire.post("/_reset", {})

    heard = await hear(wire, [name], stored)

    assert (heard.error, heard.learned) == (None, [])
    assert len(await bodies(wire)) == 1


async def test_a_field_goes_under_the_name_that_is_asked_for(wire: Wire):
    await hear(wire, ["max_tokens:azure"])

    first, second = await bodies(wire)
    assert first["max_tokens"] == 20_000
    assert second["max_completion_tokens"] == 20_000
    assert "max_tokens" not in second


async def test_an_answer_is_as_long_as_the_model_gives_it(wire: Wire):
    heard = await hear(wire, ["longest:dashscope"])

    assert (await bodies(wire))[-1]["max_tokens"] == scripted_refusals.MOST
    assert heard.learned[0].value == str(scripted_refusals.MOST)


async def test_the_system_prompt_goes_in_front_of_the_first_question(wire: Wire):
    await hear(wire, ["system:vllm"])

    messages = (await bodies(wire))[-1]["messages"]
    assert messages[0] == {"role": "user", "content": "Be brief."}
    assert [message["role"] for message in messages[:3]] == ["user", "assistant", "user"]


async def test_words_stand_for_an_image_and_for_calls(wire: Wire):
    await hear(wire, ["images:deepseek", "tools:ollama"])

    text = str((await bodies(wire))[-1]["messages"])
    assert "[The image “a.png” is not here: this model sees no images.]" in text
    assert '[calculate {"x": 1}]' in text
    assert "image_url" not in text


async def test_turns_alternate(wire: Wire):
    await hear(wire, ["turns:mistral"])

    roles = [message["role"] for message in (await bodies(wire))[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "tool", "assistant", "user"]


async def test_the_form_of_an_answer_is_asked_for_in_words(wire: Wire):
    heard = await hear(wire, ["response_format:deepseek"], tools=())

    last = (await bodies(wire))[-1]
    assert "response_format" not in last
    assert '"properties"' in last["messages"][0]["content"]
    assert heard.error is None


async def test_tools_that_the_person_named_are_not_left_out(wire: Wire):
    heard = await hear(wire, ["tools:ollama"], needs_tools=True)

    assert isinstance(heard.error, engine.BadRequest)
    assert "does not support tools" in heard.error.detail
    assert len(await bodies(wire)) == 1


async def test_what_was_not_sent_teaches_nothing(wire: Wire):
    """The words name a field of which the request holds nothing, so there is nothing to leave out."""
    heard = await wire.hear("fake-plain-n3-no:system:google-n3", turns=(engine.Turn.of("user", "Hi"),))
    assert heard.text == words(3)

    text = "Unrecognized request argument supplied: logit_bias"
    error = engine.BadRequest(text)
    assert engine_lesson(error, text) is None


def engine_lesson(error: engine.EngineError, said: str):
    error.refusal = refusals.read(400, {"error": {"message": said}})
    endpoint = engine.Endpoint("openai", "https://api.example.com/v1")
    return refusals.lesson(error, applied(engine.Ask(endpoint, "m", TURNS)))


async def test_lessons_are_limited(wire: Wire):
    names = ["stream_options:azure", "temperature:openai", "tools:ollama", "images:deepseek"]
    heard = await hear(wire, names)

    assert "unknown variant" in heard.error.detail
    assert whats(heard) == ["stream_options", "temperature", "tools"]
    assert len(await bodies(wire)) == 4
    few = engine.Limits(lessons=0)
    heard = await wire.hear("fake-plain-n3-no:tools:ollama", few, turns=TURNS, tools=(TOOL,))
    assert "does not support tools" in heard.error.detail


def refusal(said: str, status: int = 400) -> engine.EngineError:
    error = engine.BadRequest(said)
    error.refusal = refusals.read(status, {"error": {"message": said}})
    return error


ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/..."
TWO_ROLES = "messages.0.role: Input should be 'user' or 'assistant'"


def learned(*refused: str, turns=TURNS, **options) -> tuple[list[str], engine.Ask]:
    """What is told, and what was sent last, after these refusals and an answer."""
    told: list[engine.Learned] = []
    endpoint = engine.Endpoint("openai", "https://api.example.com/v1")
    lessons = Lessons(engine.Ask(endpoint, "m", turns, tools=(TOOL,), **options), told.append, most=3)
    for said in refused:
        assert lessons.learn(refusal(said))
    lessons.hand(engine.Text("Well."))
    return [one.what for one in told if isinstance(one, engine.Learned)], lessons.ask


def test_a_guess_that_did_not_help_is_taken_back_and_not_remembered():
    whats, ask = learned(TWO_ROLES, TWO_ROLES)

    assert whats == ["tools"]
    assert ask.manners.without == {"tools"}
    assert ask.turns[0].role == "system"


def test_a_guess_that_helped_is_kept_where_another_thing_is_refused():
    whats, ask = learned(TWO_ROLES, "Unrecognized request argument supplied: temperature", temperature=0.5)

    assert whats == ["system", "temperature"]
    assert ask.manners.without == {"system", "temperature"}


def test_turns_that_alternate_without_the_tools_needed_no_line():
    """What was put behind a tool's result made no difference, for results go as words."""
    turns = (TURNS[0], TURNS[2], *TURNS[3:])

    whats, ask = learned(ALTERNATE, ALTERNATE, ALTERNATE, turns=turns)

    assert whats == ["tools"]
    assert ask.tools == ()


def test_what_was_guessed_in_vain_is_not_told_where_nothing_helps():
    told: list[engine.Learned] = []
    endpoint = engine.Endpoint("openai", "https://api.example.com/v1")
    lessons = Lessons(engine.Ask(endpoint, "m", TURNS, tools=(TOOL,)), told.append, most=3)

    assert [lessons.learn(refusal(TWO_ROLES)) for _ in range(3)] == [True, True, False]
    assert told == []


async def test_a_title_learns_too(wire: Wire):
    heard = Heard()
    ask = replace(wire.ask("fake-plain-n3-no:max_tokens:azure"), max_tokens=200)

    assert await engine.complete(ask, sink=heard.take) == words(3)
    assert [lesson.what for lesson in heard.learned] == ["max_tokens"]


# ---- any mixture ----------------------------------------------------------------------------------------
@st.composite
def mixtures(draw) -> list[str]:
    """Refusals in any order, at most one of each kind."""
    kinds = draw(st.lists(st.sampled_from(sorted({name.partition(":")[0] for name in ONCE})), min_size=1, unique=True))
    return [draw(st.sampled_from([name for name in ONCE if name.startswith(f"{kind}:")])) for kind in kinds]


@given(names=mixtures())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_mixture_is_answered_or_ends_in_a_sentence_and_can_go_on(wire: Wire, names):
    """Three lessons at a time: what was learned is known the next time, so every chat goes on in the end."""
    known = engine.Manners()
    for _ in range(len(names) + 1):
        await wire.post("/_reset", {})
        heard = await hear(wire, names, known)
        assert len(heard.learned) < len(await bodies(wire)) <= 4
        for lesson in heard.learned:
            assert known | lesson.manners != known
            known |= lesson.manners
        if heard.error is None:
            break
        assert heard.learned
        assert len(await bodies(wire)) == 4
        assert type(heard.error) is engine.BadRequest
    assert heard.error is None
    assert heard.text


async def test_where_one_image_is_taken_the_newest_goes(wire: Wire):
    """vLLM takes one image for a request unless it is told otherwise; with a second one a chat was dead for good."""
    turns = (
        engine.Turn("user", (PICTURE, PICTURE)),
        engine.Turn.of("assistant", "A cat."),
        engine.Turn("user", (PICTURE,)),
    )

    heard = await wire.hear("fake-plain-n3-no:most_images:vllm", turns=turns)

    assert (heard.error, whats(heard)) == (None, ["most_images"])
    first, last = (await bodies(wire))[-1]["messages"][::2]
    assert first["content"] == "[The image “a.png” is not here any more: this model takes no more images.]" * 2
    assert [part["type"] for part in last["content"]] == ["image_url"]
    known = engine.Manners.of(heard.learned[0].manners.as_dict())
    assert (await wire.hear("fake-plain-n3-no:most_images:vllm", turns=turns, manners=known)).learned == []


async def test_two_questions_in_a_row_are_one_message(wire: Wire):
    turns = (*(engine.Turn.of("user", text) for text in ("One?", "Two?")), engine.Turn("user", (PICTURE,)))
    heard = await wire.hear("fake-plain-n3-no:turns:vllm", turns=turns)

    assert heard.learned == []
    ((message,),) = [body["messages"] for body in await bodies(wire)]
    assert [part["type"] for part in message["content"]] == ["text", "image_url"]
    assert message["content"][0]["text"] == "One?\n\nTwo?"
