"""The form of a node in a browser: values of other nodes as chips, rows, saving while somebody types; axe."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.workflows.forms import samples

MAKE = """
import json
from teams.models import User
from tests.factories.workflows import Sketch, workflow
from tests.workflows.forms import samples
by = User.objects.order_by("-created_at", "-pk").first()
schema = {"type": "object", "properties": {"city": {"type": "string"}, "files": {"type": "array"}}}
sketch = Sketch().node("Input", "input", schema=schema)
sketch.node("Model", "llm", messages=[{"role": "user", "content": sketch.text("Hello ", ("Input", "city"))}])
sketch.edge("Input", "Model")
known = {samples.INPUT: sketch.ids["Input"], samples.MODEL: sketch.ids["Model"]}
for kind in samples.DATA:
    if kind != "input":
        text = json.dumps(samples.node(kind)["data"])
        for old, new in known.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        name = samples.node(kind)["data"].get("name", kind)
        sketch.node(name, kind, **{k: v for k, v in json.loads(text).items() if k != "name"})
        if kind not in ("note", "group"):
            sketch.edge("Model", name)
made = workflow(by, None, sketch)
print(json.dumps({"workflow": str(made.pk), "nodes": sketch.ids}))
"""
LOOK = """
import json
from workflows.models import WorkflowNode
print(json.dumps(WorkflowNode.objects.get(pk="%s").data))
"""


class Drawn:
    """A workflow of a person's, whose nodes' forms are opened by their names."""

    def __init__(self, room: Room):
        made = json.loads(room.live.manage(MAKE))
        self.room, self.workflow, self.nodes = room, made["workflow"], made["nodes"]

    def open(self, name: str) -> Page:
        self.room.open(f"/app/workflows/{self.workflow}/nodes/{self.nodes[name]}/")
        return self.room.page

    def kept(self, name: str) -> dict:
        """What the node holds now."""
        return json.loads(self.room.live.manage(LOOK % self.nodes[name]))


@pytest.fixture
def drawn(room) -> Drawn:
    return Drawn(room)


def saved(page: Page) -> None:
    expect(page.locator("#node-told")).to_have_text("Saved")


def field(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label, exact=True)


@pytest.mark.parametrize("kind", samples.DATA)
def test_axe_finds_nothing(drawn, kind):
    name = {"note": "note", "group": "group", "input": "Input"}.get(kind, f"The {kind}")
    page = drawn.open(name)
    for more in page.locator("details.node-more").all():
        more.evaluate("(details) => { details.open = true }")
    assert_clean(page)
