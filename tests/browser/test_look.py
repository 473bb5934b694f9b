"""What the eye meets in every chat: one's own words, code letter by letter, spaces, the hint, who answers."""

from playwright.sync_api import expect

from tests.browser.chromium import HELD, QUICK, WRITTEN

TYPED = "Dear Bayu,\nthree things:\n1) beans\n    - the *good* ones\n```python\nx -> y\n```\nhttps://kopi.example/a"
DRAWN = """() => [...document.querySelectorAll("*")]
  .flatMap((node) => ["", "::before"].map((part) => [node, getComputedStyle(node, part)]))
  .filter(([node, style]) => style.fontFamily.startsWith('"JetBrains Mono"'))
  .filter(([, style]) => style.fontVariantLigatures !== "none" || style.wordSpacing !== "0px")
  .map(([node]) => node.outerHTML.slice(0, 80))"""
CUT = """(hint) => [...hint.querySelectorAll("kbd")].filter((key) => {
  const [box, around] = [key, hint].map((node) => node.getBoundingClientRect());
  return box.top < around.top || box.bottom > around.bottom || box.right > around.right;
}).length"""


def test_a_persons_words_are_shown_as_they_were_typed(room):
    room.answered(TYPED)
    body = room.body(room.mine.last)

    assert body.locator("p").first.inner_text() == "Dear Bayu,\nthree things:\n1) beans\n    - the *good* ones"
    assert body.locator("p").first.evaluate("p => p.offsetHeight / parseFloat(getComputedStyle(p).lineHeight)") > 3.9
    expect(body.locator(".code[data-lang='python'] code")).to_have_text("x -> y\n")
    expect(body.get_by_role("link", name="https://kopi.example/a")).to_be_visible()


def test_code_is_shown_letter_by_letter(room, scripted):
    room.answered("Hello", scripted.say("`a -> b`\n\n```\nx --> y != z\n```\n\n```python\nx -> y\n```"))

    assert room.page.evaluate(DRAWN) == []


def test_words_stand_apart(room):
    """In text, buttons and fields: browsers reset it for these."""
    room.answered("Hello")
    names = ("body", "button", "input", "textarea", "h1", ".message-body p")
    widths = [room.page.locator(name).first.evaluate("node => getComputedStyle(node).wordSpacing") for name in names]

    assert all(float(width.removesuffix("px")) > 0.9 for width in widths), widths


def test_the_hint_is_whole(room):
    room.open()
    room.composer.focus()

    assert room.page.locator(".composer-hint").evaluate(CUT) == 0


def test_the_choice_stands_under_what_opens_it(room):
    room.answered("Hello", QUICK)
    room.picker().click()
    chosen = room.option(QUICK)
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(chosen).to_contain_text("tokens")
    box, chip = room.dialog.bounding_box(), room.picker().bounding_box()

    assert 0 <= box["y"] - chip["y"] - chip["height"] < 16
    assert box["x"] <= chip["x"] and box["x"] + box["width"] >= chip["x"] + chip["width"]
    rows = room.dialog.get_by_role("option").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().width)")
    assert len(rows) > 3 and max(rows) - min(rows) < 2
    room.page.keyboard.press("Enter")
    expect(room.dialog).to_have_count(0)
    expect(room.page.locator("#picker-words")).to_have_text(QUICK)


def test_what_is_looked_for_comes_before_what_is_chosen(room):
    room.answered("Hello", QUICK)
    room.picker().click()
    room.page.keyboard.type(HELD)
    expect(room.option(HELD)).to_have_attribute("aria-selected", "true")


def test_the_choice_fits_a_phone(phone):
    phone.answered("Hello", QUICK)
    phone.picker().click()
    expect(phone.option(QUICK)).to_have_attribute("aria-selected", "true")
    box = phone.dialog.bounding_box()

    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_reply_leaves_no_error_in_the_console(room, scripted):
    said: list[str] = []
    room.page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    room.held()
    room.picker().click()
    room.page.keyboard.press("Escape")
    scripted.release()
    room.ended()
    scripted.say("Again.")
    room.choose(WRITTEN)
    room.send("And again")
    expect(room.replies).to_have_count(2)
    room.ended()
    expect(room.page.locator("#gauge-button")).to_be_visible()
    room.page.wait_for_load_state("networkidle")

    assert said == []
