"""New chats that begin with what was said in another one."""

import pytest
from django.utils import timezone

from chats.actions import forks, housekeeping
from chats.files import store
from chats.messages import tree
from chats.models import Attachment, Chat, ChatTag, Folder, Message, Role, Tag
from sambung.lib.errors import Refused
from teams.workspace import Workspace
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, exchange, message, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(alice) -> Chat:
    return ChatFactory(user=alice, title="Roasting", settings={"temperature": 0.5})


def said(chat: Chat) -> list[tuple[str, str]]:
    return [(row.role, row.content) for row in tree.branch(chat.current_message_id)]


def test_a_branch_begins_with_all_up_to_the_message(chat, alice):
    first = exchange(chat, "one", "two")
    exchange(chat, "three", "four", parent=first)
    copy = forks.branch(message=first, by=alice)
    assert said(copy) == [("user", "one"), ("assistant", "two")]
    assert [row.chat_id for row in tree.branch(copy.current_message_id)] == [copy.pk, copy.pk]
    assert said(chat) == [("user", "one"), ("assistant", "two"), ("user", "three"), ("assistant", "four")]


def test_a_branch_takes_the_variants_that_lead_to_the_message(chat, alice):
    question = exchange(chat, "one", "old").parent
    new = message(chat, Role.ASSISTANT, "new", parent=question)
    assert said(forks.branch(message=new, by=alice)) == [("user", "one"), ("assistant", "new")]


def test_a_branch_is_set_as_its_chat(chat, alice):
    folder, tag = Folder.objects.create(user=alice, name="Work"), Tag.objects.create(user=alice, name="Beans")
    Chat.objects.filter(pk=chat.pk).update(folder=folder)
    ChatTag.objects.create(chat=chat, tag=tag)
    copy = forks.branch(message=exchange(Chat.objects.get(pk=chat.pk)), by=alice)
    copy.refresh_from_db()
    assert (copy.title, copy.folder, copy.settings) == ("Branch of “Roasting”", folder, {"temperature": 0.5})
    assert (copy.provider, copy.model, copy.user, copy.team) == (chat.provider, chat.model, alice, None)
    assert [row.tag for row in copy.chat_tags.all()] == [tag]


def test_copies_keep_dates_authors_and_who_answered_but_not_what_it_took(chat, alice):
    answer = exchange(chat)
    long_ago = timezone.now() - timezone.timedelta(days=40)
    Message.objects.filter(chat=chat).update(created_at=long_ago)
    Message.objects.filter(pk=answer.pk).update(run=run(chat, status="succeeded", finished_at=timezone.now()))
    copied = tree.branch(forks.branch(message=answer, by=alice).current_message_id)
    assert [row.created_at for row in copied] == [long_ago, long_ago]
    assert [row.user for row in copied] == [alice, None]
    assert copied[1].metadata == {"model": chat.model}
    assert [row.run for row in copied] == [None, None]


def test_a_file_whose_bytes_are_lost_is_left_out(chat, alice):
    file = store.keep(by=alice, workspace=Workspace(alice), name="notes.txt", data=b"Gayo 40 kg")
    Attachment.objects.filter(pk=file.pk).update(chat=chat)
    part = {"type": "file", "data": str(file.pk), "mimeType": "text/plain", "name": "notes.txt"}
    asked = message(chat, Role.USER, "Read this")
    Message.objects.filter(pk=asked.pk).update(parts=[*asked.parts, part])
    store.drop_bytes(file)
    copy = forks.branch(message=Message.objects.get(pk=asked.pk), by=alice)
    assert (copy.current_message.parts, copy.attachments.count()) == (asked.parts, 0)


def test_many_messages_take_no_more_queries_than_a_few(chat, alice, django_assert_max_num_queries):
    end = None
    for n in range(30):
        end = exchange(chat, f"question {n}", parent=end)
    with django_assert_max_num_queries(15):
        copy = forks.branch(message=end, by=alice)
    assert copy.messages.count() == 60


