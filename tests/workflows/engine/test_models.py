"""Model nodes: a text, an answer by a schema that is mended once, and what a run may spend."""

import pytest

from agents.engine import Finish, Text, Usage
from agents.models import UsageEntry
from sambung.lib.threads import in_thread
from tests.factories import Sketch, line
from workflows.engine.executors import models as nodes

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
MODEL = {"provider": "bundled", "model": "scripted"}


@pytest.fixture
def answers(monkeypatch):
    """What the model says, one after the other; and what it was asked."""
    said, asked = [], []

    async def reply(ask, sink, limits, pace):
        asked.append(ask)
        sink(Text(said.pop(0)))
        sink(Usage(10, 5))
        sink(Finish("stop"))

    async def reach(reference, workspace):
        model = nodes.catalog.Model("bundled", reference.model, reference.model, 8_000)
        return nodes.catalog.Reached(model, nodes.engine.Endpoint("openai", "http://127.0.0.1:9/v1", trusted=True))

    monkeypatch.setattr(nodes.meter.engine, "reply", reply)
    monkeypatch.setattr(nodes.catalog, "reach", reach)
    reply.said, reply.asked = said, asked
    return reply


def asking(**data) -> Sketch:
    """A model that is asked, and its answer."""
    messages = [{"role": "user", "content": [{"text": "Where is {{ it }}?"}]}]
    sketch = line(("llm", {"model": MODEL, "messages": messages} | data))
    sketch.nodes[-1]["data"]["values"] = [{"name": "said", "value": sketch.value("llm0", "answer")}]
    return sketch


async def test_a_text_and_what_it_took(play, answers, alice):
    answers.said.append("In Ende.")
    played = await play(asking())
    assert played.row.output == {"said": "In Ende."}
    assert answers.asked[0].turns[0].text == "Where is {{ it }}?"
    step = played.steps["llm0"]
    assert (step.usage, step.cost) == ({"inputTokens": 10, "outputTokens": 5}, 0)
    entry = await in_thread(UsageEntry.objects.get)
    assert (entry.kind, entry.run_id, entry.user_id, entry.input_tokens) == ("workflow", played.run.pk, alice.pk, 10)
    assert played.run.usage == {"steps": 3, "tokens": 15}


@pytest.mark.parametrize("first", ["no JSON", '{"town": "Ende"}', '```json\n{"city": 1}\n```'])
async def test_an_answer_that_does_not_fit_is_mended_once(play, answers, first):
    answers.said += [first, '```json\n{"city": "Ende"}\n```']
    played = await play(asking(answer={"type": "structured", "schema": SCHEMA}))
    assert played.row.output == {"said": {"city": "Ende"}}
    assert [turn.role for turn in answers.asked[1].turns] == ["user", "assistant", "user"]
    assert await in_thread(lambda: list(UsageEntry.objects.values_list("number", flat=True).order_by("number"))) == [
        0,
        1,
    ]


async def test_what_cannot_be_mended_fails_and_keeps_what_was_said(play, answers):
    answers.said += ["no", "still no"]
    played = await play(asking(answer={"type": "structured", "schema": SCHEMA}))
    assert played.run.error_code == "workflow_answer_unfit"
    assert played.steps["llm0"].output == {"raw": "still no"}


@pytest.mark.parametrize(("limit", "code"), [({"tokens": 14}, "tokens"), ({"money": 0.01}, "money")])
async def test_what_a_run_may_spend_is_kept_to(play, answers, monkeypatch, limit, code):
    answers.said += ["one", "two"]
    monkeypatch.setattr(nodes.meter, "most", lambda *_: nodes.Decimal("0.02"))
    played = await play(asking(), limits=limit)
    assert (played.status, played.run.error_code) == ("stopped", f"workflow_limit_{code}")
    assert len(answers.asked) == (code == "tokens")


async def test_a_price_that_nobody_knows_cannot_be_kept_to(play, answers, monkeypatch):
    monkeypatch.setattr(nodes.meter, "most", lambda *_: None)
    played = await play(asking(), limits={"money": 1})
    assert (played.run.error_code, answers.asked) == ("workflow_price_unknown", [])


async def test_the_runs_model_is_asked_where_the_node_names_none(play, answers, monkeypatch):
    found = nodes.catalog.Model("bundled", "usual", "Usual", 8_000)
    monkeypatch.setattr(nodes.catalog, "default", lambda workspace: found)
    answers.said.append("x")
    played = await play(asking(model=None))
    assert played.steps["llm0"].output["model"] == {"provider": "bundled", "model": "usual"}


async def test_a_test_asks_nobody(play, answers):
    sketch = asking()
    mocks = {"nodes": {sketch.ids["llm0"]: {"output": {"answer": "mocked"}}}}
    assert (await play(sketch, mocks=mocks)).row.output == {"said": "mocked"}
    assert (await play(asking(), mocks={})).run.error_code == "workflow_no_mock"
    assert answers.asked == []
