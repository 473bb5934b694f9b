"""Files of runs: given by forms, read by nodes, copied to other runs, gone with their run, within the quota."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.models import Run
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed
from sambung.lib.files import store
from sambung.lib.threads import in_thread
from teams.workspace import Workspace
from tests import factories
from tests.agents.toolkits.places import Answer, serving
from tests.factories import Sketch, line
from tests.workflows.engine import scripts
from tests.workflows.engine.scripts import SAYS
from workflows.engine import files, starting, values
from workflows.engine.order import Order
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = {"type": "object", "properties": {"paper": {"type": "string", "format": "file"}}}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)


def begun(alice, upload: SimpleUploadedFile, sketch: Sketch) -> WorkflowRun:
    """A run of Alice's that is given a file as a form gives it."""
    found = factories.workflow(alice, sketch=sketch)
    with files.sent(Workspace(alice)) as keep:
        given = {"structure": sketch.structure, "input": {"paper": keep(upload)}, "by": alice}
        return starting.start(workflow=found, **given)


def text(name: str = "a.txt", data: bytes = b"Hello, file.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def order(run: WorkflowRun, person) -> Order:
    return Order(run.pk, run.run_id, 1, run.workflow_id, {}, {}, Workspace(person))


async def test_nodes_read_its_text(play, alice):
    sketch = line(("template", {"content": []}), schema=SCHEMA)
    sketch.nodes[1]["data"]["content"] = sketch.text("It says: ", ("input", "paper", "text"))
    made = await in_thread(begun, alice, text(), sketch)
    played = await play.resting(made.pk)
    assert played.row.output == {"result": {"text": "It says: Hello, file."}}


async def test_a_request_sends_its_bytes(play, alice, settings):
    with serving() as place:
        settings.EGRESS_ALLOW = frozenset({("127.0.0.1", place.server_port)})
        sketch = line(("http", {"method": "POST", "url": [{"text": f"{place.url}/x"}]}), schema=SCHEMA)
        sketch.nodes[1]["data"]["body"] = {"type": "file", "file": sketch.ref("input", "paper")}
        made = await in_thread(begun, alice, text("a.bin", b"\x00\x01\x02\xff"), sketch)
        await play.resting(made.pk)
        (asked,) = place.asked
    assert (asked.body, asked.headers["content-type"]) == (b"\x00\x01\x02\xff", "application/octet-stream")


def looking(model) -> Sketch:
    message = {"role": "user", "content": [{"text": "What is this?"}]}
    sketch = line(("llm", {"model": model.named(SAYS), "messages": [message]}), schema=SCHEMA)
    message["images"] = [sketch.ref("input", "paper")]
    return sketch


async def test_a_model_is_shown_an_image(play, alice, settings, monkeypatch):
    seen = []
    real = files.content
    monkeypatch.setattr(files, "content", lambda *given: seen.append(real(*given)) or seen[-1])
    async with scripts.model(settings) as model:
        await model.say("A dot.")
        made = await in_thread(begun, alice, SimpleUploadedFile("dot.png", PNG), looking(model))
        played = await play.resting(made.pk)
    assert played.status == "succeeded", played.run.error_code
    assert [one.mime_type.partition("/")[0] for one in seen] == ["image"]


async def test_what_is_no_image_is_not_shown(play, alice, settings):
    async with scripts.model(settings) as model:
        made = await in_thread(begun, alice, text(), looking(model))
        played = await play.resting(made.pk)
    assert played.run.error_code == "workflow_image_kind"


def test_it_goes_with_its_run_and_what_was_sent_at_once(alice):
    made = begun(alice, text(), line(schema=SCHEMA))
    key = made.input["paper"]["file"]
    assert store.content(key) == b"Hello, file."
    assert key.startswith(f"{values.FOLDER}/{made.pk.hex}/")
    assert store.stored_in(files.SENT) == []
    Run.objects.filter(pk=made.run_id).delete()
    assert not store.exists(key)


def test_another_run_has_a_copy_and_strangers_have_none(alice, bob):
    first = begun(alice, text(), line(schema=SCHEMA))
    found = factories.workflow(alice, sketch=line(schema=SCHEMA))
    given = {"workflow": found, "structure": line(schema=SCHEMA).structure, "input": first.input}
    again, strange = starting.start(**given, by=alice), starting.start(**given, by=bob)
    assert again.input["paper"]["file"].startswith(f"{values.FOLDER}/{again.pk.hex}/")
    assert strange.input == first.input
    assert files.content(again.input["paper"], order(again, alice)).data == b"Hello, file."
    with pytest.raises(Failed) as failed:
        files.content(strange.input["paper"], order(strange, bob))
    assert failed.value.failure.code == "workflow_file_unknown"


@pytest.mark.parametrize("value", [None, "x", {}, {"file": "x"}, {"file": "workflow-values/../attachments/a"}])
def test_what_is_no_file_of_a_run_is_never_read(alice, value):
    made = begun(alice, text(), line(schema=SCHEMA))
    with pytest.raises(Failed):
        files.content(value, order(made, alice))


def test_what_they_take_counts_and_is_bounded(alice, settings):
    begun(alice, text(), line(schema=SCHEMA))
    assert files.used(Workspace(alice)) == 12
    settings.ATTACHMENT_PERSON_BYTES = 20
    with pytest.raises(Refused) as refused:
        begun(alice, text(), line(schema=SCHEMA))
    assert refused.value.code == "storage_full"
    assert WorkflowRun.objects.count() == 1


def fetching(place, *methods: str) -> Sketch:
    url = [{"text": f"{place.url}/x"}]
    return line(*[("http", {"method": method, "url": url}) for method in methods])


async def test_files_of_requests_count_and_are_bounded(play, alice, settings):
    with serving() as place:
        settings.EGRESS_ALLOW = frozenset({("127.0.0.1", place.server_port)})
        place.answers["/x"] = Answer(b"\x89PNG" + b"x" * 96, headers={"Content-Type": "image/png"})
        assert (await play(fetching(place, "GET", "GET"))).status == "succeeded"
        assert await in_thread(files.used, Workspace(alice)) == 100  # the same bytes are kept once
        settings.ATTACHMENT_PERSON_BYTES = 150
        refused = await play(fetching(place, "GET"))
        assert (refused.status, refused.run.error_code) == ("failed", "workflow_storage_full")
        assert (await in_thread(files.used, Workspace(alice)), refused.row.file_bytes) == (100, 0)
        posted = await play(fetching(place, "POST"))
        assert posted.statuses["http0"] == "unknown"  # it was done, and nobody has what came
