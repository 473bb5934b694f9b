"""The examples of `make db-seed`, filed, shared and moved as a person would."""

import json

from playwright.sync_api import expect

from tests.browser.chromium import Room
from tests.live import Live, wait_for
from tests.screenshots import acts, data, flows
from tests.screenshots.acts import SCHEDULE
from tests.screenshots.kopi import MODELS

TEAM = "/team/kopi-nusantara"
TEAM_CHATS = "SELECT title, id FROM chats WHERE team_id IS NOT NULL"
READ = "The letter asks for 45 kg of Gayo; the sheet has 40. Everything else agrees."
REVIEWS = (
    "Review this code. Name mistakes first, then what could be simpler.\n\n{code}",
    "Review this {language} code. Name mistakes first, then what could be simpler.\nKeep to what changed.\n\n{code}",
)


def keep(browser, live: Live, scripted, cookie: dict) -> dict[str, str]:
    """File, share and move the examples of `make db-seed` as the person whose cookie it is; return the pages."""
    live.sql("UPDATE teams SET slug = 'kopi-nusantara'")  # the team of `furnish_team` takes the examples in
    live.command("seed")
    chats = {title: f"{TEAM}/chats/{pk}/" for title, pk in live.sql(TEAM_CHATS)}
    folders = {name: f"{TEAM}/folders/{pk}/" for name, pk in live.sql("SELECT name, id FROM folders")}
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    context.set_default_timeout(15_000)
    room = Room(context.new_page(), live)
    room.post(f"{folders['Orders']}settings/", system_prompt="Weights are in kg.", retention_days="365")
    room.post(f"{TEAM}/folders/new/", name="Old price lists")
    ((gone,),) = live.sql("SELECT id FROM folders WHERE name = 'Old price lists'")
    room.post(f"{TEAM}/folders/{gone}/delete/", content="up")
    room.post(f"{chats['Sample Chat']}delete/")
    query, files = chats["Why is the invoice query slow?"], _with_files(room, scripted)
    places = {"filed": chats[SCHEDULE], "folder": folders["Roastery"], "orders": folders["Orders"]}
    places |= {"folder-settings": f"{folders['Orders']}settings/", "archive": _put_away(room), "files": files}
    places |= {"shared-chat": query, "shared": _shared(room, query), "shared-password": _shared(room, files, "toraja")}
    places |= {"data": data.asked(room, f"{TEAM}/")}
    places |= _written(room) | _documents(live) | _moved(room) | {"canvas": _beside(live, chats[SCHEDULE])}
    places |= flows.keep(room, scripted, TEAM)
    context.close()
    return places


def _with_files(room: Room, scripted) -> str:
    scripted.say(READ, model=MODELS[0])
    room.open(f"{TEAM}/")
    room.choose(MODELS[0])
    acts.files(room)
    room.send("Is anything in these at odds?")
    room.ended()
    path = room.page.url.removeprefix(room.live.url)
    room.live.sql("UPDATE chats SET title = 'Orders against the letter' WHERE id = %s", path.split("/")[-2])
    return path


def _put_away(room: Room) -> str:
    room.post(f"{TEAM}/archives/new/", name="Harvest 2026", description="What we settled with the cooperatives")
    room.post(f"{TEAM}/archives/new/", name="For the website")
    ((pk,),) = room.live.sql("SELECT id FROM archive WHERE name = 'Harvest 2026'")
    kept = f"{TEAM_CHATS} AND title = ANY(%s)"
    for _, chat in room.live.sql(kept, [SCHEDULE, "Tasting on Thursday"]):
        room.post(f"{TEAM}/chats/{chat}/archives/", archives=str(pk))
    return f"{TEAM}/archives/{pk}/"


def _shared(room: Room, path: str, password: str = "") -> str:
    room.post(f"{path}share/", mode="snapshot", with_attachments="on", expires="month", password=password)
    ((token,),) = room.live.sql("SELECT public_token FROM chats WHERE id = %s", path.split("/")[-2])
    return f"/p/{token}"


def _written(room: Room) -> dict[str, str]:
    ((pk,),) = room.live.sql("SELECT id FROM prompts WHERE name = 'Code Review'")
    page = f"{TEAM}/prompts/{pk}/"
    for text in REVIEWS:
        room.open(f"{page}edit/").page.locator("[name=content]").fill(text)
        room.page.locator(".form-acts .button-primary, .dialog-acts .button-primary").first.click()
        expect(room.page.locator(".prompt-text")).to_be_visible()
    return {"prompt": page, "prompt-versions": f"{page}versions/", "prompt-edit": f"{page}edit/"}


def _documents(live: Live) -> dict[str, str]:
    pages = {title: f"{TEAM}/documents/{pk}/" for title, pk in live.sql("SELECT title, id FROM document")}
    guide = pages["Roasting guide"]
    found = {"document": guide, "document-edit": f"{guide}edit/", "document-versions": f"{guide}versions/"}
    found |= {"document-sheet": pages["Price list"], "document-grid": f"{pages['Price list']}edit/"}
    return found | {"document-diagram": pages["From cherry to bag"], "document-run": pages["Batches for an order"]}


def _beside(live: Live, chat: str) -> str:
    """Let the reply of a chat have changed the guide, as a model's call is stored."""
    ((guide, version),) = live.sql(
        "SELECT document.id::text, number FROM document JOIN document_version AS now ON now.id = current_version_id "
        "WHERE document.title = 'Roasting guide'"
    )
    call = {"type": "tool-call", "toolCallId": "c1", "toolName": "replace_in_document", "title": "Change a document"}
    result = {"type": "tool-result", "toolCallId": "c1", "result": {"title": "Roasting guide", "version": version}}
    written = [
        call | {"args": {"document_id": guide}},
        result | {"documents": [{"documentId": guide, "version": version}]},
    ]
    change = (
        "UPDATE messages SET parts = parts || %s::jsonb, html_version = 0 WHERE role = 'assistant' AND chat_id = %s"
    )
    live.sql(change, json.dumps(written), chat.split("/")[-2])
    return chat


def _moved(room: Room) -> dict[str, str]:
    room.post(f"{TEAM}/transfers/export/", format="json")
    ready = "SELECT id FROM transfer WHERE kind = 'export' AND status = 'done'"
    ((done,),) = wait_for(lambda: room.live.sql(ready), "the export")
    row = "SELECT gen_random_uuid(), user_id, team_id, 'import', 'stopped', 38, 120 FROM transfer LIMIT 1"
    ((stopped,),) = room.live.sql(
        f"INSERT INTO transfer (id, user_id, team_id, kind, status, done, total) {row} RETURNING id"
    )
    return {"transfer-done": f"{TEAM}/transfers/{done}/", "transfer-running": f"{TEAM}/transfers/{stopped}/"}
