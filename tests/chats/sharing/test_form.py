"""The form of a chat's link: what it keeps, and what it refuses."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from chats.models import PublicLink
from sambung.lib.ids import uuid7
from tests.factories import ChatFactory, exchange

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(alice):
    found = ChatFactory(user=alice)
    exchange(found, "Which bean?", "Gayo.")
    return found


@pytest.fixture
def share(chat, alice, sign_in):
    """Send the form; the answer's status and the link, if there is one."""
    client = sign_in(alice)

    def send(**given):
        answer = client.post(f"/app/chats/{chat.pk}/share/", {"mode": "snapshot", "expires": "never", **given})
        return answer, PublicLink.objects.filter(chat=chat).first()

    return send


def said(answer) -> list[str]:
    return re.findall(r'class="field-error"[^>]*>([^<]+)<', answer.content.decode())


@pytest.mark.parametrize(("name", "life"), [("day", 1), ("week", 7), ("month", 30)])
def test_a_link_ends_after_some_time(share, name, life):
    before = timezone.now()
    _answer, link = share(expires=name)
    assert before + timedelta(days=life) <= link.expires_at <= timezone.now() + timedelta(days=life)
    _answer, again = share(expires="kept")
    assert again.expires_at == link.expires_at
    assert share()[1].expires_at is None


def test_a_link_ends_with_a_day(share):
    day = timezone.localdate() + timedelta(days=3)
    link = share(expires="date", ends_on=day.isoformat())[1]
    assert link.expires_at == timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("", "Choose the last day."),
        ("2020-01-01", "Choose a day from today on, within ten years."),
        ("9999-12-31", "Choose a day from today on, within ten years."),
        ("soon", "Enter a valid date."),
    ],
)
def test_a_day_that_is_none_is_refused_in_words(share, day, problem):
    answer, link = share(expires="date", ends_on=day)
    assert (answer.status_code, said(answer), link) == (422, [problem], None)


def test_a_day_counts_only_where_it_is_asked_for(share):
    assert share(expires="never", ends_on="2020-01-01")[1].expires_at is None


def test_a_password_stays_until_it_is_taken_away(share):
    first = share(password="kopi")[1].password
    assert first
    assert share()[1].password == first
    assert share(password="another")[1].password not in {"", None, first}
    assert not share(without_password="on")[1].password


def test_only_messages_of_the_chat_are_its_end(share, bob):
    elsewhere = exchange(ChatFactory(user=bob), "Bob's", "Own.")
    for until in (str(elsewhere.pk), str(uuid7()), "nonsense"):
        answer, link = share(until=until)
        assert (answer.status_code, link) == (422, None)
