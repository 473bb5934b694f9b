"""What a reply may hold, as the reader sees it, and what it may not do."""

import html

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import WRITTEN
from tests.lib.test_markdown_payloads import PAYLOADS

EVERYTHING = """
| Bean | Price |
|---|---:|
| Gayo G1 | 112,000 |

- [x] Weigh
- [ ] Roast

Freight explains it.[^1]

[^1]: See the March invoice.

```python
def change(old, new):
    return (new - old) / old
```

Then $x^2$ and [a page](https://kopi.example/a).
"""


def test_tables_tasks_notes_code_math_and_links(room, scripted):
    room.answered("Hello", scripted.say(EVERYTHING))
    body = room.body()
    expect(body.get_by_role("cell", name="112,000")).to_be_visible()
    expect(body.get_by_role("img", name="done")).to_be_visible()
    expect(body.get_by_role("img", name="open")).to_be_visible()
    expect(body.locator("math")).to_be_visible()
    code = body.locator(".code[data-lang='python']")
    assert code.locator("pre span").count() > 3  # highlighted
    expect(code.get_by_role("button", name="Copy code")).to_be_visible()
    assert "python" in code.evaluate(
        "node => [node, ...node.querySelectorAll('*')].flatMap(n => [n.textContent,"
        " getComputedStyle(n, '::before').content, getComputedStyle(n, '::after').content]).join(' ')"
    )
    link = body.get_by_role("link", name="a page")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    note = body.locator("sup a")
    note.click()
    expect(body.get_by_text("See the March invoice.")).to_be_in_viewport()


def test_a_note_leads_to_the_note_of_its_own_message(room, scripted):
    room.answered("Hello", scripted.say("One.[^1]\n\n[^1]: First note."))
    scripted.say("Two.[^1]\n\n[^1]: Second note.")
    room.send("Again")
    expect(room.replies).to_have_count(2)
    room.ended()
    first, second = (room.body(room.replies.nth(i)).locator("sup a").get_attribute("href") for i in (0, 1))
    assert first != second
    assert room.body().locator(f'[id="{second.removeprefix("#")}"]').count() == 1


def test_the_buttons_are_there_after_a_reload(room, scripted):
    room.answered("Hello", scripted.say(EVERYTHING))
    room.page.reload()
    expect(room.page.get_by_role("button", name="Copy code")).to_have_count(1)


def test_what_stands_finished_is_not_touched_again(room, scripted):
    scripted.say(f"First paragraph.\n\n{'more words ' * 20}\n\nend", like="fake-hold6-hold20", piece=8)
    room.begin("Hello", WRITTEN)
    first = room.body().locator("p").first
    expect(first).to_have_text("First paragraph.")
    expect(room.body()).to_contain_text("more words")
    first.evaluate("node => { node.dataset.mark = 'mine'; }")
    scripted.release(WRITTEN)
    expect(room.body()).to_contain_text("end")
    expect(room.replies.last).not_to_have_attribute("aria-busy", "true")


def test_reasoning_is_folded(room, scripted):
    scripted.say("Forty-two.", reasoning="Let me *think*.", like="fake-hold1", piece=20)
    room.begin("Hello", WRITTEN)
    fold = room.body().locator("details")
    expect(fold.get_by_text("Thinking…")).to_be_visible()
    scripted.release(WRITTEN)
    room.ended()
    expect(fold.get_by_text("Thought", exact=True)).to_be_visible()
    expect(fold.locator("em")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("em")).to_have_text("think")
    expect(room.body()).to_contain_text("Forty-two.")


def test_a_text_that_turns_out_to_be_a_thought_is_folded_where_it_stands(room, scripted):
    scripted.say("First, *count*.\n</think>\n\nForty-two. Yes.", like="fake-r10-hold4", piece=8)
    room.begin("Hello", WRITTEN)
    fold, answer = room.body().locator("details.part-reasoning"), room.body().locator(".part-text")
    expect(answer).to_have_text("Forty-")  # there is one, behind the fold, while the reply is still being written
    expect(fold.locator("em")).to_be_hidden()
    expect(room.replies.last).to_have_attribute("aria-busy", "true")
    scripted.release(WRITTEN)
    room.ended()
    expect(answer).to_have_text("Forty-two. Yes.")
    fold.locator("summary").click()
    expect(fold.locator("em")).to_have_text("count")


