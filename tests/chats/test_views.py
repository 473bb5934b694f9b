"""What goes in and comes out of the views of chats: limits, bad input, pages without a script."""

import json
from urllib.parse import quote

import pytest

from agents import catalog
from agents.catalog import servers
from chats.actions.sending import TEXT_LIMIT
from chats.messages import presenter
from chats.models import Chat, Message
from sambung.lib.failures import Failure, columns
from tests.factories import ChatFactory, exchange, message, run

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(alice, sign_in, monkeypatch):
    """Alice's browser, where one model is on offer."""
    model = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, has_tokenizer=False, can_continue=False)
    monkeypatch.setattr(servers, "models", lambda: [model])
    return sign_in(alice)


def send(client, chat, text="Hello", headers=HTMX, **data):
    return client.post(f"/app/chats/{chat.pk}/messages/", {"text": text, **data}, headers=headers)


# ---- texts -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write a message first."),
        (" \n\t ", "Write a message first."),
        ("nul \x00 byte", "Null characters are not allowed."),
        ("x" * (TEXT_LIMIT + 1), "at most 400000 characters"),
        ("x" * 2_100_000, "at most 400000 characters"),
    ],
    ids=["empty", "blank", "nul", "long", "2MB"],
)
def test_a_text_that_cannot_be_sent_is_told_where_it_was_written(client, chat, text, sentence):
    response = send(client, chat, text)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert response.headers["HX-Retarget"] == "#composer-error"
    assert chat.messages.count() == 0


def test_without_a_script_the_text_comes_back_in_the_page(client, chat):
    response = send(client, chat, "x" * (TEXT_LIMIT + 1), headers={})
    assert response.status_code == 422
    assert "x" * TEXT_LIMIT in response.content.decode()


def test_the_longest_text_in_the_longest_script_is_taken(client, chat):
    """400,000 characters of four bytes each, percent-encoded: 4.8 MB of form."""
    body = "text=" + quote("𝕏" * TEXT_LIMIT)
    url = f"/app/chats/{chat.pk}/messages/"
    response = client.post(url, body, content_type="application/x-www-form-urlencoded", headers=HTMX)
    assert response.status_code == 200, response.content[:300]
    assert chat.messages.get(role="user").content == "𝕏" * TEXT_LIMIT


def test_lone_surrogates_become_replacement_characters(client, chat):
    body = "text=half %ED%A0%80 of a pair"
    url = f"/app/chats/{chat.pk}/messages/"
    response = client.post(url, body, content_type="application/x-www-form-urlencoded", headers=HTMX)
    assert response.status_code == 200
    assert "�" in chat.messages.get(role="user").content


def test_a_form_that_is_too_large_gets_a_page_and_not_a_crash(client, chat):
    assert send(client, chat, "x" * 9_000_000).status_code == 413


@pytest.mark.parametrize("data", [{"client_id": "no uuid"}, {"client_id": "1" * 5000}])
def test_a_bad_client_id_is_refused(client, chat, data):
    assert send(client, chat, **data).status_code == 422
    assert chat.messages.count() == 0


@pytest.mark.parametrize("parent", ["no uuid", "0199f000-0000-7000-8000-000000000000", "foreign", "queued"])
def test_a_parent_that_is_not_of_this_chat_is_not_found(client, alice, chat, parent):
    if parent == "foreign":
        parent = exchange(ChatFactory(user=alice)).pk
    elif parent == "queued":
        parent = message(chat, queued_at="2026-01-01T00:00Z").pk
    before = chat.messages.count()
    assert send(client, chat, parent=parent).status_code == 404
    assert chat.messages.count() == before


@pytest.mark.parametrize("model", ["nonsense", "bundled:", ":", "openai_compatible:gone", "x" * 400])
def test_a_model_that_is_not_on_offer_is_refused_in_words(client, model):
    response = client.post("/app/chats/new/", {"text": "Hello", "model": model}, headers=HTMX)
    assert response.status_code == 422
    assert not Chat.objects.exists()


