"""The pages and forms of folders, tags, archives, the library and what was deleted."""

import re
from datetime import timedelta
from html import escape, unescape
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from chats.actions import housekeeping
from chats.filing import archives, tags
from chats.models import Archive, Chat, Folder, Prompt, Tag
from chats.replies import chat_settings
from sambung.lib.ids import uuid7
from teams.models import Instance
from tests.factories import ChatFactory, api_key, exchange

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def client(alice, sign_in):
    return sign_in(alice)


def html(client, path: str, **data) -> str:
    answer = client.get(path, data)
    assert answer.status_code == 200
    return answer.content.decode()


def fresh(row):
    row.refresh_from_db()
    return row


# ---- folders --------------------------------------------------------------------------------------------
def test_folders_are_made_renamed_moved_and_listed(client):
    client.post("/app/folders/new/", {"name": "Work"})
    work = Folder.objects.get()
    client.post("/app/folders/new/", {"name": "Clients", "parent": work.pk})
    clients = Folder.objects.get(name="Clients")
    client.post(f"/app/folders/{clients.pk}/rename/", {"name": "Customers"})
    assert (fresh(clients).parent, clients.name) == (work, "Customers")
    assert "Customers" in html(client, "/app/")
    client.post(f"/app/folders/{clients.pk}/move/", {"folder": ""})
    assert fresh(clients).parent is None
    assert client.post(f"/app/folders/{work.pk}/move/", {"folder": work.pk}).status_code == 422


def test_a_folder_is_deleted_with_its_chats_and_the_notice_takes_both_back(client, alice, folder):
    made = folder()
    chat = ChatFactory(user=alice, folder=made)
    answer = client.post(f"/app/folders/{made.pk}/delete/", {"content": "with"}, headers=SCRIPT)
    undo = answer.headers["HX-Trigger"].partition('"undo_url": "')[2].partition('"')[0]
    assert (fresh(made).deleted_at is not None, fresh(chat).deleted_at) == (True, made.deleted_at)
    assert client.post(undo).status_code == 302
    assert (fresh(made).deleted_at, fresh(chat).deleted_at, chat.folder) == (None, None, made)
    assert client.post(undo).status_code == 404


def test_only_their_holder_takes_back_by_the_moment(client, carol, chat, sign_in):
    housekeeping.delete_chat(chat=chat)
    foreign = ChatFactory(user=carol, deleted_at=fresh(chat).deleted_at)
    before = ChatFactory(user=chat.user, deleted_at=chat.deleted_at - timedelta(microseconds=1))
    moment = int(chat.deleted_at.timestamp()) * 1_000_000 + chat.deleted_at.microsecond
    client.post(f"/app/deleted/undo/{moment}/")
    assert [fresh(row).deleted_at is None for row in (chat, foreign, before)] == [True, False, False]
    assert client.post(f"/app/deleted/undo/{10**30}/").status_code == 404


def test_a_chat_is_placed_and_foreign_folders_are_none(client, carol, chat, folder):
    made, foreign = folder(), Folder.objects.create(user=carol, name="Hers")
    assert client.post(f"/app/chats/{chat.pk}/folder/", {"folder": made.pk}).status_code == 302
    assert fresh(chat).folder == made
    assert client.post(f"/app/chats/{chat.pk}/folder/", {"folder": foreign.pk}).status_code == 422
    assert chat.title in html(client, f"/app/folders/{made.pk}/")
    assert client.get(f"/app/folders/{foreign.pk}/").status_code == 404
    client.post(f"/app/chats/{chat.pk}/folder/", {"folder": ""})
    assert fresh(chat).folder is None


def test_a_new_chat_begins_in_its_folder_with_the_folders_model(client, alice, folder):
    key = api_key(alice, models=("gpt-5-mini", "gpt-4.1"))
    made = folder(settings={"model": {"api_key": str(key.pk), "provider": "openai", "model": "gpt-4.1"}})
    page = html(client, "/app/", folder=folder("Below", made).pk)
    assert f'name="model" value="{key.pk}:gpt-4.1"' in page
    assert f'name="folder" value="{made.pk}"' in html(client, "/app/", folder=made.pk)
    for given in (str(made.pk), "", str(uuid7())):
        client.post("/app/chats/new/", {"text": "Hello", "folder": given, "model": f"{key.pk}:gpt-4.1"})
    assert [chat.folder for chat in Chat.objects.order_by("created_at")] == [made, None, None]


