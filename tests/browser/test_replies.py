"""A reply on its way: seen before its end, stopped, continued, asked for again."""

import re

from playwright.sync_api import expect

from tests.browser.chromium import CONTINUES, CUT, FAILS_ONCE, HELD, HELD_TEXT, QUICK, WHOLE_TEXT, WRITTEN


def test_text_is_shown_before_the_end(room, scripted):
    article = room.held()
    expect(article).to_have_attribute("aria-busy", "true")
    expect(room.stop).to_be_visible()
    scripted.release()
    room.ended()
    expect(room.body()).to_have_text(WHOLE_TEXT)
    expect(room.stop).to_be_hidden()


def test_the_cursor_stands_at_the_end_of_the_open_text_only(room, scripted):
    cursor = "getComputedStyle(node.querySelector('[data-tail] > :last-child') ?? node, '::after').content"
    article = room.held()
    assert room.body().evaluate(f"node => {cursor}") not in {"none", "normal"}
    scripted.release()
    room.ended()
    assert article.locator("[data-tail]").count() == 0
    last = room.body().locator("p").last
    assert last.evaluate("node => getComputedStyle(node, '::after').content") in {"none", "normal"}


def test_stop_keeps_the_text(room):
    room.held()
    room.stop.click()
    article = room.ended("stopped")
    expect(room.body()).to_have_text(HELD_TEXT)
    expect(article.get_by_text("Stopped. The text so far is kept.")).to_be_visible()
    expect(room.composer).to_be_focused()


def test_retry_counts_down_to_when_it_makes_sense(room):
    room.answered("Hello")
    room.page.clock.install()
    room.page.evaluate("""() => {
        const button = document.createElement("button");
        button.dataset.waitUntil = new Date(Date.now() + 62_000).toISOString();
        button.append("Again");
        document.getElementById("messages").append(button);
    }""")
    button = room.page.get_by_text("Again")
    expect(button).to_have_text(re.compile("Again 1:0[0-2]"))
    room.page.clock.fast_forward(10_000)
    expect(button).to_have_text(re.compile("Again 0:5[0-2]"))
    room.page.clock.fast_forward(60_000)
    expect(button).to_have_text(re.compile("^Again ?$"))


def test_continue_lets_the_same_message_grow(room, scripted):
    room.held(model=CONTINUES)
    room.stop.click()
    article = room.ended("stopped")
    before = article.get_attribute("data-message")
    scripted.release(CONTINUES)
    room.act(article, "Continue").click()
    expect(room.body()).to_have_text(WHOLE_TEXT)
    assert room.ended().get_attribute("data-message") == before
    expect(room.replies).to_have_count(1)
    # The model was given its own partial text.
    assert scripted.asked()["messages"][-1]["role"] == "assistant"


def test_continue_asks_a_model_that_cannot_be_given_its_beginning(room, scripted):
    room.held()
    room.stop.click()
    article = room.ended("stopped")
    before = article.get_attribute("data-message")
    scripted.release()
    room.act(article, "Continue").click()
    expect(room.body()).to_have_text(WHOLE_TEXT)
    assert room.ended().get_attribute("data-message") == before
    expect(room.replies).to_have_count(1)
    assert scripted.asked()["messages"][-1]["role"] == "user"


def test_retry_after_a_failure(room):
    room.begin("Hello", FAILS_ONCE)
    article = room.ended("failed")
    expect(article.locator(".notice-failed")).to_be_visible()
    room.act(article, "Retry").click()
    expect(room.body()).to_have_text("w0 w1 w2 w3 w4")
    room.ended()
    expect(room.replies).to_have_count(1)


def test_a_reply_that_was_cut_off_keeps_its_text(room):
    room.begin("Hello", CUT)
    article = room.ended("interrupted")
    expect(room.body()).to_have_text("w0 w1 w2 w3")
    expect(room.act(article, "Retry")).to_be_visible()
    expect(room.act(article, "Continue")).to_be_visible()