def test_without_any_model_the_text_is_not_lost(client, monkeypatch):
    monkeypatch.setattr(servers, "models", list)
    response = client.post("/app/chats/new/", {"text": "Hello there"})
    assert response.status_code == 422
    assert "Hello there" in response.content.decode()
    assert "No model answers now" in response.content.decode()


def test_a_missing_form_is_told(client, chat):
    assert client.post(f"/app/chats/{chat.pk}/messages/").status_code == 422
    assert client.post("/app/chats/new/").status_code == 422


# ---- the answer to a send ------------------------------------------------------------------------------------
def test_a_send_answers_with_both_messages(client, chat):
    html = send(client, chat).content.decode()
    asked, reply = chat.messages.order_by("created_at")
    assert html.index(f'data-message="{asked.pk}"') < html.index(f'data-message="{reply.pk}"')
    assert html.count('aria-busy="true"') == 1
    assert f'data-run="{reply.run_id}"' in html


def test_a_send_into_a_running_reply_answers_with_the_queue(client, chat):
    send(client, chat, "one")
    html = send(client, chat, "two").content.decode()
    queued = chat.messages.get(queued_at__isnull=False)
    assert f'data-queued="{queued.pk}"' in html
    assert "<article" not in html


def test_too_many_waiting_messages_are_refused_and_the_text_stays(client, chat, monkeypatch):
    monkeypatch.setattr("chats.actions.sending.QUEUE_LIMIT", 1)
    for text in ("one", "two"):
        send(client, chat, text)
    response = send(client, chat, "three")
    assert response.status_code == 422
    assert "wait here already" in response.content.decode()
    assert "three" in send(client, chat, "three", headers={}).content.decode()


def test_withdraw_and_push_by_form(client, chat):
    send(client, chat, "one")
    send(client, chat, "two")
    waiting = chat.messages.get(queued_at__isnull=False)
    refused = client.post(f"/app/messages/{waiting.pk}/push/", headers=HTMX)
    assert refused.status_code == 409
    assert "toast" in json.loads(refused.headers["HX-Trigger"])
    taken = client.post(f"/app/messages/{waiting.pk}/withdraw/", headers=HTMX)
    assert taken.status_code == 200
    assert "data-queued" not in taken.content.decode()


def test_without_a_script_a_send_goes_back_to_the_chat(client, chat):
    assert send(client, chat, headers={}).headers["Location"] == f"/app/chats/{chat.pk}/"


# ---- messages --------------------------------------------------------------------------------------------
def test_editing_with_an_empty_text_gives_the_form_again(client, chat):
    reply = exchange(chat)
    response = client.post(f"/app/messages/{reply.pk}/edit/", {"text": "  "}, headers=HTMX)
    assert response.status_code == 422
    assert "Write a message first." in response.content.decode()
    assert chat.messages.count() == 2


