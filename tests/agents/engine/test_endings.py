"""How answers end, in the words of each service, and what is said where nothing else was."""

import typing

import anthropic.types
import anthropic.types.beta
import google.genai.types
import openai.types.chat.chat_completion
import pytest

from agents.engine import errors
from agents.engine.endings import WORDS, fault_of, kind_of
from agents.engine.partial import PartialReply
from agents.engine.values import End, Finish, Limits, Reasoning, Text
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_faults import words
from tests.agents.engine.test_services import name

#: The SDK's, of a word that is new to it.
pytestmark = pytest.mark.filterwarnings("ignore:.* is not a valid (Finish|Blocked)Reason")

#: Google's words that say nothing of the reason.
VAGUE = {"FINISH_REASON_UNSPECIFIED", "BLOCKED_REASON_UNSPECIFIED", "OTHER", "NO_IMAGE", "IMAGE_OTHER"}
EMPTY, LENGTH, FILTERED, BROKEN = (
    errors.EmptyReply,
    errors.NothingWithinLength,
    errors.Filtered,
    errors.BrokenCall,
)


def _words_of_sdks() -> set[str]:
    """Every word that the services' own libraries know for an end."""
    choice = openai.types.chat.chat_completion.Choice.model_fields["finish_reason"].annotation
    of_google = (*google.genai.types.FinishReason, *google.genai.types.BlockedReason)
    return {
        *typing.get_args(choice),
        *typing.get_args(anthropic.types.StopReason),
        *typing.get_args(anthropic.types.beta.BetaStopReason),
        *(word.value for word in of_google),
    }


@pytest.mark.parametrize("word", sorted(_words_of_sdks() - VAGUE))
def test_every_word_of_the_sdks_is_known(word):
    assert kind_of(word) != "other"


def test_words_are_of_one_kind_each():
    known = [word for kind in WORDS.values() for word in kind]

    assert len(known) == len(set(known))
    assert set(WORDS) | {"other", "no_call"} == set(typing.get_args(End))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        (None, "stop"),
        ("STOP", "stop"),
        ("function_call_filter: MALFORMED_FUNCTION_CALL", "broken_call"),
        ("content_filter: RECITATION", "content_filter"),
        ("because", "other"),
    ],
)
def test_other_spellings(word, kind):
    assert kind_of(word) == kind


# ---- nothing at all -------------------------------------------------------------------------------------
NOTHING = [
    ("openai", "stop", EMPTY),
    ("openai", "length", LENGTH),
    ("openai", "content_filter", FILTERED),
    ("openai", "tool_calls", BROKEN),
    ("openai", "error", EMPTY),
    ("openai", "nobody_knows", EMPTY),
    ("responses", "content_filter", FILTERED),
    ("responses", "max_output_tokens", LENGTH),
    ("responses", "nobody_knows", EMPTY),
    ("anthropic", "end_turn", EMPTY),
    ("anthropic", "refusal", FILTERED),
    ("anthropic", "pause_turn", EMPTY),
    ("anthropic", "max_tokens", LENGTH),
    ("anthropic", "nobody_knows", EMPTY),
    ("google", "STOP", EMPTY),
    ("google", "MAX_TOKENS", LENGTH),
    ("google", "SAFETY", FILTERED),
    ("google", "RECITATION", FILTERED),
    ("google", "PROHIBITED_CONTENT", FILTERED),
    ("google", "MALFORMED_FUNCTION_CALL", BROKEN),
    ("google", "UNEXPECTED_TOOL_CALL", BROKEN),
    ("google", "TOO_MANY_TOOL_CALLS", BROKEN),
    ("google", "OTHER", EMPTY),
    ("google", "FINISH_REASON_UNSPECIFIED", EMPTY),
    ("google", "NOBODY_KNOWS", EMPTY),
]


