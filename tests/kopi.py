"""A believable workspace for pictures: some chats of a small coffee roaster, answered by the scripted model."""

from playwright.sync_api import Browser, expect

from tests.browser.chromium import Room
from tests.live import Live

MODELS = ("nusantara-large", "nusantara-small")
ORDER = "Compare the March order with the price list and tell me what changed. Put anything above 5 % into a table."
THOUGHTS = "The order has eleven items. Only three differ by more than five per cent; freight explains two of them."
FIRST = "Most prices stayed as they were. Shall I list the ones that moved?"
ANSWER = """Three of the eleven items moved by more than 5 %. Freight explains two: **Gayo G1** really rose.[^1]

| Item | February | March | Change |
|---|---:|---:|---:|
| Gayo G1 | 104,000 | 112,000 | +7.7 % |
| Toraja Sapan | 98,500 | 104,000 | +5.6 % |
| Flores Bajawa | 96,000 | 101,500 | +5.7 % |

This is how I worked it out:

```python
def change(old, new):
    \"\"\"Relative change, e.g. 0.07 for 7 %.\"\"\"
    return (new - old) / old
```

- [x] Compared with the price list of 1 March
- [ ] Ask the cooperative whether the freight surcharge ends

![Price list, page 2](https://gayo.example/list-2.png)

[^1]: Mail of the cooperative, 3 March.
"""
CALL = "Write two sentences for the supplier call."
SHORT = "Ask whether the freight surcharge ends in April. If it stays, ask for the old price on orders above 300 kg."
RUNNING = "While you decide, here is the short version for the call: ask whether the March freight surcharge ends"
OTHERS = ("Roasting schedule, week 48", "Draft reply to Gayo cooperative", "Interview questions for a barista")


def teach(scripted) -> None:
    """Tell the scripted server what its models say, before anybody asks for its listing."""
    for name in MODELS:
        scripted.say("Hello", model=name)


def furnish(browser: Browser, live: Live, scripted, cookie: dict) -> dict[str, str]:
    """Make the chats as the person whose cookie it is; return the path of each by its key."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    context.set_default_timeout(15_000)
    room = Room(context.new_page(), live)
    _others(room, scripted)
    places = {"failed": _failed(room, scripted), "order": _order(room, scripted), "running": _running(room, scripted)}
    context.close()
    return places


def _say(scripted, text: str, **how) -> str:
    return scripted.say(text, model=MODELS[0], **how)


def _title(room: Room, title: str) -> str:
    """Give the open chat a title that stays; return its path."""
    path = room.page.url.removeprefix(room.live.url)
    kept = """UPDATE chats SET title = %s, metadata = metadata || '{"title_by": "person"}' WHERE id = %s"""
    room.live.sql(kept, title, path.split("/")[-2])
    return path


def _others(room: Room, scripted) -> None:
    for title in OTHERS:
        room.answered(title, _say(scripted, "Here is a first draft."))
        _title(room, title)
    room.open()
    room.row_act(OTHERS[0], "Pin")
    expect(room.chats.get_by_role("heading", name="Pinned")).to_be_visible()


def _failed(room: Room, scripted) -> str:
    _say(scripted, "The invoice query reads every row, because the index on the date is", like="fake-cut12", piece=5)
    room.begin("Why is the invoice query slow?", MODELS[0])
    room.ended("interrupted")
    return _title(room, "Why is the invoice query slow?")


def _order(room: Room, scripted) -> str:
    room.answered(ORDER, _say(scripted, FIRST))
    _say(scripted, ANSWER, reasoning=THOUGHTS)
    room.act(room.replies.last, "Regenerate").click()
    expect(room.page.get_by_text("2/2", exact=True)).to_be_visible()
    room.ended()
    _say(scripted, SHORT)
    room.send(CALL)
    expect(room.replies).to_have_count(2)
    room.ended()
    return _title(room, "Import prices and the March order")


def _running(room: Room, scripted) -> str:
    _say(scripted, f"{RUNNING} in April.", like=f"fake-hold{len(RUNNING) // 4}", piece=4)
    room.begin("Help me prepare the supplier call", MODELS[0])
    expect(room.body()).to_contain_text("surcharge")
    room.send("Also mention the samples")
    expect(room.page.locator("[data-queued]")).to_have_count(1)
    return room.page.url.removeprefix(room.live.url)