def test_regenerate_keeps_the_old_variant(room, scripted):
    room.held()
    scripted.release()
    first = room.ended().get_attribute("data-message")
    room.act(room.replies.last, "Regenerate").click()
    expect(room.page.get_by_text("2/2", exact=True)).to_be_visible()
    second = room.ended().get_attribute("data-message")
    assert second != first
    room.act(room.replies.last, "Previous variant").click()
    expect(room.page.get_by_text("1/2", exact=True)).to_be_visible()
    expect(room.replies.last).to_have_attribute("data-message", first)
    expect(room.act(room.replies.last, "Next variant")).to_be_focused()
    room.page.keyboard.press("Enter")
    expect(room.replies.last).to_have_attribute("data-message", second)


def test_the_focus_follows_a_variant_while_the_list_is_fetched(room):
    room.answered("Hello")
    room.act(room.replies.last, "Regenerate").click()
    expect(room.page.get_by_text("2/2", exact=True)).to_be_visible()
    room.ended()
    chosen = []
    room.page.route("**/select/", lambda route: chosen.append(route))
    room.act(room.replies.last, "Previous variant").click()
    with room.page.expect_response("**/app/chats/"):
        room.page.evaluate("htmx.trigger(document.body, 'chats-changed')")
    chosen[0].continue_()
    expect(room.page.get_by_text("1/2", exact=True)).to_be_visible()
    expect(room.act(room.replies.last, "Next variant")).to_be_focused()


def test_a_message_sent_meanwhile_waits_and_is_taken_back(room, scripted):
    room.held()
    room.send("One more thing")
    queue = room.page.get_by_role("region", name="Waiting to be sent")
    expect(queue.get_by_text("One more thing")).to_be_visible()
    expect(room.composer).to_have_value("")
    queue.get_by_role("button", name="Take back").click()
    expect(room.composer).to_have_value("One more thing")
    expect(queue.locator("[data-queued]")).to_have_count(0)
    scripted.release()
    room.ended()
    expect(room.mine).to_have_count(1)


def test_a_waiting_message_follows_the_reply(room, scripted):
    room.held()
    room.send("One more thing")
    expect(room.page.locator("[data-queued]")).to_have_count(1)
    scripted.release()
    expect(room.mine).to_have_count(2)
    expect(room.replies).to_have_count(2)
    room.ended()
    expect(room.page.locator("[data-queued]")).to_have_count(0)


def test_a_waiting_message_is_sent_by_hand_after_a_break(room, scripted):
    scripted.say("Half an answer", like="fake-hold1-cut2", piece=5)
    room.begin("Hello", WRITTEN)
    expect(room.body()).to_have_text("Half")
    room.send("One more thing")
    expect(room.page.locator("[data-queued]")).to_have_count(1)
    scripted.release(WRITTEN)
    room.ended("interrupted")
    scripted.say("Better now")
    room.page.get_by_role("button", name="Send now").click()
    expect(room.body()).to_have_text("Better now")
    expect(room.page.locator("[data-queued]")).to_have_count(0)


def test_after_stop_what_waits_is_held(room, scripted):
    room.held()
    room.send("One more thing")
    note = room.page.locator(".queued-note")
    expect(note).to_be_hidden()
    room.stop.click()
    room.ended("stopped")
    expect(note).to_be_visible()
    expect(room.mine).to_have_count(1)
    scripted.release()
    room.page.get_by_role("button", name="Send now").click()
    expect(room.mine).to_have_count(2)
    room.ended()


def test_send_now_while_a_reply_runs_is_refused_in_words(room):
    room.held()
    room.send("One more thing")
    room.page.get_by_role("button", name="Send now").click()
    expect(room.toasts.get_by_text("A reply is being written. The message follows it.")).to_be_visible()
    expect(room.page.locator("[data-queued]")).to_have_count(1)


def test_another_model_from_the_middle_on(room, scripted):
    room.answered("Hello", QUICK)
    room.choose(HELD)
    expect(room.toasts.get_by_text(f"{HELD} answers from now on.")).to_be_visible()
    scripted.release()
    room.send("And now?")
    expect(room.replies).to_have_count(2)
    expect(room.body()).to_have_text(WHOLE_TEXT)
    assert scripted.asked()["model"] == HELD
    room.page.reload()
    expect(room.page.get_by_role("button", name="Model and agent", exact=True)).to_have_text(HELD)
