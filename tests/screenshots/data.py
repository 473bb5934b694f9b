"""A question about a sheet of orders, with what a model found in it."""

import json

from playwright.sync_api import expect

from tests.browser.chromium import Room
from tests.documents.data import files
from tests.screenshots.kopi import MODELS
from tests.scripts import OBEYS, orders

QUESTION = "Which beans did we sell most of this year, month by month? A chart would help."
ANSWER = "April was the best month for all three. All 200 orders are counted, those of July only up to the 20th."
SQL = """SELECT strftime(day, '%b') AS month,
  sum(kg) FILTER (bean = 'Gayo') AS "Gayo",
  sum(kg) FILTER (bean = 'Toraja') AS "Toraja",
  sum(kg) FILTER (bean = 'Bajawa') AS "Bajawa"
FROM orders
GROUP BY month, month(day)
ORDER BY month(day)"""
TOP = "SELECT customer, count(*) AS orders, sum(kg) AS kg, sum(kg * price) AS total\nFROM orders\nGROUP BY ALL"
CALLS = (
    ("query_data", {"sql": SQL, "title": "Kilos by month", "chart": {"type": "bar", "x": "month"}}),
    ("query_data", {"sql": f"{TOP}\nORDER BY total DESC", "title": "Customers of this year"}),
)


def asked(room: Room, path: str) -> str:
    """Ask over a file in a new chat of the workspace; return its page."""
    room.open(path)
    room.choose(OBEYS)
    sheet = {"name": "orders-2026.csv", "mimeType": "text/csv", "buffer": files.orders()}
    room.page.get_by_label("Add files").set_input_files([sheet])
    room.page.locator("#files .file:not(.file-uploading)").wait_for()
    calls = [(name, args | {"sql": args["sql"].replace("FROM orders", "FROM orders_2026")}) for name, args in CALLS]
    room.send("Hello")
    room.ended()
    room.send(orders(*([call] for call in calls)))
    expect(room.replies).to_have_count(2)
    room.ended()
    page = room.page.url.removeprefix(room.live.url)
    _reword(room, page.split("/")[-2])
    return page


def _reword(room: Room, chat: str) -> None:
    """Let both say what people and models say, for the scripted one takes orders."""
    named = "UPDATE chats SET title = 'Sales of this year', model = %s WHERE id = %s"
    room.live.sql(named, MODELS[0], chat)
    found = "SELECT id, role, parts FROM messages WHERE chat_id = %s AND role IN ('user', 'assistant')"
    for pk, role, parts in room.live.sql(found, chat):
        said = QUESTION if role == "user" else ANSWER
        told = [part | {"text": said} if part["type"] == "text" else part for part in parts]
        kept = "UPDATE messages SET parts = %s::jsonb, content = %s, html = '', html_version = 0 WHERE id = %s"
        room.live.sql(kept, json.dumps(told), said, pk)
