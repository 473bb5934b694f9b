"""Files in values of runs: found wherever they stand, handed over to whoever may see their run."""

import hashlib

import pytest

from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from workflows.engine.files import put
from workflows.history import files, showing

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow(alice):
    return factories.published(alice)


@pytest.fixture
def run(alice, workflow):
    return workflow_run(alice, workflow)


def address(run, digest: str) -> str:
    return f"/app/workflows/runs/{run.pk}/files/{digest}/"


def test_files_are_found_at_every_depth_and_each_once(run):
    one, other = (put(run.pk, data, f"{n}.bin", "x/y") for n, data in enumerate((b"One", b"Other")))
    found = files.within({"body": [{"page": {"report": one}}, other], "again": one, "name": "workflow-values/no"})
    assert [(file.name, file.size, file.run_id) for file in found] == [
        ("0.bin", "3\xa0bytes", run.pk),
        ("1.bin", "5\xa0bytes", run.pk),
    ]


@pytest.mark.parametrize(
    "value", [None, "x", 1, {}, [], {"file": 1}, {"file": "workflow-uploads/" + "0" * 32}, {"file": "../secret"}]
)
def test_what_is_no_file_of_a_run_is_no_link(value):
    assert files.within(value) == []
    assert not files.is_only_files(value)


def test_a_value_of_files_alone_needs_no_json(run):
    kept = put(run.pk, b"One", "a.txt", "text/plain")
    assert [showing.shown(value).is_files for value in (kept, [kept], {"report": kept}, [kept, 1])] == [
        True,
        True,
        False,
        False,
    ]


def test_the_page_of_a_run_links_files_of_its_outputs_and_steps(alice, workflow, sign_in):
    run = workflow_run(alice, workflow)
    made = put(run.pk, b"%PDF-1.7", "Laporan & lampiran.pdf", "application/pdf")
    run.output = {"report": made}
    run.save()
    step = workflow_step(run, "output", input={"values": [made]}, output={"report": made})
    client = sign_in(alice)
    link = f'href="{address(run, hashlib.sha256(b"%PDF-1.7").hexdigest())}?name=Laporan%20%26%20lampiran.pdf"'
    for page in (f"/app/workflows/runs/{run.pk}/", f"/app/workflows/steps/{step.pk}/"):
        assert link in client.get(page).text


def test_a_file_is_saved_under_its_name_and_never_shown(alice, run, sign_in):
    kept = put(run.pk, b"<script>alert(1)</script>", "a.html", "text/html")
    digest = kept["file"].rpartition("/")[2]
    response = sign_in(alice).get(address(run, digest), {"name": "../../Laporan\r\n.html"})
    assert response.content == b"<script>alert(1)</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="Laporan.html"'


def test_nobody_else_has_it(alice, bob, carol, run, sign_in):
    kept = put(run.pk, b"One", "a.txt", "text/plain")
    digest = kept["file"].rpartition("/")[2]
    assert sign_in(alice).get(address(run, digest)).status_code == 200
    for person in (bob, carol):
        assert sign_in(person).get(address(run, digest)).status_code == 404


@pytest.mark.parametrize("digest", ["0" * 64, "..", "x", "0" * 31, "%00", "0" * 5000])
def test_what_is_not_there_is_not_found(alice, run, sign_in, digest):
    assert sign_in(alice).get(address(run, digest)).status_code == 404