def test_files_are_copied_along(chat, alice):
    file = store.keep(by=alice, workspace=Workspace(alice), name="notes.txt", data=b"Gayo 40 kg")
    Attachment.objects.filter(pk=file.pk).update(chat=chat)
    part = {"type": "file", "data": str(file.pk), "mimeType": "text/plain", "name": "notes.txt"}
    asked = message(chat, Role.USER, "Read this")
    Message.objects.filter(pk=asked.pk).update(parts=[*asked.parts, part])
    copy = forks.branch(message=Message.objects.get(pk=asked.pk), by=alice)
    (copied,) = copy.attachments.all()
    assert copied.pk != file.pk
    assert copied.file != file.file
    assert store.content(copied) == b"Gayo 40 kg"
    assert copy.current_message.parts[1] == part | {"data": str(copied.pk)}


def test_a_file_of_another_chat_is_not_copied(chat, alice, bob):
    foreign = store.keep(by=bob, workspace=Workspace(bob), name="secret.txt", data=b"secret")
    Attachment.objects.filter(pk=foreign.pk).update(chat=ChatFactory(user=bob))
    asked = message(chat, Role.USER, "Read this")
    part = {"type": "file", "data": str(foreign.pk), "mimeType": "text/plain", "name": "secret.txt"}
    Message.objects.filter(pk=asked.pk).update(parts=[*asked.parts, part])
    copy = forks.branch(message=Message.objects.get(pk=asked.pk), by=alice)
    assert not copy.attachments.exists()
    assert copy.current_message.parts == asked.parts


def test_a_reply_that_is_being_written_is_no_place_to_branch(chat, alice):
    answer = exchange(chat)
    Message.objects.filter(pk=answer.pk).update(run=run(chat, status="running", attempt=1))
    with pytest.raises(Refused, match="Stop it first") as refused:
        forks.branch(message=Message.objects.get(pk=answer.pk), by=alice)
    assert refused.value.code == "reply_running"


# ---- in the browser's eyes -------------------------------------------------------------------------------
def test_the_act_leads_to_the_new_chat_which_tells_where_it_begins(chat, alice, sign_in):
    answer, client = exchange(chat), sign_in(alice)
    response = client.post(f"/app/messages/{answer.pk}/branch/", headers={"HX-Request": "true"})
    copy = Chat.objects.exclude(pk=chat.pk).get()
    assert response["HX-Redirect"] == f"/app/chats/{copy.pk}/"
    assert f"/app/messages/{answer.pk}/" in client.get(response["HX-Redirect"]).content.decode()
    housekeeping.delete_chat(chat=chat)
    assert "This chat is a branch" not in client.get(f"/app/chats/{copy.pk}/").content.decode()


def test_in_a_team_a_branch_is_the_teams(alice, bob, sign_in):
    team = TeamFactory()
    for user in (alice, bob):
        TeamMemberFactory(team=team, user=user)
    answer = exchange(ChatFactory(user=alice, team=team))
    copy = forks.branch(message=answer, by=bob)
    assert (copy.user, copy.team) == (bob, team)
    assert tree.branch(copy.current_message_id)[0].user == alice


def test_a_question_without_a_reply_can_get_one(chat, alice, sign_in):
    asked = message(chat, Role.USER, "Anybody there?")
    client = sign_in(alice)
    assert "This message has no reply." in client.get(f"/app/chats/{chat.pk}/").content.decode()
    client.post(f"/app/messages/{asked.pk}/regenerate/")
    chat.refresh_from_db()
    assert (chat.current_message.parent, chat.current_message.role) == (asked, Role.ASSISTANT)
    assert "This message has no reply." not in client.get(f"/app/chats/{chat.pk}/").content.decode()


def test_a_message_that_waits_is_not_asked_out_of_its_turn(chat, alice, sign_in):
    exchange(chat)
    waiting = message(chat, Role.USER, "Later", queued_at=timezone.now())
    assert sign_in(alice).post(f"/app/messages/{waiting.pk}/regenerate/").status_code == 404
    assert sign_in(alice).post(f"/app/messages/{waiting.pk}/branch/").status_code == 404
