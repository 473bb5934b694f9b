"""The list of chats: by day, pinned first, newest activity first, with counts, in stretches."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from chats.actions import housekeeping
from chats.models import Chat
from chats.views import chat_page
from tests.factories import ChatFactory, exchange, message, run

pytestmark = pytest.mark.django_db

NOON = timezone.make_aware(datetime(2026, 5, 20, 12))


@pytest.fixture
def noon(monkeypatch):
    """It is noon, so that hours do not cross a day."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def chat_at(alice, title: str, age: timedelta = timedelta(), **given) -> Chat:
    return ChatFactory(user=alice, title=title, updated_at=NOON - age, **given)


def listed(client, page: int = 1) -> list[tuple[str, list[str]]]:
    """(heading, titles) as the list shows them."""
    html = client.get(f"/app/chats/?page={page}", headers={"HX-Request": "true"}).content.decode()
    groups = []
    for section in html.split('<section class="rail-group">')[1:]:
        heading = re.search(r"<h2>(.*?)</h2>", section)
        groups.append((heading[1] if heading else "", re.findall(r'class="row-title">(.*?)<', section)))
    return groups


def test_chats_are_grouped_by_the_day_of_their_last_activity(alice, sign_in, noon):
    day = timedelta(days=1)
    for title, age in (("march", 70 * day), ("now", 0 * day), ("week", 6 * day), ("eve", day), ("may", 8 * day)):
        chat_at(alice, title, age)
    chat_at(alice, "pinned", 30 * day, is_pinned=True)
    assert listed(sign_in(alice)) == [
        ("Pinned", ["pinned"]),
        ("Today", ["now"]),
        ("Yesterday", ["eve"]),
        ("Previous 7 days", ["week"]),
        ("May 2026", ["may"]),
        ("March 2026", ["march"]),
    ]


def test_newest_activity_is_first_within_a_day(alice, sign_in, noon):
    for hours in (2, 1, 3):
        chat_at(alice, f"{hours} h", timedelta(hours=hours))
    assert listed(sign_in(alice)) == [("Today", ["1 h", "2 h", "3 h"])]


def test_days_are_those_of_the_readers_time_zone(alice, sign_in, noon):
    """13 hours before noon is yesterday in London and still today in Jakarta (UTC+7: 19:00 and 06:00)."""
    chat_at(alice, "early", timedelta(hours=13))
    assert listed(sign_in(alice))[0][0] == "Yesterday"
    alice.preferences = {"time_zone": "Asia/Jakarta"}
    alice.save()
    assert listed(sign_in(alice))[0][0] == "Today"


def test_temporary_deleted_and_foreign_chats_are_not_listed(alice, carol, team, sign_in, noon):
    chat_at(alice, "temporary", is_temporary=True)
    chat_at(alice, "deleted", deleted_at=NOON)
    chat_at(carol, "foreign")
    chat_at(alice, "of the team", team=team)
    chat_at(alice, "mine")
    assert listed(sign_in(alice)) == [("Today", ["mine"])]


def test_a_row_counts_its_messages_and_tells_of_a_running_reply(alice, sign_in):
    chat = ChatFactory(user=alice)
    end = exchange(chat)
    message(chat, "assistant", "another variant", parent=end.parent)
    message(chat, "user", "waiting", parent=end, queued_at=timezone.now())
    client = sign_in(alice)
    html = client.get("/app/chats/", headers={"HX-Request": "true"}).content.decode()
    assert ">3 messages<" in html
    assert "row-dot" not in html
    message(chat, "assistant", "", parent=end, run=run(chat, lock_key="x"))
    assert "row-dot" in client.get("/app/chats/", headers={"HX-Request": "true"}).content.decode()


def test_the_open_chat_is_marked_in_the_page_and_in_its_list(alice, chat, sign_in):
    ChatFactory(user=alice)
    client, address = sign_in(alice), f"/app/chats/{chat.pk}/"
    marked = f'<a class="row-link" href="{address}" aria-current="page">'
    for path, headers in (
        (address, {}),
        ("/app/chats/", {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}),
    ):
        html = client.get(path, headers=headers).content.decode()
        assert html.count(marked) == html.count('aria-current="page"') == 1
    assert 'aria-current="page"' not in client.get("/app/").content.decode()


def test_stretches_go_on_without_gap_repeat_or_second_heading(alice, sign_in, noon):
    size = chat_page.PAGE
    for n in range(size + 5):
        chat_at(alice, f"chat {n}", timedelta(minutes=n))
    chat_at(alice, "old", timedelta(days=1))
    client = sign_in(alice)
    first, second = listed(client), listed(client, page=2)
    assert first == [("Today", [f"chat {n}" for n in range(size)])]
    assert second == [("", [f"chat {n}" for n in range(size, size + 5)]), ("Yesterday", ["old"])]
    html = client.get("/app/chats/", headers={"HX-Request": "true"}).content.decode()
    assert "page=2" in html
    assert "rail-more" not in client.get("/app/chats/?page=2", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("page", ["", "0", "-1", "²", "٣", "99999", "x" * 5000, "9" * 5000])
def test_a_nonsense_page_is_answered(alice, sign_in, page):
    assert sign_in(alice).get("/app/chats/", {"page": page}).status_code == 200


def test_queries_of_the_list_do_not_grow_with_it(alice, sign_in, django_assert_num_queries):
    client = sign_in(alice)
    for _ in range(3):
        exchange(ChatFactory(user=alice))
    client.get("/app/chats/")
    with django_assert_num_queries(3):  # session, person, the stretch
        client.get("/app/chats/", headers={"HX-Request": "true"})


def test_rename_and_pin_by_form(alice, chat, sign_in):
    client = sign_in(alice)
    client.post(f"/app/chats/{chat.pk}/rename/", {"title": "A better title"})
    client.post(f"/app/chats/{chat.pk}/pin/")
    chat.refresh_from_db()
    assert (chat.title, chat.is_pinned, chat.metadata["title_by"]) == ("A better title", True, "person")
    client.post(f"/app/chats/{chat.pk}/pin/")
    chat.refresh_from_db()
    assert not chat.is_pinned


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "nul\x00"])
def test_a_title_that_cannot_be_is_refused_in_the_form(alice, chat, sign_in, title):
    response = sign_in(alice).post(f"/app/chats/{chat.pk}/rename/", {"title": title})
    assert response.status_code == 422
    assert "error" in response.content.decode()


def test_delete_and_undo(alice, chat, sign_in):
    client = sign_in(alice)
    answer = client.post(f"/app/chats/{chat.pk}/delete/", headers={"HX-Request": "true"})
    assert f"/app/chats/{chat.pk}/restore/" in answer.headers["HX-Trigger"]
    assert client.get(f"/app/chats/{chat.pk}/").status_code == 404
    assert client.post(f"/app/chats/{chat.pk}/restore/").status_code == 302
    assert client.get(f"/app/chats/{chat.pk}/").status_code == 200


def test_only_the_owner_takes_a_deleted_chat_back(carol, chat, sign_in):
    housekeeping.delete_chat(chat=chat)
    assert sign_in(carol).post(f"/app/chats/{chat.pk}/restore/").status_code == 404


def test_a_temporary_chat_is_open_but_not_found(alice, chat, sign_in):
    Chat.objects.filter(pk=chat.pk).update(is_temporary=True, title="Between us")
    client = sign_in(alice)
    assert client.get(f"/app/chats/{chat.pk}/").status_code == 200
    assert "Between us" not in client.get("/app/palette/?q=between").content.decode()
