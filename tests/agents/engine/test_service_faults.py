"""What goes wrong at services that are asked by the model library, and at the keys of all."""

import asyncio

import pytest

from agents import engine
from agents.engine import errors
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_faults import IMPATIENT, words
from tests.agents.engine.test_services import USER, every, library, name

BEFORE = [
    ("fake-e429", errors.RateLimited, 3),
    ("fake-e500", errors.ServerFailed, 3),
    ("fake-e503", errors.Overloaded, 3),
    ("fake-e529", errors.Overloaded, 3),
    ("fake-html502", errors.ServerFailed, 3),
    ("fake-cut0", errors.ConnectFailed, 3),
    ("fake-eof0", errors.NothingCame, 3),
    ("fake-e401", errors.AuthFailed, 1),
    ("fake-e402", errors.QuotaExceeded, 1),
    ("fake-e403", errors.NotAllowed, 1),
    ("no-such-model", errors.ModelGone, 1),
    ("fake-full", errors.ContextTooLong, 1),
    ("fake-garbage0", errors.Garbled, 1),
    ("fake-err0", errors.UpstreamError, 1),
]
MIDDLE = [
    ("fake-plain-n30-cut10", errors.CutOff),
    ("fake-plain-n30-r200-cut10", errors.CutOff),
    ("fake-plain-n30-fin10", errors.CutOff),
    ("fake-plain-n30-eof10", errors.CutOff),
    ("fake-plain-n30-stall10", errors.TimedOut),
    ("fake-plain-n30-garbage10", errors.Garbled),
    ("fake-plain-n30-bigline10", errors.Garbled),
    ("fake-plain-n30-err10", errors.UpstreamError),
]


@library
@pytest.mark.parametrize(("script", "kind", "requests"), BEFORE)
async def test_before_the_first_token(service: Wire, naps, script, kind, requests):
    heard = await service.hear(name(service, script))

    assert type(heard.error) is kind
    assert heard.events == []
    assert (await service.get("/_stats"))["requests"] == requests
    assert len(naps) == requests - 1


@library
@pytest.mark.parametrize(("script", "kind"), MIDDLE)
async def test_in_the_middle_keeps_the_text(service: Wire, naps, script, kind):
    heard = await service.hear(name(service, script), IMPATIENT if "stall" in script else None)

    assert type(heard.error) is kind
    assert heard.text == words(10)
    assert (heard.ends, naps) == ([], [])


@library
async def test_a_retry_waits_as_long_as_asked(service: Wire, naps):
    heard = await service.hear(name(service, "fake-plain-n3-e429x1"))

    assert heard.text == words(3)
    assert [1 <= nap <= 1.5 for nap in naps] == [True]


@library
async def test_cancelling_closes_the_request_at_once(service: Wire):
    task = asyncio.create_task(engine.reply(service.ask(name(service, "fake-plain-n9-hold3")), print))
    await service.wait("held")

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await service.wait("aborted"))["now"] == 0


@library
@pytest.mark.parametrize(("limits", "phase"), [({"first_token": 0.3}, "first token"), ({"total": 0.3}, "total")])
async def test_a_model_that_takes_too_long(service: Wire, naps, limits, phase):
    script = "fake-t60000" if phase == "first token" else "fake-plain-r50-endless"

    heard = await service.hear(name(service, script), engine.Limits(**limits))

    assert heard.error.phase == phase
    await service.wait("aborted")


@library
async def test_an_answer_that_never_ends(service: Wire):
    heard = await service.hear(name(service, "fake-plain-endless"), engine.Limits(text_chars=2000))

    assert type(heard.error) is engine.TooLong
    assert heard.text == words(len(heard.text.split()))
    await service.wait("aborted")


@every
async def test_a_bad_key_is_never_shown(service: Wire):
    endpoint = service.endpoint_of(service.provider, "bad-key-12345")

    with pytest.raises(engine.AuthFailed) as caught:
        await engine.reply(engine.Ask(endpoint, name(service, "fake-plain-n1"), (USER,)), print)

    assert "12345" not in f"{caught.value!r} {caught.value.params}"


@every
async def test_an_address_inside_needs_the_operators_word(service: Wire):
    known = service.endpoint
    endpoint = engine.Endpoint(known.protocol, known.base_url, "key", provider=known.provider)

    with pytest.raises(engine.AddressRefused):
        await engine.reply(engine.Ask(endpoint, name(service, "fake-n1"), (USER,)), print)

    assert (await service.get("/_stats"))["requests"] == 0


@library
async def test_many_at_once_keep_apart(service: Wire):
    heard = await asyncio.gather(*(service.hear(name(service, f"fake-plain-n{n}")) for n in range(1, 21)))

    assert [one.text for one in heard] == [words(n) for n in range(1, 21)]
