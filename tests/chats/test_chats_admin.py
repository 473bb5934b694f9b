"""Admin pages of chats and messages: what people wrote stays theirs unless a setting says otherwise."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chats.models import Chat, Message
from teams.models import AuditEntry, UserRole
from tests.factories import ChatFactory, UserFactory, exchange, run

CHATS, MESSAGES = "/admin/chats/chat/", "/admin/chats/message/"
CANARY = "CANARYtext"


@pytest.fixture
def page(db, sign_in):
    return sign_in(UserFactory(role=UserRole.ADMIN))


@pytest.fixture
def private(alice) -> Chat:
    """A chat whose every text is a canary."""
    chat = ChatFactory(user=alice, title=f"{CANARY} title", settings={"system_prompt": CANARY})
    exchange(chat, CANARY, f"**{CANARY}**")
    Message.objects.update(metadata={"edited_by": CANARY})
    return chat


def _pages(chat: Chat) -> list[str]:
    answer = chat.messages.latest("created_at")
    query = "app_label=chats&model_name=message&field_name=chat"
    return [
        *(CHATS, f"{CHATS}?q={chat.pk}", f"{CHATS}{chat.pk}/change/", f"{CHATS}{chat.pk}/history/"),
        *(MESSAGES, f"{MESSAGES}?q={chat.pk}", f"{MESSAGES}{answer.pk}/change/", f"{MESSAGES}{answer.pk}/history/"),
        *(f"/admin/autocomplete/?{query}", f"/admin/autocomplete/?{query}&term={chat.user.email}", "/admin/"),
    ]


def test_no_text_by_default(page, private):
    for path in _pages(private):
        response = page.get(path)
        assert response.status_code == 200, path
        assert CANARY not in response.content.decode(), path


def test_no_text_is_read_for_a_list(page, private):
    with CaptureQueriesContext(connection) as seen:
        page.get(MESSAGES)
    assert not [q["sql"] for q in seen if '"messages"."content"' in q["sql"] or '"messages"."parts"' in q["sql"]]


def test_text_where_the_setting_allows_it(page, private, settings):
    settings.ADMIN_READS_MESSAGES = True
    shown = [CANARY in page.get(path).content.decode() for path in _pages(private)]
    assert shown == [True, True, True, True, False, False, True, False, True, True, False]


@pytest.mark.parametrize("path", [CHATS, MESSAGES])
def test_text_is_searched_only_where_it_is_shown(page, private, settings, path):
    assert len(page.get(path, {"q": CANARY}).context["cl"].result_list) == 0
    assert len(page.get(path, {"q": str(private.pk)}).context["cl"].result_list) > 0
    settings.ADMIN_READS_MESSAGES = True
    assert len(page.get(path, {"q": CANARY}).context["cl"].result_list) > 0


@pytest.mark.parametrize(
    "path",
    [f"{CHATS}?title__startswith=C", f"{CHATS}?settings__system_prompt=C", f"{CHATS}?messages__content__contains=C"]
    + [
        f"{MESSAGES}?{lookup}__contains=C"
        for lookup in ("content", "parts", "html", "chat__title", "run__error_params")
    ],
)
def test_text_cannot_be_guessed_by_asking(page, private, path):
    assert page.get(path).status_code == 400


def test_nothing_is_written(page, private):
    answer = private.messages.latest("created_at")
    for row in (f"{CHATS}{private.pk}", f"{MESSAGES}{answer.pk}"):
        for act in ("change", "delete"):
            assert page.post(f"{row}/{act}/", {"title": "x", "content": "x", "post": "yes"}).status_code == 403
    private.refresh_from_db()
    assert private.title == f"{CANARY} title"
    assert private.messages.count() == 2


def test_put_away_and_taken_back(page, private):
    made = run(private, status="running")
    private.messages.filter(role="assistant").update(run=made)
    chosen = {"_selected_action": [str(private.pk)]}
    assert page.post(CHATS, chosen | {"action": "put_away"}).status_code == 302
    private.refresh_from_db()
    made.refresh_from_db()
    assert private.deleted_at
    assert made.stop_requested_at
    assert page.post(CHATS, chosen | {"action": "take_back"}).status_code == 302
    private.refresh_from_db()
    assert (private.deleted_at, private.title) == (None, f"{CANARY} title")
    assert LogEntry.objects.count() == 2
    assert not LogEntry.objects.filter(object_repr__contains=CANARY).exists()


@pytest.mark.parametrize("path", [CHATS, MESSAGES])
@pytest.mark.parametrize("is_shown", [False, True])
def test_list_needs_no_query_per_row(page, settings, path, is_shown):
    def add(many: int) -> None:
        for _ in range(many):
            chat = ChatFactory()
            exchange(chat).__class__.objects.filter(chat=chat, role="assistant").update(run=run(chat))

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert page.get(path).status_code == 200
        return len(seen)

    settings.ADMIN_READS_MESSAGES = is_shown
    add(2)
    count()
    few = count()
    add(8)
    assert count() == few


@pytest.mark.parametrize("is_shown", [False, True])
def test_each_reading_leaves_an_entry_without_the_text(page, private, settings, is_shown):
    settings.ADMIN_READS_MESSAGES = is_shown
    message = private.messages.first()
    for _ in range(2):
        page.get(f"{MESSAGES}{message.pk}/change/")
    entries = AuditEntry.objects.filter(action="message.read")
    assert [entry.target for entry in entries] == [str(message.pk)] * (2 if is_shown else 0)
    assert CANARY not in str(list(AuditEntry.objects.values_list("target", "data")))


def test_what_admins_do_here_is_written_down(page, private):
    page.post(CHATS, {"action": "put_away", "_selected_action": [str(private.pk)]})
    (entry,) = AuditEntry.objects.filter(action="admin.changed")
    assert (entry.target, entry.data) == (f"chats.chat {private.pk}", {"what": "Deletion"})
    assert entry.actor.role == UserRole.ADMIN