def test_a_remote_image_is_a_chip_until_it_is_clicked(room, scripted):
    room.answered("Hello", scripted.say("![A cup](http://192.0.2.7/cup.png)"))
    chip = room.body().get_by_role("link", name="A cup")
    expect(chip).to_contain_text("192.0.2.7")
    assert room.body().locator("img").count() == 0
    with room.page.expect_request("**/images/0/") as asked:
        # The guard of each page sees to it that nothing is asked of the other host, now and later.
        room.page.route("**/images/0/", lambda route: route.fulfill(body=_PIXEL, content_type="image/png"))
        chip.click()
    assert asked.value.url.startswith(room.live.url)
    expect(room.body().get_by_role("img", name="A cup")).to_be_visible()
    # Loaded, it is a link to the original.
    expect(chip).to_have_attribute("href", "/leaving/?to=http://192.0.2.7/cup.png")


def test_an_image_that_cannot_be_had_says_so(room, scripted):
    room.answered("Hello", scripted.say("![A cup](http://127.0.0.1:9/cup.png)"))
    room.body().get_by_role("link", name="A cup").click()
    expect(room.toasts.get_by_text("The image could not be loaded.")).to_be_visible()


@pytest.mark.parametrize("part", range(4))
def test_no_attack_gets_through(room, scripted, part):
    """By streaming, as a finished message and after a reload. The guard of each page finds what must not happen."""
    attacks = [text.encode(errors="ignore").decode() for text in PAYLOADS[part::4]]  # no lone surrogates on this wire
    assert len(attacks) >= 40
    room.answered(attacks[0], scripted.say("\n\n".join(attacks), piece=40))
    _assert_clean(room)
    _press_everything(room)
    room.page.reload()
    _assert_clean(room)
    room.act(room.replies.last, "Edit message").click()  # the source in a form
    expect(room.page.get_by_role("textbox", name="Edited text")).to_be_focused()


def test_an_attack_in_the_persons_own_text_and_title(room, scripted):
    attack = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
    room.answered(attack, scripted.say(attack))
    _assert_clean(room)
    room.page.reload()
    room.page.keyboard.press("Control+k")
    expect(room.dialog.get_by_role("option").first).to_be_visible()
    assert html.escape("<img") not in room.page.get_by_role("heading", level=1).text_content()
    assert room.page.locator("img[src='x']").count() == 0


def _assert_clean(room) -> None:
    found = room.body().evaluate(
        """node => [...node.querySelectorAll('*')].flatMap(element => [
            ...(/^(script|style|iframe|object|embed|form|input|img|svg|base|link|meta|video|audio)$/i.test(element.localName)
                && !element.matches('svg.icon') ? [element.outerHTML] : []),
            ...[...element.attributes].filter(({name, value}) => /^on|^style$|^hx-|^popovertarget/i.test(name)
                || (/^(href|src)$/i.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value)))
                .map(attribute => `${attribute.name}=${attribute.value}`),
        ])"""
    )
    assert found == []


def _press_everything(room) -> None:
    """Click what can be clicked without leaving: whatever listens would act now."""
    room.body().evaluate(
        """node => {
            node.addEventListener('click', (event) => { if (event.target.closest('a')) event.preventDefault(); }, true);
            for (const element of node.querySelectorAll('a:not(.remote-image), summary, [tabindex]')) {
                element.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
                element.click();
            }
        }"""
    )


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


FROM_RIGHT = """
1. قم بتشغيل الأمر:
   ```bash
   ./run.sh --all | grep "x";
   }
   ```
2. ثم افتح `./config/app.yml` و `--help` عند https://kopi.example/a/ مع $-x + 1$

| ملف |
|---|
| `./x;` |
"""
#: Where the first and the last letter of an element's text begin.
EDGES = """node => {
  const texts = [], walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (walk.currentNode.data.trim()) texts.push(walk.currentNode);
  const left = (text, at) => {
    const range = document.createRange();
    range.setStart(text, at); range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  };
  const last = texts.at(-1);
  return [left(texts[0], 0), left(last, last.data.trimEnd().length - 1)];
}"""


def test_code_formulas_and_addresses_are_read_from_the_left(room, scripted):
    room.answered("Hello", scripted.say(FROM_RIGHT))
    body = room.body()
    for node in body.locator("li code, td code, li a, li math").all():
        if node.text_content().strip().endswith("}"):
            continue
        first, last = node.evaluate(EDGES)
        assert first < last, node.text_content()
    block = body.locator(".code")
    brace = block.locator("pre").evaluate("node => getComputedStyle(node).direction")
    copy, pre = block.locator(".code-copy").bounding_box(), block.bounding_box()
    assert brace == "ltr"
    assert copy["x"] > pre["x"] + pre["width"] / 2  # the language stands at the other edge
