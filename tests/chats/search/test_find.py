"""What is found, and what is not. C08."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chats.models import Archive, ArchiveItem, Attachment, Chat, ChatTag, Folder, Role, Tag
from chats.search import find as module
from chats.search.find import find
from chats.search.marking import Piece
from chats.search.query import parse
from teams.workspace import Workspace
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, exchange, message

pytestmark = pytest.mark.django_db
TEXT = "Roasting schedule for Gayo: getUserName in chats/views.py, Kami memanggang kopi."


def titles(who, text: str, **options) -> list[str]:
    return [hit.chat.title for hit in find(who, parse(text, **options))[0]]


@pytest.fixture
def chat(alice) -> Chat:
    found = ChatFactory(user=alice, title="Beans of the week")
    exchange(found, "What is planned?", TEXT)
    return found


@pytest.mark.parametrize(
    "text",
    [
        *("schedule", "SCHEDULE", "schedules", "roast", '"roasting schedule"', "getUserName"),
        *("getusername", "user name", "views.py", "chats/views.py", "views", "memanggang", "panggang"),
        *("beans", "bean week", '"Memanggang kopi"', '"views py"'),
    ],
)
def test_words_in_all_their_forms_are_found(chat, alice, text):
    assert titles(alice, text) == ["Beans of the week"]


@pytest.mark.parametrize(
    "text",
    [
        *("torajaa", '"schedule roasting"', 'gayo -"schedule"', "schedule missing", "oasting"),
        *('"roast"', '"kopi roast"'),  # a stem is no exact word, and no neighbour of the last one
    ],
)
def test_what_does_not_fit_is_not_found(chat, alice, text):
    assert titles(alice, text) == []


def test_a_word_that_is_being_typed_is_found_by_its_beginning(chat, alice):
    assert titles(alice, "sched", is_typing=True) == ["Beans of the week"]
    assert titles(alice, "sched") == []


@pytest.mark.parametrize("many", [False, True], ids=["gathered", "met on the way"])
def test_a_hit_names_its_newest_message(chat, alice, many, monkeypatch):
    monkeypatch.setattr(module, "RARE", 0 if many else 100)
    later = exchange(chat, "Gayo again?", "Yes, Gayo.", parent=chat.current_message)
    (hit,), more = find(alice, parse("gayo"))
    assert (hit.message_id, hit.role, more) == (later.pk, Role.ASSISTANT, False)
    assert hit.url == f"/app/chats/{chat.pk}/?at={later.pk}#m-{later.pk}"
    assert [(piece.text, piece.is_hit) for piece in hit.snippet] == [("Yes, ", False), ("Gayo", True), (".", False)]


def test_the_newest_activity_is_first_and_pages_follow(alice):
    now = timezone.now()
    for n in range(5):
        exchange(ChatFactory(user=alice, title=f"Chat {n}", updated_at=now - timedelta(days=n)), "gayo", "yes")
    pages = [find(alice, parse("gayo"), page=page, size=2) for page in (1, 2, 3)]
    found = [[hit.chat.title for hit in hits] for hits, _ in pages]
    assert found == [["Chat 0", "Chat 1"], ["Chat 2", "Chat 3"], ["Chat 4"]]
    assert [more for _, more in pages] == [True, True, False]


@pytest.mark.parametrize("many", [False, True], ids=["gathered", "met on the way"])
def test_nothing_of_others_is_found(chat, alice, bob, carol, many, monkeypatch, rf):
    monkeypatch.setattr(module, "RARE", 0 if many else 100)
    team = TeamFactory()
    for user in (alice, bob):
        TeamMemberFactory(team=team, user=user)
    ours = ChatFactory(user=bob, team=team, title="Gayo of the team")
    exchange(ChatFactory(user=bob, title="Gayo of Bob"), TEXT, TEXT)
    ChatFactory(user=alice, title="Gayo, deleted", deleted_at=timezone.now())
    ChatFactory(user=alice, title="Gayo, for a while", is_temporary=True)
    assert set(titles(alice, "gayo")) == {"Beans of the week", "Gayo of the team"}
    assert titles(carol, "gayo") == []
    request = rf.get("/")
    request.user, request.workspace = alice, Workspace(alice, team)
    assert titles(request, "gayo") == [ours.title]


def test_what_waits_is_not_found(chat, alice):
    message(chat, Role.USER, "zanzibar", queued_at=timezone.now())
    assert titles(alice, "zanzibar") == []


def test_operators(chat, alice, bob):
    other = ChatFactory(user=alice, title="Other", model="big-model", is_pinned=True, updated_at=timezone.now())
    asked = message(other, Role.USER, "Gayo, says Bob")
    type(asked).objects.filter(pk=asked.pk).update(user=bob, created_at=timezone.now() - timedelta(days=30))
    upper = Folder.objects.create(user=alice, name="Work")
    Chat.objects.filter(pk=other.pk).update(folder=Folder.objects.create(user=alice, name="Orders", parent=upper))
    ChatTag.objects.create(chat=other, tag=Tag.objects.create(user=alice, name="Two words"))
    ArchiveItem.objects.create(chat=chat, archive=Archive.objects.create(user=alice, name="Year 2026"))
    Attachment.objects.create(user=alice, chat=other, file="attachments/x", name="a", mime_type="text/plain", size=1)
    expected = {
        "Other": (
            *("in:orders", "in:work", 'tag:"two WORDS"', "model:big", "is:pinned", "has:file", "gayo before:7d"),
            *(f'gayo from:"{bob.name}"', f'from:"{bob.name}"'),
        ),
        "Beans of the week": ("in:2026", "gayo after:7d", "gayo from:assistant", "from:assistant", "from:me"),
        "": ("gayo from:me", "gayo in:nowhere", "tag:two", "is:public", "from:%", "in:%"),
    }
    for title, texts in expected.items():
        assert {text: titles(alice, text) for text in texts} == {text: [title] if title else [] for text in texts}


def test_a_text_with_more_words_than_the_index_takes_is_kept_and_found(alice):
    chat = ChatFactory(user=alice, title="Long")
    message(chat, Role.USER, "zanzibar " + " ".join(f"w{n:x}é{n * 7919:x}" for n in range(60_000)))
    assert titles(alice, "zanzibar") == ["Long"]


def test_the_columns_are_in_no_query_of_models(chat, django_assert_num_queries):
    with django_assert_num_queries(1), connection.execute_wrapper(_no_search):
        list(chat.messages.all())


def _no_search(execute, sql, params, many, context):
    assert '"search"' not in sql
    assert '"words"' not in sql
    assert '"pairs"' not in sql
    return execute(sql, params, many, context)


def test_a_brief_one_begins_close_to_the_word(chat, alice):
    exchange(chat, "why " * 30 + "zanzibar, of all places?", parent=chat.current_message)
    brief = find(alice, parse("zanzibar"))[0][0].brief
    assert "".join(piece.text for piece in brief) == "…why why why why why zanzibar, of all places?"
    assert brief[1] == Piece("zanzibar", True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_no_text_makes_it_fail_or_finds_rows_of_others(chat, carol, text):
    assert find(carol, parse(text, is_typing=True))[0] == []
