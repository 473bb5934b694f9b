"""What the model is told: whole turns that fit its window."""

import pytest

from agents import catalog, engine, errors
from agents.engine import Turn
from agents.generation import context
from agents.models import Agent

ENDPOINT = engine.Endpoint("openai", "http://127.0.0.1:1/v1", trusted=True)


def model(window: int, *, has_tokenizer: bool = False, provider: str = "openai_compatible") -> catalog.Model:
    return catalog.Model(provider, "m", "M", window, has_tokenizer=has_tokenizer, can_continue=False)


def reached(window: int, **options) -> catalog.Reached:
    return catalog.Reached(model(window, **options), ENDPOINT)


def turns(*texts: str) -> list[Turn]:
    """Question and answer in turn."""
    return [Turn.of(("user", "assistant")[n % 2], text) for n, text in enumerate(texts)]


def said(fitting: context.Fitting) -> list[str]:
    return [turn.parts[0]["text"] for turn in fitting.turns]


async def test_all_of_it_goes_where_it_fits():
    fitting = await context.fit(reached(1000), "Be brief.", turns("one", "two", "three"), None)
    assert said(fitting) == ["Be brief.", "one", "two", "three"]
    assert fitting.left_out == 0


async def test_whole_turns_are_left_out_oldest_first():
    """Window 400, a quarter kept for the answer; three turns of about 136 tokens each, of which one does not fit."""
    long = "x" * 180
    found = await context.fit(reached(400), "s", turns("a" + long, long, "b" + long, long, "c" + long), None)
    assert said(found) == ["s", "b" + long, long, "c" + long]
    assert found.left_out == 2
    assert found.turns[1].role == "user"


async def test_an_answer_is_never_sent_without_its_question():
    for window in range(200, 900, 20):
        long = "x" * 50
        found = await context.fit(reached(window), "s", turns(*[long] * 8, "end"), None)
        assert found.turns[1].role == "user"
        assert found.left_out % 2 == 0
        assert found.turns[-1].parts[0]["text"] == "end"


