"""What was read of files runs, and gives what stands beside each file."""

from pathlib import Path

import pytest

from agents import engine
from bench.scripted_model import serving as scripted
from tests.agents.toolkits.places import serving
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
async def stage(host, alice, settings):  # noqa: F811
    async with scripted() as model:
        with serving() as place:
            ports = (place.server_port, int(model.rpartition(":")[2]))
            settings.EGRESS_ALLOW = frozenset(("127.0.0.1", port) for port in ports)
            yield Stage(alice, model, place)
        await engine.close()


@pytest.mark.parametrize(("path", "case"), PLAYED)
async def test_a_file_runs_as_it_says(stage, path: Path, case: dict):
    played = await stage.play(reading.read(path.read_bytes()), case)
    failed = {name: step.error_code for name, step in played.steps.items() if step.status == "failed"}
    assert (played.status, failed) == ("succeeded", {})
    assert played.row.output == case["output"]
    assert stage.requests() == case["requests"]