def test_whoever_chooses_another_model_for_a_new_chat_stays_in_the_folder(client, alice, folder):
    key = api_key(alice, models=("gpt-5-mini", "gpt-4.1"))
    made, model = folder(settings={"system_prompt": "Folder words. " * 100}), f"{key.pk}:gpt-4.1"
    picker = re.search(r'hx-get="(/app/picker/\?[^"]*)"', html(client, "/app/", folder=made.pk))[1]
    address = f"/app/?{urlencode({'model': model, 'folder': made.pk})}"
    assert f'href="{escape(address)}"' in html(client, unescape(picker))
    assert f'name="folder" value="{made.pk}"' in html(client, address)
    gauges = [html(client, "/app/gauge/", model=model, **named) for named in ({"folder": made.pk}, {})]
    inside, outside = (int(re.search(r'data-used="(\d+)"', gauge)[1]) for gauge in gauges)
    assert inside - outside > 200, "the folder's prompt counts"


def test_the_folders_prompt_comes_before_the_chats_own(chat, folder):
    chat.folder = folder("Below", folder("Top", settings={"system_prompt": "Top words"}))
    chat.settings = {"system_prompt": "Own words"}
    assert chat_settings.settings_of(chat, None)["system_prompt"] == "Top words\n\nOwn words"
    assert chat_settings.settings_of(chat, None)["folder_prompt"]["folder"] == str(chat.folder.parent_id)
    chat.settings = {}
    assert chat_settings.settings_of(chat, None)["system_prompt"] == "Top words"


def test_settings_of_a_folder(client, folder):
    made = folder()
    path = f"/app/folders/{made.pk}/settings/"
    assert client.post(path, {"system_prompt": "Be brief", "retention_days": "3"}).status_code == 422
    assert client.post(path, {"system_prompt": "Be brief", "retention_days": "30"}).status_code == 302
    assert (fresh(made).settings, made.retention_days) == ({"system_prompt": "Be brief"}, 30)
    assert "Be brief" in html(client, path)


# ---- tags -----------------------------------------------------------------------------------------------
def test_tags_are_typed_above_a_chat_and_taken_off(client, chat):
    answer = client.post(f"/app/chats/{chat.pk}/tag/", {"name": "Coffee"}, headers=SCRIPT)
    assert "Coffee" in answer.content.decode()
    tag = Tag.objects.get()
    assert "Coffee" in html(client, f"/app/chats/{chat.pk}/")
    assert '<option value="Coffee">' in html(client, "/app/tags/names/")
    client.post(f"/app/chats/{chat.pk}/untag/", {"tag": tag.pk})
    assert not chat.chat_tags.exists()


def test_tags_are_changed_on_their_page_and_public_ones_are_not(client, workspace):
    own, public = tags.create(workspace=workspace, name="Coffee"), Tag.objects.create(name="Everybody's")
    page = html(client, "/app/tags/")
    assert ("Coffee" in page, "Everybody" in page) == (True, True)
    client.post(f"/app/tags/{own.pk}/", {"name": "Tea", "color": tags.COLORS[2]})
    assert (fresh(own).name, own.color) == ("Tea", tags.COLORS[2])
    assert client.post(f"/app/tags/{public.pk}/", {"name": "Mine", "color": tags.COLORS[2]}).status_code == 404
    client.post("/app/tags/new/", {"name": "Milk", "color": tags.COLORS[1]})
    answer = client.post(f"/app/tags/{own.pk}/", {"name": "MILK", "color": tags.COLORS[1]})
    assert (answer.status_code, "There is a tag" in answer.content.decode()) == (422, True)
    client.post(f"/app/tags/{own.pk}/delete/")
    assert not Tag.objects.filter(pk=own.pk).exists()


# ---- archives -------------------------------------------------------------------------------------------
def test_archives_of_a_chat_are_chosen_and_made(client, alice, chat):
    one = archives.create(by=alice, name="One")
    client.post(f"/app/chats/{chat.pk}/archives/", {"archives": [one.pk], "name": "Two"})
    assert {item.archive.name for item in chat.archive_items.all()} == {"One", "Two"}
    assert chat.title in html(client, f"/app/archives/{one.pk}/")
    client.post(f"/app/chats/{chat.pk}/archives/", {"archives": [], "name": ""})
    assert not chat.archive_items.exists()


def test_an_archive_is_its_persons_alone(client, carol, chat):
    hers = archives.create(by=carol, name="Hers")
    assert "Hers" not in html(client, "/app/archives/")
    assert client.get(f"/app/archives/{hers.pk}/").status_code == 404
    assert client.post(f"/app/archives/{hers.pk}/delete/").status_code == 404
    client.post(f"/app/chats/{chat.pk}/archives/", {"archives": [hers.pk]})
    assert not chat.archive_items.exists()


