"""A request as its model takes it, for every protocol alike."""

import pytest

from agents import engine
from agents.engine import Manners
from agents.engine.manners import applied, joined, trimmed
from tests.agents.engine.conftest import Wire

SYSTEM, USER = engine.Turn.of("system", "Be brief."), engine.Turn.of("user", "Hi.")


def ask(provider: str = "", model: str = "m", *turns: engine.Turn, **options) -> engine.Ask:
    endpoint = engine.Endpoint(engine.protocol_of(provider), "https://api.example.com/v1", provider=provider)
    return engine.Ask(endpoint, model, turns or (SYSTEM, USER), **options)


@pytest.mark.parametrize(("model", "roles"), [("gemma-3-27b-it", ["user"]), ("gemini-2.5-flash", ["system", "user"])])
def test_gemma_at_google_takes_no_system_prompt(model, roles):
    found = applied(ask("google", model))

    assert [turn.role for turn in found.turns] == roles
    assert found.turns[-1].text.endswith("Hi.")
    assert "".join(turn.text for turn in found.turns).startswith("Be brief.")


@pytest.mark.parametrize("service", ["anthropic", "google"], indirect=True)
async def test_a_conversation_that_begins_with_the_model_is_answered(service: Wire):
    turns = (SYSTEM, engine.Turn.of("assistant", "Welcome."), USER)

    heard = await service.hear("fake-plain-n3", turns=turns, max_tokens=100)

    assert (heard.error, heard.text) == (None, "w0 w1 w2 ")


def test_what_is_plain_stays_as_it_is():
    asked = ask(temperature=0.5, max_tokens=7)
    assert applied(asked) == asked


def test_signed_texts_are_not_run_together():
    signed = {"type": "text", "text": "a", "providerMetadata": {"google": {"thoughtSignature": "s"}}}
    plain = {"type": "text", "text": "b"}
    (turn,) = joined(
        (engine.Turn("assistant", (signed,)), engine.Turn("assistant", (plain,)), engine.Turn("assistant", ()))
    )
    assert turn.parts == (signed, plain)


def test_fields_of_a_body():
    body = {"model": "m", "stream": True, "stream_options": {}, "max_tokens": 5, "continue_final_message": True}
    without = Manners(frozenset({"continue_final_message", "tools"}), {"max_tokens": "max_completion_tokens"})
    assert trimmed(body | {"add_generation_prompt": False}, without) == {
        "model": "m",
        "stream": True,
        "stream_options": {},
        "max_completion_tokens": 5,
    }
    assert trimmed(body, Manners(frozenset({"stream", "max_tokens"}))) == {"model": "m", "continue_final_message": True}


def test_what_is_stored_is_read_again():
    known = Manners(frozenset({"tools", "turns"}), {"max_tokens": "max_completion_tokens"}, 4096)
    assert Manners.of(known.as_dict()) == known
    assert Manners().as_dict() == {}
    assert not Manners()
    assert (Manners(longest=9) | Manners(longest=4)).longest == 4