@pytest.mark.parametrize(("service", "word", "kind"), NOTHING, indirect=["service"])
async def test_an_answer_of_nothing(service: Wire, naps, word, kind):
    heard = await service.hear(name(service, f"fake-n0-finish_{word}"))

    assert type(heard.error) is kind
    assert (heard.events, naps) == ([], [])


@pytest.mark.parametrize("reason", ["PROHIBITED_CONTENT", "SAFETY", "OTHER", "NOBODY_KNOWS"])
@pytest.mark.parametrize("service", ["google"], indirect=True)
async def test_a_question_that_google_has_blocked(service: Wire, reason):
    heard = await service.hear(name(service, f"fake-n0-block_{reason}"))

    assert type(heard.error) is FILTERED


# ---- a half, a thought, a call --------------------------------------------------------------------------
HALVES = [
    ("openai", "content_filter", None, "content_filter"),
    ("openai", "nobody_knows", None, "other"),
    ("openai", "error", errors.UpstreamError, ""),
    ("openai", "tool_calls", None, "no_call"),
    ("openai", "function_call", None, "no_call"),
    ("anthropic", "tool_use", None, "no_call"),
    ("responses", "content_filter", None, "content_filter"),
    ("responses", "nobody_knows", None, "other"),
    ("anthropic", "refusal", None, "content_filter"),
    ("anthropic", "pause_turn", errors.Paused, ""),
    ("anthropic", "model_context_window_exceeded", None, "length"),
    ("google", "RECITATION", None, "content_filter"),
    ("google", "MALFORMED_FUNCTION_CALL", BROKEN, ""),
    ("google", "OTHER", None, "other"),
    ("google", "NOBODY_KNOWS", None, "other"),
]


@pytest.mark.parametrize(("service", "word", "kind", "reason"), HALVES, indirect=["service"])
async def test_half_an_answer(service: Wire, word, kind, reason):
    heard = await service.hear(name(service, f"fake-plain-n4-finish_{word}"))

    assert heard.text == words(4)
    assert heard.usage is not None
    assert type(heard.error) is (kind or type(None))
    assert heard.ends[1:] == ([] if kind else [Finish(reason)])


@pytest.mark.parametrize("thoughts", ["field", "unclosed"])
@pytest.mark.parametrize(("finish", "kind"), [("stop", errors.ThoughtOnly), ("length", LENGTH)])
async def test_a_thought_that_no_answer_followed(wire: Wire, thoughts, finish, kind):
    await wire.post(
        "/_script",
        {
            "model": "m",
            "reasoning": "Hm, hm.",
            "text": "",
            "like": f"fake-thoughts_{thoughts}-finish_{finish}",
        },
    )

    heard = await wire.hear("m")

    assert (heard.reasoning.strip(), heard.text) == ("Hm, hm.", "")
    assert type(heard.error) is kind


def spoken(*events, reason: str = "stop", **known) -> PartialReply:
    """A partial reply that has said this."""
    partial = PartialReply([].append, Limits())
    for event in events:
        partial.say(type(event), event.text)
    partial.finish_reason = reason
    for field, value in known.items():
        setattr(partial, field, value)
    return partial


@pytest.mark.parametrize("reason", ["stop", "content_filter", "error", "MALFORMED_FUNCTION_CALL"])
def test_calls_are_an_answer(reason):
    assert fault_of(spoken(has_called=True, reason=reason)) is None


@pytest.mark.parametrize("blank", ["", "\n\n", " \n \t"])
def test_blanks_are_no_answer(blank):
    partial = spoken(Text(blank))

    assert (type(fault_of(partial)), partial.has_spoken) == (EMPTY, False)
    assert type(fault_of(spoken(Reasoning("Hm."), Text(blank)))) is errors.ThoughtOnly


def test_an_answer_that_was_reconsidered_is_none():
    partial = spoken(Text("Hm."))
    partial.reconsider()

    assert type(fault_of(partial)) is errors.ThoughtOnly


def test_the_service_may_explain_itself():
    fault = fault_of(spoken(reason="refusal", explanation="It is about weapons."))

    assert fault.detail == "It is about weapons."
