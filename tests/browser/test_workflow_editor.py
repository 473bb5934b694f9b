"""A workflow is drawn: by keyboard alone, by two people at once, without a connection; nothing of it is lost."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import chromium
from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in
from tests.live import wait_for

STATE = "#workflow-state"


class Desk(Room):
    """Somebody's page with a workflow."""

    def begin(self, name: str = "Triage") -> "Desk":
        """Make a workflow and open it."""
        answer = self.post("/app/workflows/new/", name=name)
        assert answer.status == 204, answer.text()
        return self.draw(answer.headers["hx-redirect"])

    def draw(self, path: str) -> "Desk":
        """Open a workflow; returns when it is drawn."""
        self.path = path
        self.open(path)
        expect(self.page.locator(".react-flow__node, .flow-row").first).to_be_visible()
        return self

    @property
    def structure(self) -> dict:
        """What the server has."""
        return self.page.context.request.get(f"{self.live.url}{self.path}draft/").json()["structure"]

    @property
    def names(self) -> set[str]:
        return {node["data"]["name"] for node in self.structure["nodes"]}

    @property
    def ways(self) -> set[tuple[str, str, str]]:
        """The edges, by names: source, handle, target."""
        found = self.structure
        names = {node["id"]: node["data"]["name"] for node in found["nodes"]}
        edges = found["edges"]
        return {(names[edge["source"]], edge.get("sourceHandle") or "", names[edge["target"]]) for edge in edges}

    def saved(self) -> None:
        expect(self.page.locator(STATE)).to_have_text("Saved")

    def row(self, name: str) -> Locator:
        """A step in the list."""
        named = self.page.locator(".flow-name", has_text=re.compile(f"^{re.escape(name)}$"))
        return self.page.locator(".flow-row").filter(has=named)

    def node(self, name: str) -> Locator:
        """A step on the canvas."""
        named = self.page.locator(".flow-name", has_text=re.compile(f"^{re.escape(name)}$"))
        return self.page.locator(".react-flow__node").filter(has=named)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, typed: str) -> None:
        """Choose in the dialog that is open, by typing."""
        expect(self.page.locator("#workflow-chooser")).to_be_visible()
        self.page.keyboard.type(typed)
        self.press("Enter")
        expect(self.page.locator("#workflow-chooser")).to_be_hidden()


@pytest.fixture
def desk(new_page, live) -> Desk:
    return Desk(new_page(signed_in(live)), live)


@pytest.fixture
def listed(desk) -> Desk:
    """Somebody at the list of a new workflow."""
    desk.begin()
    desk.page.get_by_role("button", name="List", exact=True).click()
    expect(desk.row("Input")).to_be_visible()
    return desk


def shut(page: Page) -> None:
    """Close the form of a step, where it has opened."""
    panel = page.locator("#side-panel")
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    if panel.is_visible():
        panel.get_by_role("button", name="Close the panel").press("Enter")
    expect(panel).to_be_hidden()


def add_after(desk: Desk, name: str, kind: str) -> None:
    """Add a step behind another, by the keyboard alone."""
    desk.row(name).focus()
    desk.press("a")
    desk.choose(kind)
    shut(desk.page)


def connect(desk: Desk, source: str, typed: str) -> None:
    desk.row(source).focus()
    desk.press("c")
    desk.choose(typed)


def test_triage_is_drawn_with_the_keyboard_alone(listed):
    desk = listed
    desk.row("Input").focus()
    desk.press("x")
    desk.choose("Output")
    add_after(desk, "Input", "Model")
    add_after(desk, "Model", "Condition")
    add_after(desk, "Condition", "Approval")
    add_after(desk, "Approval", "HTTP")
    connect(desk, "Condition", "Else Output")
    connect(desk, "Approval", "Refuse Output")
    connect(desk, "HTTP request", "Output")
    desk.saved()
    assert desk.ways == {
        ("Input", "", "Model"),
        ("Model", "", "Condition"),
        ("Condition", "if", "Approval"),
        ("Condition", "else", "Output"),
        ("Approval", "approve", "HTTP request"),
        ("Approval", "refuse", "Output"),
        ("HTTP request", "", "Output"),
    }
    expect(desk.row("HTTP request")).to_have_attribute("aria-label", re.compile("from Approval, to Output"))
    assert_clean(desk.page)


def test_a_connection_that_cannot_be_is_offered_with_its_reason(listed):
    add_after(listed, "Input", "Text")
    listed.row("Text").focus()
    listed.press("c")
    offered = listed.page.get_by_role("option")
    expect(offered.filter(has_text="Nothing leads to this.")).to_have_attribute("aria-disabled", "true")
    listed.press("Escape")


