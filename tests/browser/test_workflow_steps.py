"""Where a new step comes to stand, where the focus and the canvas are then, and a large workflow seen from afar."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.servers import signed_in
from tests.browser.test_workflow_editor import Desk, shut

LARGE = """
from teams.models import User
from tests import factories
me = User.objects.get(email={email!r})
sketch = factories.Sketch().node("Start", "input", schema={{}})
for n in range({many}):
    sketch.node(f"Text {{n}}", "template", content=[{{"text": "x"}}])
    sketch.edge(f"Text {{n - 1}}" if n else "Start", f"Text {{n}}")
for n, node in enumerate(sketch.nodes):
    node["position"] = {{"x": 300 * (n % 20), "y": 120 * (n // 20)}}
print("ID" + str(factories.workflow(me, sketch=sketch, name="Large").pk))
"""
FOCUSED = "() => document.activeElement.closest('[data-id]')?.textContent ?? document.activeElement.tagName"
PAINTED = """() => {
    const canvas = document.querySelector(".flow-afar"), { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return data.some((value) => value > 0);
}"""


@pytest.fixture
def desk(new_page, live) -> Desk:
    return Desk(new_page(signed_in(live)), live)


def test_a_chain_is_drawn_on_the_canvas_by_one_key(desk):
    page = desk.begin().page
    desk.node("Input").focus()
    for kind, name in (("Text", "Text"), ("Wait", "Wait")):
        desk.press("a")
        desk.choose(kind)
        page.wait_for_function(f"() => ({FOCUSED})().startsWith({name!r})")
    expect(page.locator("#announcer")).to_have_text("“Wait” stands between “Text” and “Output” now.")
    desk.saved()
    assert desk.ways == {("Input", "", "Text"), ("Text", "", "Wait"), ("Wait", "", "Output")}
    page.get_by_role("button", name="Show all").click()
    lefts = [desk.node(name).bounding_box()["x"] for name in ("Input", "Text", "Wait", "Output")]
    assert lefts == sorted(lefts)


def test_in_the_list_the_focus_goes_to_the_new_step(desk):
    page = desk.begin().page
    page.get_by_role("button", name="List", exact=True).click()
    desk.row("Input").focus()
    desk.press("a")
    desk.choose("Text")
    expect(desk.row("Text")).to_be_focused()


def test_an_end_or_a_note_does_not_cut_the_way(desk):
    page = desk.begin().page
    page.get_by_role("button", name="List", exact=True).click()
    for kind in ("Output", "Note"):
        desk.row("Input").focus()
        desk.press("a")
        desk.choose(kind)
        shut(page)
    desk.saved()
    assert desk.ways == {("Input", "", "Output"), ("Input", "", "Output 2")}


def test_a_second_branch_is_told(desk):
    page = desk.begin().page
    page.get_by_role("button", name="Add a step behind this").first.click(force=True)
    desk.choose("Text")
    expect(page.locator("#announcer")).to_have_text("“Text” follows “Input”, beside “Output”.")
    desk.saved()
    assert desk.ways == {("Input", "", "Output"), ("Input", "", "Text")}


def test_the_canvas_is_kept_where_people_moved_it_and_not_where_it_went_for_a_step(desk):
    page = desk.begin().page
    kept = "() => Object.keys(localStorage).filter((key) => key.startsWith('workflow-view:')).length"
    before = page.evaluate(kept)  # of other workflows
    desk.node("Output").click()
    expect(page.locator("#side-panel")).to_be_visible()
    desk.row("Input")
    page.get_by_role("button", name="Find a step").click()
    desk.choose("Input")
    assert page.evaluate(kept) == before
    page.get_by_role("button", name="Larger").click()
    page.wait_for_function(f"() => ({kept})() === {before + 1}")


def test_a_large_workflow_is_painted_from_afar_and_entered_by_a_click(new_page, live):
    email = "large@example.org"
    desk = Desk(new_page(signed_in(live, email=email)), live)
    made = live.manage(LARGE.format(email=email, many=300)).partition("ID")[2].strip()
    page = desk.draw(f"/app/workflows/{made}/").page
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".flow-afar")).to_be_visible()
    expect(page.locator(".react-flow__node")).to_have_count(0)
    assert page.evaluate(PAINTED)
    assert_clean(page)
    box = page.locator(".react-flow__pane").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    if page.locator(".flow-afar").count():  # between two steps: the search enters as well
        page.get_by_role("button", name="Find a step").click()
        desk.choose("Text 150")
    expect(page.locator(".flow-afar")).to_have_count(0)
    expect(page.locator(".react-flow__node.selected")).to_be_visible()
