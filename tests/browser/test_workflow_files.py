"""A workflow comes from a file: looked into, made, read again; and one from a template."""

from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.workflows.formats.told import HERE

DRAWN = ".react-flow__node, .flow-row >> nth=0"  # on the canvas, or in the list of a page that the check made narrow


def test_a_file_is_looked_into_and_made(room):
    room.open("/app/workflows/")
    room.page.get_by_role("link", name="Import a workflow").click()
    room.page.get_by_label("File", exact=True).set_input_files(HERE / "dify/support_ticket.yml")
    room.page.get_by_role("button", name="Look into the file").press("Enter")
    expect(room.page.get_by_text("This is in the file of Dify.")).to_be_visible()
    expect(room.page.get_by_role("heading", name="Open a ticket")).to_be_visible()
    expect(room.page.get_by_text("Fill in: Authorization.")).to_be_visible()
    assert_clean(room.page)
    name = room.page.get_by_label("Name", exact=True)
    expect(name).to_have_value("Support desk")
    name.fill("Desk")
    name.press("Enter")
    expect(room.page.get_by_role("heading", name="Desk", exact=True)).to_be_visible()
    expect(room.page.get_by_text("Fill in: Authorization.")).to_be_visible()
    assert_clean(room.page)
    room.page.get_by_role("link", name="Open the workflow").click()
    expect(room.page.locator(DRAWN)).to_be_visible()
    room.page.get_by_role("button", name="Options for Desk").click()
    with room.page.expect_download() as kept:
        room.page.get_by_role("link", name="Export").click()
    assert kept.value.suggested_filename == "Desk.workflow.json"
    assert '"format": "sambung-workflow"' in kept.value.path().read_text()


def test_what_cannot_be_read_stays_in_the_form(room):
    room.open("/app/workflows/import/")
    text = room.page.get_by_label("Or its text")
    text.fill('{"nodes": [')
    room.page.get_by_role("button", name="Look into the file").click()
    expect(room.page.get_by_role("alert")).to_contain_text("This is not JSON")
    expect(text).to_have_value('{"nodes": [')


def test_a_template_becomes_a_draft(room):
    room.open("/app/workflows/templates/")
    assert_clean(room.page)
    room.page.get_by_role("button", name="Use this Invoice extraction").press("Enter")
    expect(room.page.get_by_role("heading", name="Invoice extraction")).to_be_visible()
    expect(room.page.locator(DRAWN)).to_be_visible()
