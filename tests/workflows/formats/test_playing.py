"""What was read of files runs, and gives what stands beside each file."""

import json
from pathlib import Path

import pytest

from agents import engine
from agents.models import SearchService
from agents.toolkits import fetching
from bench.scripted_model import serving as scripted
from sambung.lib import egress
from sambung.lib.ids import as_uuid
from tests.agents.toolkits.places import serving
from tests.scripts import OBEYS
from tests.workflows.engine.conftest import host  # noqa: F401  a fixture
from tests.workflows.formats.playing import Stage, cases
from tests.workflows.formats.told import HERE
from workflows.formats import reading, templates

pytestmark = pytest.mark.django_db(transaction=True)
FILES = [path for path in sorted([*HERE.glob("dify/*.yml"), *HERE.glob("n8n/*.json")]) if ".expected" not in path.name]
SHIPPED = sorted(templates.FOLDER.glob("*.json"))
PLAYED = [
    pytest.param(path, case, id=f"{path.stem}-{n}")
    for path in (*FILES, *SHIPPED)
    for n, case in enumerate(cases(path if path in FILES else HERE / "templates" / path.name))
]


@pytest.fixture
async def stage(host, alice, settings, monkeypatch):  # noqa: F811
    async with scripted(names=(OBEYS,)) as model:
        with serving() as place:
            ports = (place.server_port, int(model.rpartition(":")[2]))
            settings.EGRESS_ALLOW = frozenset(("127.0.0.1", port) for port in ports)
            settings.SEARCH_SERVICES = {SearchService.SEARXNG: (place.url, "")}
            monkeypatch.setattr(fetching, "policy", egress.trusted("127.0.0.1", place.server_port))
            yield Stage(alice, model, place)
        await engine.close()


@pytest.mark.parametrize(("path", "case"), PLAYED)
async def test_a_file_runs_as_it_says(stage, path: Path, case: dict):
    case = stage.here(case)
    played = await stage.play(reading.read(path.read_bytes()), case)
    failed = {name: step.error_code for name, step in played.steps.items() if step.status == "failed"}
    assert (played.status, failed) == ("succeeded", {})
    given = dict(played.row.output)
    if "document" in given:  # its id
        assert as_uuid(given["document"])
        given["document"] = "*"
    assert given == case["output"]
    assert stage.requests() == sorted(case["requests"], key=lambda one: one["path"])
    if "skipped" in case:
        assert sorted(name for name, status in played.statuses.items() if status == "skipped") == case["skipped"]
        assert [step.attempt for step in played.rows if step.path == played.steps["SUMMARY"].path] == [1]
    for name, given in case.get("called", {}).items():
        (call,) = (step for step in played.rows if step.input and str(step.input.get("tool", "")).endswith(f":{name}"))
        assert given in json.dumps(call.output)


async def test_what_is_over_its_limit_stops_and_keeps_what_was_done(stage):
    path = templates.FOLDER / "lead-research.json"
    case = stage.here(cases(HERE / "templates" / path.name)[0])
    played = await stage.play(reading.read(path.read_bytes()), case, limits={"steps": 2})
    assert (played.status, played.run.error_code) == ("stopped", "workflow_limit_steps")
    assert played.statuses["Research"] == "done"
    assert all(one["path"] != "/leads" for one in stage.requests())