def test_chats_in_no_archive_are_deleted_after_a_question(client, alice, chat):
    kept = ChatFactory(user=alice)
    archives.add(archive=archives.create(by=alice, name="Kept"), chats=Chat.objects.filter(pk=kept.pk))
    path = "/app/archives/others/delete/"
    assert "Delete 1 chat that is in no archive?" in html(client, path)
    client.post(path)
    assert (fresh(chat).deleted_at is None, fresh(kept).deleted_at is None) == (False, True)


def test_in_a_team_only_its_admins_delete_what_is_in_no_archive(alice, bob, team, sign_in):
    chat = ChatFactory(user=alice, team=team)
    path = f"/team/{team.slug}/archives/others/delete/"
    assert sign_in(bob).post(path).status_code == 404
    assert sign_in(alice).post(path).status_code == 302
    assert fresh(chat).deleted_at


# ---- the library ----------------------------------------------------------------------------------------
def test_the_library_is_filtered(client, alice, workspace, folder):
    made, tag = folder(), tags.create(workspace=workspace, name="Coffee")
    archive = archives.create(by=alice, name="Kept")
    rows = {
        name: ChatFactory(user=alice, title=f"the {name} one")
        for name in ("folder", "tag", "archive", "pinned", "plain")
    }
    Chat.objects.filter(pk=rows["folder"].pk).update(folder=made)
    Chat.objects.filter(pk=rows["pinned"].pk).update(is_pinned=True)
    tags.add(chats=Chat.objects.filter(pk=rows["tag"].pk), tag=tag)
    archives.add(archive=archive, chats=Chat.objects.filter(pk=rows["archive"].pk))

    def shown(**query) -> set[str]:
        page = html(client, "/app/chats/", **query).partition("data-pick")[2]
        return {name for name in rows if f"the {name} one" in page}

    assert shown() == set(rows)
    assert shown(folder=made.pk) == {"folder"}
    assert shown(folder="none") == set(rows) - {"folder"}
    assert shown(tag=tag.pk) == {"tag"}
    assert shown(tag="none") == set(rows) - {"tag"}
    assert shown(archive=archive.pk) == {"archive"}
    assert shown(are="pinned", archive="none") == {"pinned"}
    assert shown(folder="nonsense") == set(rows)


def test_the_library_costs_the_same_for_two_and_twenty(client, alice, workspace, folder, django_assert_max_num_queries):
    tag, made = tags.create(workspace=workspace, name="Coffee"), folder()
    for many in (2, 18):
        for _ in range(many):
            ChatFactory(user=alice, folder=made)
        tags.add(chats=Chat.objects.all(), tag=tag)
        with django_assert_max_num_queries(14):
            client.get("/app/chats/")


def _bulk(client, act: str, *chats: Chat, **data):
    return client.post("/app/chats/bulk/", {"act": act, "chat": [chat.pk for chat in chats], **data})


def test_acts_on_many(client, alice, carol, workspace, folder):
    one, two = ChatFactory(user=alice), ChatFactory(user=alice)
    foreign, made = ChatFactory(user=carol), folder()
    _bulk(client, "pin", one, foreign)
    assert (fresh(one).is_pinned, fresh(two).is_pinned, fresh(foreign).is_pinned) == (True, False, False)
    assert _bulk(client, "folder", one, two).status_code == 200  # asks which
    _bulk(client, "folder", one, two, folder=made.pk, done="1")
    assert fresh(one).folder == fresh(two).folder == made
    _bulk(client, "tag", one, two, name="Coffee", done="1")
    assert [row.tag.name for row in two.chat_tags.all()] == ["Coffee"]
    _bulk(client, "untag", one, tag=Tag.objects.get().pk, done="1")
    assert (one.chat_tags.count(), two.chat_tags.count()) == (0, 1)
    _bulk(client, "archive", one, name="New", done="1")
    assert Archive.objects.get().items.get().chat == one
    _bulk(client, "unarchive", one, **{"in-archive": Archive.objects.get().pk})
    assert not one.archive_items.exists()
    assert _bulk(client, "archive", one, done="1").status_code == 422  # neither chosen nor named
    assert _bulk(client, "nonsense", one).status_code == 404
    assert fresh(foreign).folder is None