def test_what_was_done_is_undone_and_done_again(listed):
    desk, before = listed, (listed.structure["nodes"], listed.ways)
    add_after(desk, "Input", "Text")
    desk.row("Text").focus()
    desk.press("Delete")
    expect(desk.row("Text")).to_have_count(0)
    desk.row("Input").focus()
    desk.press("Control+z")
    expect(desk.row("Text")).to_be_visible()
    desk.press("Control+z")
    expect(desk.row("Text")).to_have_count(0)
    desk.saved()
    assert (desk.structure["nodes"], desk.ways) == before
    desk.press("Control+y")
    expect(desk.row("Text")).to_be_visible()
    desk.saved()
    assert ("Input", "", "Text") in desk.ways


def test_a_hundred_acts_can_be_undone(listed):
    desk = listed
    desk.row("Output").focus()
    for _n in range(101):
        desk.press("d")
    desk.press("Delete")
    desk.row("Input").focus()
    for _n in range(102):
        desk.press("Control+z")
    desk.saved()
    (output,) = [node for node in desk.structure["nodes"] if node["type"] == "output"]
    assert "disabled" not in output["data"]
    assert desk.ways == {("Input", "", "Output")}


def test_steps_are_copied_into_another_workflow(listed, live):
    desk, page = listed, listed.page
    add_after(desk, "Input", "Text")
    desk.row("Text").focus()
    desk.press("Control+a")
    page.evaluate(
        "document.addEventListener('copy', (e) => { window.copied = e.clipboardData.getData('text/plain'); })"
    )
    page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            const options = { clipboardData, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("copy", options));
            window.copied = clipboardData.getData("text/plain");
        }"""
    )
    copied = page.evaluate("window.copied")
    assert len(json.loads(copied)["nodes"]) == 3
    desk.begin("Second")
    page.evaluate(
        """(text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const options = { clipboardData, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        copied,
    )
    desk.saved()
    assert desk.names == {"Input", "Output", "Input 2", "Output 2", "Text"}
    assert ("Input 2", "", "Text") in desk.ways
    assert len({node["id"] for node in desk.structure["nodes"]} & {n["id"] for n in json.loads(copied)["nodes"]}) == 0


def test_the_canvas_takes_a_step_by_drag_and_between_two(desk):
    page = desk.begin().page
    expect(desk.node("Input")).to_be_visible()
    page.locator('[data-kind="code"]').drag_to(page.locator(".react-flow__pane"), target_position={"x": 200, "y": 60})
    expect(desk.node("Code")).to_be_visible()
    shut(page)
    (left, y), (right, _y) = middle(desk.node("Input")), middle(desk.node("Output"))
    page.mouse.move((left + right) / 2, y)
    page.get_by_role("button", name="Insert a step here").click()
    desk.choose("Text")
    shut(page)
    desk.saved()
    assert desk.ways == {("Input", "", "Text"), ("Text", "", "Output")}
    before = desk.structure
    page.get_by_role("button", name="Show all").click()  # the opened step has moved others out of sight
    desk.node("Code").hover()
    x, y = middle(desk.node("Code"))
    page.mouse.down()
    page.mouse.move(x + 40, y + 40, steps=4)
    page.mouse.up()
    wait_for(lambda: desk.structure != before, "the move")
    assert_clean(page)


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_an_edge_is_drawn_by_mouse_and_a_refusal_told_on_the_way(desk):
    page, mouse = desk.begin().page, desk.page.mouse
    page.locator('[data-kind="template"]').click()
    shut(page)
    page.keyboard.press("t")
    source = desk.node("Text").locator(".react-flow__handle.source")
    mouse.move(*middle(source))
    mouse.down()
    mouse.move(*middle(desk.node("Input")), steps=5)
    expect(page.locator(".flow-reason")).to_have_text("Nothing leads to this.")
    mouse.move(*middle(desk.node("Output")), steps=5)
    expect(page.locator(".flow-reason")).to_have_count(0)
    mouse.up()
    wait_for(lambda: ("Text", "", "Output") in desk.ways, "the edge")
    mouse.move(*middle(source))
    mouse.down()
    mouse.move(*middle(desk.node("Input")), steps=5)
    mouse.up()
    expect(page.locator("dialog[open]")).to_have_count(0)
    desk.saved()
    assert desk.ways == {("Input", "", "Output"), ("Text", "", "Output")}


def both(new_page, live) -> tuple[Desk, Desk]:
    """One person's workflow in two browsers."""
    cookie = signed_in(live)
    one = Desk(new_page(cookie), live).begin()
    other = Desk(new_page(cookie), live).draw(one.path)
    for desk in (one, other):
        desk.page.get_by_role("button", name="List", exact=True).click()
    return one, other


def write(desk: Desk, node: str, field: str, value: object, was: object = None) -> None:
    """Send an operation as the page does, from outside of it."""
    page = desk.page
    sent = page.evaluate(
        """async ([url, node, field, value, was]) => {
            const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
            const operations = [{ id: crypto.randomUUID(), op: "set", node, field, value, was }];
            const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
            const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ base: 0, operations }) });
            return answer.status;
        }""",
        [f"{desk.path}operations/", node, field, value, was],
    )
    assert sent == 200


def test_two_draw_at_once_and_nothing_is_lost(new_page, live):
    one, other = both(new_page, live)
    kinds = ("Text", "Code", "Wait", "First value")
    for n, kind in enumerate(kinds * 3):
        add_after(one if n % 2 else other, "Input", kind)
    for desk in (one, other):
        desk.saved()
    assert len(one.names) == 14
    assert {target for _source, _handle, target in one.ways} == one.names - {"Input"}
    for desk in (one, other):
        expect(desk.page.locator(".flow-row")).to_have_count(14)


def test_the_same_field_of_two_is_a_choice_with_both_values(new_page, live):
    one, other = both(new_page, live)
    target = next(node["id"] for node in one.structure["nodes"] if node["type"] == "output")
    other.page.route("**/draft/**", lambda route: route.abort())  # it hears nothing of the other's change
    write(one, target, "disabled", value=False)
    other.row("Output").focus()
    other.press("d")
    box = other.page.locator(".workflow-refusal")
    expect(box.locator("[data-theirs]")).to_have_text("no")
    expect(box.locator("[data-ours]")).to_have_text("yes")
    expect(other.page.locator(STATE)).to_contain_text("Not saved")
    assert_clean(other.page)
    other.page.reload()
    expect(box).to_be_visible()
    box.get_by_role("button", name="Take mine").click()
    other.saved()
    assert [node["data"].get("disabled") for node in one.structure["nodes"] if node["id"] == target] == [True]


def test_undoing_what_somebody_has_changed_since_is_a_choice_between_both_texts(new_page, live):
    one, other = both(new_page, live)
    target = next(node["id"] for node in one.structure["nodes"] if node["type"] == "output")
    one.row("Output").click()
    one.page.locator("#node-name").fill("Result")
    expect(one.row("Result")).to_be_visible()
    shut(one.page)
    write(other, target, "name", "Answer", was="Result")
    expect(one.row("Answer")).to_be_visible()
    one.row("Input").focus()
    one.press("Control+z")
    box = one.page.locator(".workflow-refusal")
    expect(box.locator("[data-theirs]")).to_have_text("Answer")
    expect(box.locator("[data-ours]")).to_have_text("Output")
    box.get_by_role("button", name="Keep theirs").click()
    one.saved()
    assert "Answer" in one.names


def test_offline_all_is_kept_and_saved_when_the_server_is_back(listed):
    desk, page = listed, listed.page
    page.context.set_offline(True)
    desk.row("Output").focus()
    desk.press("d")
    expect(page.locator(STATE)).to_contain_text("Not saved")
    page.context.set_offline(False)
    desk.saved()
    (output,) = [node for node in desk.structure["nodes"] if node["type"] == "output"]
    assert output["data"]["disabled"] is True


def test_what_was_not_saved_outlives_the_page(listed):
    desk, page = listed, listed.page
    page.route("**/operations/", lambda route: route.abort())
    desk.row("Output").focus()
    desk.press("d")
    expect(page.locator(STATE)).to_contain_text("Not saved")
    page.unroute("**/operations/")
    page.evaluate("window.stop()")
    page.route("**/operations/", lambda route: route.abort())
    page.goto(f"{desk.live.url}/app/workflows/")
    page.unroute("**/operations/")
    desk.draw(desk.path)
    desk.saved()
    wait_for(lambda: any(node["data"].get("disabled") for node in desk.structure["nodes"]), "what was kept")


def test_on_a_phone_it_is_a_list(new_page, live):
    desk = Desk(new_page(signed_in(live), viewport=chromium.PHONE, has_touch=True, is_mobile=True), live).begin()
    expect(desk.row("Input")).to_be_visible()
    expect(desk.page.locator(".react-flow")).to_have_count(0)
    assert_clean(desk.page)


def test_workflows_are_listed_renamed_deleted_and_taken_back(room):
    page = room.page
    room.open("/app/workflows/")
    page.get_by_role("link", name="Draw the first one").click()
    room.dialog.get_by_label("Name").fill("Digest")
    room.dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Digest")).to_be_visible()
    room.open("/app/workflows/")
    page.get_by_role("button", name="Options for Digest").click()
    page.locator(".menu:popover-open").get_by_role("button", name="Rename…").click()
    room.dialog.get_by_label("Name").fill("Weekly digest")
    room.dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Weekly digest")).to_be_visible()
    room.open("/app/workflows/")
    assert_clean(page)
    page.get_by_role("button", name="Options for Weekly digest").click()
    page.locator(".menu:popover-open").get_by_role("button", name="Delete").click()
    expect(room.toasts).to_contain_text("has been deleted")
    room.toasts.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Weekly digest")).to_be_visible()
