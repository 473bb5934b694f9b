"""What is away for a while or for good: the database, rights, keys, models, kinds of nodes that this server knows."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, connections, transaction

from agents.models import ApiKey, Run
from sambung.lib.threads import in_thread
from tests import databases, factories
from tests.agents.toolkits.places import Answer, serving
from tests.factories import Sketch, line
from tests.workflows.engine.conftest import RESTING, resting
from tests.workflows.engine.test_recovery import done, left_behind
from tests.workflows.engine.test_waiting import asking
from workflows.engine import deciding
from workflows.models import WorkflowRun, WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def database() -> Callable:
    """Take the database away, or give it back, as a server that is killed and started again does."""
    name = connection.settings_dict["NAME"]

    def set_(is_there: bool) -> None:
        connections.close_all()
        with psycopg.connect(databases.url_of("postgres"), autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {str(is_there).lower()}')
            if not is_there:
                ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
                server.execute(ended, [name])

    yield set_
    set_(True)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_run_outlives_its_database(host, play, settings, database, method):
    """What is sent meanwhile is sent once, and all that was done is stored once the database is there."""
    with serving() as place:
        settings.EGRESS_ALLOW = frozenset({("127.0.0.1", place.server_port)})
        place.answers["/x"] = Answer(b'{"a": 1}', headers=JSON)
        place.is_open.clear()
        made = await in_thread(play.begin, line(("http", {"method": method, "url": [{"text": f"{place.url}/x"}]})))
        await until(lambda: place.asked)
        await in_thread(database, False)
        place.is_open.set()
        await asyncio.sleep(1.5)
        assert host.executions
        await in_thread(database, True)
        played = await resting(made.pk)
    assert (played.status, played.statuses["http0"], len(place.asked)) == ("succeeded", "done", 1)


async def test_who_asks_while_the_database_is_away_asks_later(play, settings, database):
    with serving() as place:
        settings.EGRESS_ALLOW = frozenset({("127.0.0.1", place.server_port)})
        place.answers["/x"] = Answer(b'{"a": 1}', headers=JSON)
        place.is_open.clear()
        sketch = line(("http", {"method": "GET", "url": [{"text": f"{place.url}/x"}]}))
        ask = {"title": [{"text": "?"}], "buttons": [{"id": "yes", "label": "Y"}], "audience": {"starter": True}}
        sketch.node("ask", "approval", **ask)
        sketch.edges.pop()
        made = await in_thread(play.begin, sketch.edge("http0", "ask").edge("ask", "output", handle="yes"))
        await until(lambda: place.asked)
        await in_thread(database, False)
        place.is_open.set()
        await asyncio.sleep(1.2)
        await in_thread(database, True)
        played = await resting(made.pk)
    assert (played.status, played.statuses["ask"]) == ("waiting", "waiting_person")
    assert await in_thread(lambda: played.steps["ask"].approval.title) == "?"


# ---- rights and keys ------------------------------------------------------------------------------------
def asked_then_model(key: ApiKey) -> Sketch:
    """A person is asked, then a model of a key."""
    sketch = asking()
    model = {"apiKey": str(key.pk), "provider": key.provider, "model": "m"}
    sketch.node("llm", "llm", model=model, messages=[{"role": "user", "content": [{"text": "Hi"}]}])
    sketch.edges = [edge for edge in sketch.edges if edge["target"] != sketch.ids["sent"]]
    return sketch.edge("ask", "llm", handle="yes").edge("llm", "sent")


async def decided(played) -> None:
    await in_thread(deciding.answer_step, played.steps["ask"], output={"values": {}}, handle="yes")


async def test_a_key_that_was_revoked_meanwhile_ends_in_a_sentence(play, alice):
    key = await in_thread(lambda: factories.api_key(alice, base_url="http://127.0.0.1:9/v1", models=("m",)))
    played = await play(asked_then_model(key))
    await in_thread(key.delete)
    await decided(played)
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.status, ended.run.error_code) == ("failed", "key_not_yours")
    assert ended.statuses["ask"] == "done"


async def test_a_person_who_has_gone_meanwhile_is_worked_for_no_more(play, alice):
    played = await play(asking())
    await in_thread(lambda: type(alice).objects.filter(pk=alice.pk).update(is_active=False))
    await decided(played)
    ended = await resting(played.row.pk, {"stopped", "succeeded", "failed"})
    assert (ended.status, ended.run.error_code) == ("stopped", "workflow_rights_lost")


async def test_a_team_that_was_deleted_meanwhile_takes_its_runs_along(host, play, alice, team):
    played = await play(asking(), team=team)
    await in_thread(team.delete)
    assert not await in_thread(Run.objects.filter(pk=played.run.pk).exists)
    assert host.executions == {}


# ---- an upgrade -----------------------------------------------------------------------------------------
def of_another_version(alice, n: int) -> WorkflowRun:
    """A run that waited when the server was exchanged: its graph holds what this one does not know."""
    sketch = asking()
    for node in sketch.nodes:
        node["data"] |= {"ofAnother": {"n": n}}
    waits = {"name": "ask", "status": "waiting_person"}
    return left_behind(alice, sketch, done("input", {}), waits, status="waiting")


async def test_twenty_runs_that_wait_go_on_under_another_version(host, alice):
    @transaction.atomic
    def begin() -> list[WorkflowRun]:
        made = [of_another_version(alice, n) for n in range(20)]
        made[-1].structure["nodes"][2]["type"] = "gone"  # a kind that is not known any more
        made[-1].save(update_fields=["structure"])
        for run in made:
            deciding.answer_step(run.steps.get(status="waiting_person"), output={"values": {"a": 1}}, handle="yes")
        return made

    made = await in_thread(begin)
    ended = [await resting(run.pk, RESTING - {"waiting"}) for run in made]
    assert {one.status for one in ended[:-1]} == {"succeeded"}
    assert [one.row.output for one in ended[:-1]] == [{"said": {"a": 1}}] * 19
    assert (ended[-1].status, ended[-1].run.error_code) == ("failed", "workflow_unexpected")
    assert await in_thread(lambda: WorkflowStep.objects.filter(status="running").count()) == 0