def test_editing_with_too_long_a_text_gives_the_text_back(client, chat):
    reply = exchange(chat)
    text = "mine " * (TEXT_LIMIT // 5 + 1)
    response = client.post(f"/app/messages/{reply.pk}/edit/", {"text": text}, headers=HTMX)
    assert response.status_code == 422
    assert text.strip() in response.content.decode()


def test_editing_with_a_client_id_that_is_none_gives_the_form_again(client, chat):
    reply = exchange(chat)
    response = client.post(f"/app/messages/{reply.pk}/edit/", {"text": "better", "client_id": "x"}, headers=HTMX)
    assert response.status_code == 422
    assert chat.messages.count() == 2


def test_deleting_asks_first_and_counts_what_follows(client, chat):
    first = exchange(chat)
    exchange(chat, parent=first)
    html = client.get(f"/app/messages/{first.parent_id}/delete/", headers=HTMX).content.decode()
    assert "3" in html
    assert chat.messages.count() == 4
    client.post(f"/app/messages/{first.parent_id}/delete/", headers=HTMX)
    assert chat.messages.count() == 0


@pytest.mark.parametrize("after", ["", "x", "-1", "²", "9" * 5000, "1.5"])
def test_frames_take_any_after(client, chat, after):
    reply = message(chat, "assistant", "done", run=run(chat, status="succeeded", finished_at="2026-01-01T00:00Z"))
    response = client.get(f"/app/messages/{reply.pk}/frames/", {"after": after})
    assert response.status_code == 200
    assert response.json()[0]["kind"] == "end"


def test_frames_of_a_message_without_a_run_are_not_there(client, chat):
    assert client.get(f"/app/messages/{exchange(chat).pk}/frames/").status_code == 404


def test_the_page_shows_the_last_messages_and_the_way_to_earlier_ones(client, chat):
    end = None
    for n in range(presenter.WINDOW // 2 + 3):
        end = exchange(chat, f"question {n}", f"answer {n}", parent=end)
    html = client.get(f"/app/chats/{chat.pk}/").content.decode()
    assert html.count("<article") == presenter.WINDOW
    first = html.split('data-message="')[1].split('"')[0]
    earlier = client.get(f"/app/chats/{chat.pk}/earlier/", {"before": first}, headers=HTMX).content.decode()
    assert earlier.count("<article") == 6
    assert "question 0" in earlier


def test_accessible_names_of_a_conversation(client, chat):
    exchange(chat)
    html = client.get(f"/app/chats/{chat.pk}/").content.decode()
    for wanted in ('role="log"', 'aria-label="Conversation"', ">Message</label>", 'aria-label="Send message"'):
        assert wanted in html
    for name in ("Copy message", "Regenerate", "Edit message", "Stop"):
        assert f'aria-label="{name}"' in html


def test_choosing_a_model_by_form(client, chat):
    response = client.post(f"/app/chats/{chat.pk}/model/", {"model": "openai_compatible:fake-plain"}, headers=HTMX)
    assert "Fake answers from now on." in response.headers["HX-Trigger"]
    assert client.post(f"/app/chats/{chat.pk}/model/", {"model": "x:y"}, headers=HTMX).status_code == 409


@pytest.mark.parametrize(
    "data",
    [
        {"temperature": "2.1"},
        {"temperature": "-1"},
        {"temperature": "nan"},
        {"temperature": "warm"},
        {"max_tokens": "0"},
        {"max_tokens": "1000001"},
        {"max_tokens": "1.5"},
        {"system_prompt": "x" * 20_001},
        {"system_prompt": "nul \x00"},
    ],
)
def test_settings_out_of_bounds_are_refused(client, chat, data):
    assert client.post(f"/app/chats/{chat.pk}/settings/", data).status_code == 422
    chat.refresh_from_db()
    assert chat.settings == {}


def test_settings_keep_a_zero_and_leave_out_what_is_empty(client, chat):
    client.post(f"/app/chats/{chat.pk}/settings/", {"temperature": "0", "max_tokens": "", "system_prompt": ""})
    chat.refresh_from_db()
    assert chat.settings == {"temperature": 0.0}


# ---- what is told of a reply ---------------------------------------------------------------------------------
def test_usage_shows_what_is_known(client, chat):
    reply = exchange(chat)
    reply.metadata |= {"usage": {"input_tokens": 1200, "output_tokens": 50}, "seconds": 2.0, "cost": "0.00125"}
    reply.metadata["first_token_seconds"] = 0.25
    reply.save()
    html = client.get(f"/app/messages/{reply.pk}/usage/", headers=HTMX).content.decode()
    for figure in ("50", "25.0", "2.0", "0.25", "$0.001250"):
        assert figure in html


def test_usage_says_what_is_not_known(client, chat):
    html = client.get(f"/app/messages/{exchange(chat).pk}/usage/", headers=HTMX).content.decode()
    assert "not known" in html


@pytest.mark.parametrize(
    ("status", "metadata", "names", "absent"),
    [
        ("failed", {}, ["Retry", "Continue"], []),
        ("interrupted", {}, ["Retry", "Continue"], []),
        ("stopped", {}, ["Retry", "Continue"], []),
        ("succeeded", {"finish_reason": "stop"}, [], ["Retry", "Continue"]),
        ("succeeded", {"finish_reason": "length"}, ["Continue", "longest length"], ["Retry", "Stopped"]),
        ("succeeded", {"finish_reason": "content_filter"}, ["Retry", "its filter objected"], ["Continue", "Stopped"]),
        ("succeeded", {"finish_reason": "no_call"}, ["Retry", "Continue", "its call did not come"], ["Stopped"]),
        ("succeeded", {"finish_reason": "other"}, ["Retry", "Continue", "without saying why"], ["Stopped"]),
    ],
)
def test_what_can_be_done_with_a_reply_that_ended(client, alice, chat, status, metadata, names, absent):
    given = run(chat, status=status, finished_at="2026-01-01T00:00Z")
    reply = message(chat, "assistant", "half", run=given, metadata=metadata)
    html = client.get(f"/app/messages/{reply.pk}/", headers=HTMX).content.decode()
    assert all(name in html for name in names)
    assert not any(name in html for name in absent)


def test_retry_knows_until_when_a_service_wants_to_be_left_alone(client, chat):
    failed = columns(Failure("overloaded", {"wait_until": "2026-01-01T00:00:45+00:00"}))
    given = run(chat, status="failed", finished_at="2026-01-01T00:00Z", **failed)
    reply = message(chat, "assistant", "", run=given)
    html = client.get(f"/app/messages/{reply.pk}/", headers=HTMX).content.decode()
    assert 'data-wait-until="2026-01-01T00:00:45+00:00"' in html
    assert "It asks to wait until" in html


PLACE = "0198c0de-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("code", "href"),
    [
        ("system_prompt_too_long", "/app/chats/{chat}/settings/"),
        ("folder_prompt_too_long", f"/app/folders/{PLACE}/settings/"),
        ("instructions_too_long", f"/app/agents/{PLACE}/edit/"),
        ("about_too_long", "/app/assistant/"),
        ("message_too_long", ""),
    ],
)
def test_a_link_leads_to_what_takes_too_much_room(client, chat, code, href):
    failed = columns(Failure(code, {"size": 6507, "window": 3072, "place": PLACE}))
    given = run(chat, status="failed", finished_at="2026-01-01T00:00Z", **failed)
    reply = message(chat, "assistant", "", run=given)
    html = client.get(f"/app/messages/{reply.pk}/", headers=HTMX).content.decode()
    assert ("Shorten it</a>" in html) == bool(href)
    assert href.format(chat=chat.pk) in html


def test_left_out_messages_are_told(client, chat):
    reply = exchange(chat)
    reply.metadata |= {"left_out": 4}
    reply.save()
    html = client.get(f"/app/messages/{reply.pk}/", headers=HTMX).content.decode()
    assert "4 earlier messages were left out" in html


def test_the_error_is_escaped(client, chat):
    failed = columns(Failure("bad_request", {"detail": "<b>x</b>"}))
    given = run(chat, status="failed", finished_at="2026-01-01T00:00Z", **failed)
    reply = message(chat, "assistant", "", run=given)
    html = client.get(f"/app/messages/{reply.pk}/", headers=HTMX).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in html


def test_an_old_rendering_is_made_anew_when_it_is_shown(client, chat):
    reply = exchange(chat, answer="**strong**")
    Message.objects.filter(pk=reply.pk).update(html="old", html_version=0)
    html = client.get(f"/app/messages/{reply.pk}/", headers=HTMX).content.decode()
    assert "<strong>strong</strong>" in html
    assert "<strong>" in Message.objects.get(pk=reply.pk).html
