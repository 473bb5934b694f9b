"""The workflow of the example team, published, changed and run as far as the person that it asks."""

import json

from playwright.sync_api import expect

from tests.browser.chromium import Room
from tests.screenshots.kopi import MODELS

MAIL = (
    "We ordered 40 kg of Gayo two weeks ago, and nothing has come. The café opens on Friday.\n\n"
    "Can you tell us where it is?"
)
ANSWER = (
    "Dear Ratna,\n\nI am sorry: your 40 kg left Takengon only this morning, and will be with you on Thursday. "
    "If Friday is at risk, we send 10 kg by courier at our cost.\n\nSari, Kopi Nusantara"
)
ASKED = "Sort this mail and write a short, warm answer. Name a day where you can.\n\n{{Mail.text}}"


def keep(room: Room, scripted, team: str) -> dict[str, str]:
    """Change what the published workflow asks, and run it; return its pages."""
    ((pk, node),) = room.live.sql(
        "SELECT workflow.id, node.id FROM workflow JOIN workflow_node AS node ON node.workflow_id = workflow.id "
        "WHERE node.type = 'llm'"
    )
    page = f"{team}/workflows/{pk}/"
    _ask(room, f"{page}nodes/{node}/")
    places = {"workflow": page, "workflow-publish": f"{page}publish/", "workflow-versions": f"{page}versions/"}
    places |= {
        "workflow-triggers": f"{page}triggers/",
        "workflow-tests": f"{page}tests/",
        "workflow-form": f"{page}form/",
    }
    return places | {"workflow-run": _run(room, scripted, page), "workflow-runs": f"{page}runs/"}


def _ask(room: Room, node: str) -> None:
    form = room.open(node).page
    form.locator("[name=messages-0-content]").fill(ASKED)
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.locator("[name=messages-0-content]")).to_have_value(ASKED)


def _run(room: Room, scripted, page: str) -> str:
    scripted.say(json.dumps({"category": "complaint", "draft": ANSWER}), model=MODELS[0])
    form = room.open(f"{page}run/").page
    form.get_by_label("From", exact=True).fill("Ratna, Warung Kopi Senja")
    form.get_by_role("textbox", name="Text", exact=True).fill(MAIL)
    form.get_by_role("main").get_by_role("button", name="Run", exact=True).click()
    expect(form.get_by_role("button", name="Send", exact=True)).to_be_visible()
    return room.page.url.removeprefix(room.live.url)
