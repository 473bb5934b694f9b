"""The pages of an MCP server whose tools are new, changed and in use: read by anybody, used by the keyboard."""

from playwright.sync_api import expect
from psycopg.types.json import Jsonb

from agents.mcp import listing
from tests.browser.axe import assert_clean

FIELDS = {"city": {"type": "string", "description": "Where."}, "days": {"type": "integer", "default": 3}}
SCHEMA = {"type": "object", "properties": FIELDS, "required": ["city"]}
_KEEP = """
UPDATE mcp_server SET tool_cache = %s, last_status = 'ok', last_error_code = '', checked_at = now()
WHERE id = (SELECT id FROM mcp_server ORDER BY created_at DESC LIMIT 1) RETURNING id::text
"""


def listed() -> list[dict]:
    """A tool in use, one that says something else than when it was seen, and one that nobody has seen."""
    used = listing.entry("forecast", "Forecast", "Tells the weather of the next days.", SCHEMA, {})
    changed = listing.entry("wipe", "Wipe", "Deletes all stations.", SCHEMA, {"destructiveHint": True})
    fresh = listing.entry("fresh", "", "A new one.", SCHEMA, {})
    seen = {"description": "Deletes one station.", "inputSchema": SCHEMA}
    return [
        used | {"approved": used["digest"], "is_enabled": True},
        changed | {"approved": "0" * 64, "approved_as": seen, "is_enabled": True},
        fresh | {"approved": "", "is_enabled": True},
    ]


def test_what_changed_is_seen_and_allowed(room, live):
    page = room.page
    room.post("/app/mcp/new/", name="weather", transport="streamable-http", url=f"{live.model.url}/mcp")
    ((server,),) = live.sql(_KEEP, Jsonb(listed()))
    room.open("/app/mcp/")
    assert_clean(page)
    page.get_by_role("link", name="weather").press("Enter")
    expect(page.get_by_text("1 of 3 tools in use")).to_be_visible()
    expect(page.get_by_text("Deletes one station.")).to_be_visible()
    assert_clean(page)
    page.get_by_role("button", name="Allow as it is now").first.press("Enter")
    expect(page.get_by_text("2 of 3 tools in use")).to_be_visible()
    page.get_by_role("textbox", name="Your instructions").fill("Use degrees Celsius.")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("textbox", name="Your instructions")).to_have_value("Use degrees Celsius.")
    room.open(f"/app/mcp/{server}/tool/?name=forecast")
    expect(page.get_by_label("city")).to_be_visible()
    assert_clean(page)