async def test_what_is_sent_leaves_room_for_the_answer():
    for window in (300, 500, 2048):
        for longest in (None, 1, 200, 10_000):
            kept = min(longest or context.RESERVE, window // context.RESERVE_SHARE)
            found = await context.fit(reached(window), "sys", turns(*["é漢" * 9] * 30, "end"), longest)
            sent = sum(engine.estimate(text) for text in said(found))
            assert sent <= window - kept
            assert found.longest is None or kept <= found.longest <= max(window - sent, longest)


async def test_a_last_message_above_the_window_is_told_with_both_sizes():
    with pytest.raises(context.TooLong) as caught:
        await context.fit(reached(400), "s", turns("x" * 1200), None)
    assert caught.value.code == "message_about_too_long"
    told = errors.failure(caught.value).sentence
    assert "takes about 408 tokens" in told
    assert "Shorten it, or choose another model" in told


async def test_the_tokenizer_is_asked_only_when_the_bound_leaves_it_open(monkeypatch):
    asked = []

    async def count(endpoint, name, texts):
        asked.append(list(texts))
        return [len(text) // 4 for text in texts]

    monkeypatch.setattr(engine, "count_tokens", count)
    await context.fit(reached(1000, has_tokenizer=True), "s", turns("short"), None)
    assert asked == []
    fitting = await context.fit(reached(1000, has_tokenizer=True), "s", turns("x" * 2000), None)
    assert asked == [["s"], ["x" * 2000]]
    assert fitting.left_out == 0


async def test_only_what_may_fit_is_counted(monkeypatch):
    asked = []

    async def count(endpoint, name, texts):
        asked.extend(texts)
        return [len(text) // 4 for text in texts]

    monkeypatch.setattr(engine, "count_tokens", count)
    texts = [f"{n:04} {'x' * 395}" for n in range(5001)]
    fitting = await context.fit(reached(3000, has_tokenizer=True), "s", turns(*texts), None)
    assert len(asked) == 1 + context.STRETCH
    assert fitting.turns[-1].parts[0]["text"] == texts[-1]
    assert 4970 < fitting.left_out < 5000


async def test_a_long_system_prompt_is_counted_before_anything_else(monkeypatch):
    """By its bytes it would take most of the window, and the more so the longer the chat."""

    async def count(endpoint, name, texts):
        return [len(text) // 4 for text in texts]

    monkeypatch.setattr(engine, "count_tokens", count)
    kept = set()
    for length in (31, 33, 61, 201):
        texts = [f"{n:04} {'x' * 275}" for n in range(length)]
        found = await context.fit(reached(2048, has_tokenizer=True), "s" * 1615, turns(*texts), None)
        kept.add(len(found.turns))
        assert found.turns[-1].parts[0]["text"] == texts[-1]
    assert kept == {14}


@pytest.mark.parametrize("has_tokenizer", [False, True])
async def test_a_system_prompt_above_the_window_is_told_as_such(monkeypatch, has_tokenizer):
    async def count(endpoint, name, texts):
        return [len(text) for text in texts]

    monkeypatch.setattr(engine, "count_tokens", count)
    with pytest.raises(context.TooLong) as caught:
        await context.fit(
            reached(400, has_tokenizer=has_tokenizer), "s" * (500 if has_tokenizer else 1500), turns("one"), None
        )
    assert errors.failure(caught.value).sentence.startswith("The system prompt takes 50")


LONG = "s" * 1500


@pytest.mark.parametrize(
    ("settings", "about", "code", "place"),
    [
        ({"system_prompt": LONG}, "", "system_prompt_too_long", None),
        (
            {"system_prompt": f"{LONG}\n\nOwn", "folder_prompt": {"text": LONG, "folder": "f"}},
            "",
            "folder_prompt_too_long",
            "f",
        ),
        (
            {"system_prompt": f"Fo\n\n{LONG}", "folder_prompt": {"text": "Fo", "folder": "f"}},
            "",
            "system_prompt_too_long",
            None,
        ),
        ({}, LONG, "about_too_long", None),
    ],
)
async def test_what_takes_most_before_the_conversation_is_named(settings, about, code, place):
    with pytest.raises(context.TooLong) as caught:
        await context.fit_told(reached(400), (settings, about, None), turns("one"), None)
    assert (caught.value.code, caught.value.params.get("place")) == (code, place)
    assert caught.value.params["window"] == 300


async def test_instructions_of_an_agent_are_named():
    agent = Agent(instructions=LONG)
    with pytest.raises(context.TooLong) as caught:
        await context.fit_told(reached(400), ({"system_prompt": "Own"}, "", agent), turns("one"), None)
    assert (caught.value.code, caught.value.params["place"]) == ("instructions_too_long", str(agent.pk))


async def test_reasoning_is_not_counted():
    thought = Turn("assistant", ({"type": "reasoning", "text": "x" * 5000}, {"type": "text", "text": "two"}))
    fitting = await context.fit(reached(600), "s", [turns("one")[0], thought, *turns("three")], None)
    assert fitting.left_out == 0


async def test_a_variant_at_the_top_goes_with_the_first_question():
    opening = Turn.of("assistant", "Welcome")
    fitting = await context.fit(reached(600), "s", [opening, *turns("one")], None)
    assert said(fitting) == ["s", "Welcome", "one"]
    assert fitting.left_out == 0


@pytest.mark.parametrize(
    ("provider", "settings", "prompt"),
    [
        ("openai_compatible", {}, context.SYSTEM_PROMPT),
        ("bundled", {}, context.BUNDLED_SYSTEM_PROMPT),
        ("bundled", {"system_prompt": "Be a pirate."}, "Be a pirate."),
    ],
)
def test_system_prompt(provider, settings, prompt):
    assert context.system_prompt(model(400, provider=provider), settings) == prompt