def test_many_are_deleted_in_one_act_and_come_back_together(client, alice):
    chats = [ChatFactory(user=alice) for _ in range(3)]
    answer = _bulk(client, "delete", *chats[:2])
    undo = next(str(message.extra_tags) for message in answer.wsgi_request._messages)
    assert [fresh(chat).deleted_at is None for chat in chats] == [False, False, True]
    client.post(undo)
    assert [fresh(chat).deleted_at is None for chat in chats] == [True, True, True]


def test_all_that_the_list_is_of(client, alice, folder):
    made = folder()
    inside, outside = ChatFactory(user=alice, folder=made), ChatFactory(user=alice)
    client.post("/app/chats/bulk/", {"act": "folder", "all": "1", "in-folder": "none", "folder": made.pk, "done": "1"})
    assert fresh(outside).folder == made
    client.post("/app/chats/bulk/", {"act": "delete", "all": "1", "in-folder": str(made.pk)})
    assert (fresh(inside).deleted_at is None, fresh(outside).deleted_at is None) == (False, False)


def test_many_move_to_a_team_together_or_not_at_all(client, alice, team):
    one, two = ChatFactory(user=alice), ChatFactory(user=alice)
    _bulk(client, "move", one, two, to=str(team.pk), done="1")
    assert (fresh(one).team, fresh(two).team) == (team, team)


# ---- what was deleted -----------------------------------------------------------------------------------
def test_what_was_deleted_is_taken_back_or_removed_for_good(client, alice, carol, folder):
    now = timezone.now()
    one, two = (ChatFactory(user=alice, title=title, deleted_at=now) for title in ("First", "Second"))
    exchange(two)
    gone = folder("Gone folder", deleted_at=now)
    prompt = Prompt.objects.create(user=alice, name="Gone prompt", content="x", deleted_at=now)
    foreign = ChatFactory(user=carol, title="Hers", deleted_at=now)
    page = html(client, "/app/deleted/")
    assert [title in page for title in ("First", "Second", "Gone folder", "Gone prompt", "Hers")] == [True] * 4 + [
        False
    ]
    client.post("/app/deleted/restore/", {"chat": [one.pk, foreign.pk], "folder": gone.pk, "prompt": prompt.pk})
    assert [fresh(row).deleted_at is None for row in (one, gone, prompt, foreign)] == [True, True, True, False]
    assert "Delete 1 thing for good?" in html(client, "/app/deleted/remove/", chat=two.pk)
    client.post("/app/deleted/remove/", {"chat": [two.pk, one.pk, foreign.pk]})
    assert not Chat.objects.filter(pk=two.pk).exists()
    assert Chat.objects.filter(pk__in=[one.pk, foreign.pk]).count() == 2


def test_everything_that_was_deleted_is_removed_when_that_is_said(client, alice, chat):
    gone = ChatFactory(user=alice, deleted_at=timezone.now())
    client.post("/app/deleted/remove/")
    assert Chat.objects.filter(pk=gone.pk).exists()
    client.post("/app/deleted/remove/", {"all": "1"})
    assert list(Chat.objects.all()) == [chat]


@pytest.mark.parametrize("name", ["folder", "tag", "archive"])
def test_all_of_a_list_that_is_gone_is_none(client, alice, name):
    ChatFactory(user=alice)
    answer = client.post("/app/chats/bulk/", {"act": "delete", "all": "1", f"in-{name}": str(uuid7())}, headers=SCRIPT)
    assert "not there any more" in answer.content.decode() + answer.headers.get("HX-Trigger", "")
    assert Chat.objects.get().deleted_at is None


def test_in_a_team_only_admins_remove_for_good(alice, bob, team, sign_in):
    chat = ChatFactory(user=alice, team=team, deleted_at=timezone.now())
    sign_in(bob).post(f"/team/{team.slug}/deleted/remove/", {"chat": chat.pk})
    assert Chat.objects.filter(pk=chat.pk).exists()
    sign_in(bob).post(f"/team/{team.slug}/deleted/restore/", {"chat": chat.pk})
    assert fresh(chat).deleted_at is None


def test_a_chat_tells_when_it_goes(client, alice, chat):
    Instance.present()
    Instance.objects.update(retention_days=30)
    Chat.objects.filter(pk=chat.pk).update(warned_at=timezone.now())
    assert "This chat will be deleted on" in html(client, f"/app/chats/{chat.pk}/")
    assert chat.title in html(client, "/app/chats/", are="going")
    Chat.objects.filter(pk=chat.pk).update(updated_at=timezone.now())
    assert "This chat will be deleted on" not in html(client, f"/app/chats/{chat.pk}/")
