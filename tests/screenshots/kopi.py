"""A believable workspace for pictures: some chats of a small coffee roaster, answered by the scripted model."""

import contextlib
import io

from PIL import Image, ImageOps
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

TEAM = "Kopi Nusantara"
TASTING = "Suggest an order for Thursday's tasting: Gayo, Toraja, Bajawa. Lightest first."
TASTED = "Begin with **Bajawa**, which is the lightest, then **Toraja**, and end with **Gayo**."
ASIDE = "I would keep the Gayo for the guests from Medan. Can we have two rounds instead?"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROUNDS = "Yes: Bajawa and Toraja in the first round, Gayo alone in the second, after a glass of water."


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


def furnish_team(browser: Browser, live: Live, scripted, *cookies: dict) -> dict[str, str]:
    """Make a team of the people whose cookies they are, the second with a picture; return its pages by their key."""
    from teams.models import Team, TeamMember, User  # models wait for Django, which the screenshots set up late

    with contextlib.ExitStack() as stack:
        contexts = [stack.enter_context(browser.new_context()) for _ in cookies]
        for context, cookie in zip(contexts, cookies, strict=True):
            context.add_cookies([cookie])
            context.set_default_timeout(15_000)
        sari, dewi = (Room(context.new_page(), live) for context in contexts)
        team = Team(name=TEAM, slug="kopi")
        live.insert(team)
        for (pk,), role in zip(live.sql("SELECT id FROM users ORDER BY created_at"), ("admin", "member"), strict=True):
            live.insert(TeamMember(team=team, user=User(pk=pk), role=role))
        _show_face(dewi)
        _say(scripted, TASTED)
        model = f"openai_compatible:{MODELS[0]}"
        sari.open(sari.post("/team/kopi/chats/new/", text=TASTING, model=model).headers["hx-redirect"]).ended()
        path = _title(sari, "Tasting on Thursday")
        _say(scripted, ROUNDS)
        dewi.open(path).send(ASIDE)
        expect(dewi.replies).to_have_count(2)
        dewi.ended()
    return {"team-chat": path, "members": "/team/kopi/members/"}


def sign_in_elsewhere(live: Live, cookie: dict) -> None:
    """Let the person's session, and one of theirs on a phone, stand in the list of their sessions."""
    from allauth.usersessions.models import UserSession  # as above

    here, phone = cookie["value"], "p" * 32
    live.sql(
        "INSERT INTO django_session SELECT %s, session_data, expire_date FROM django_session WHERE session_key = %s",
        *(phone, here),
    )
    ((pk,),) = live.sql("SELECT id FROM users WHERE email = 'sari@kopi.example'")
    for number, key, agent, ip in ((1, here, DESK, "203.0.113.20"), (2, phone, PHONE, "198.51.100.7")):
        live.insert(UserSession(id=number, user_id=pk, session_key=key, user_agent=agent, ip=ip))


def _show_face(room: Room) -> None:
    file = io.BytesIO()
    ImageOps.colorize(Image.radial_gradient("L"), "#f2c185", "#8c3a1f").save(file, "PNG")
    room.open("/accounts/profile/")
    room.page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "dewi.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    room.page.get_by_role("button", name="Save").click()
    expect(room.page.locator(".profile-picture img")).to_be_visible()


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
