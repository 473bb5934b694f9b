"""Admin pages of folders, tags, archives, files, prompts, links and transfers: whose they are, not what is in them."""

import pytest
from django.apps import apps

from chats.models import (
    Archive,
    ArchiveItem,
    Attachment,
    ChatTag,
    Folder,
    Prompt,
    PromptVersion,
    PublicLink,
    Tag,
    Transfer,
)
from teams.models import UserRole
from tests import factories
from tests.factories import ChatFactory, UserFactory

CANARY = "CANARYtext"


@pytest.fixture
def page(db, sign_in):
    return sign_in(UserFactory(role=UserRole.ADMIN))


@pytest.fixture
def private(alice) -> list:
    """A row of each kind; every text in it that is more than a name is a canary."""
    chat = ChatFactory(user=alice, title=CANARY, public_token=f"{CANARY}token", is_public=True)
    folder = Folder.objects.create(user=alice, name="Work", settings={"system_prompt": CANARY})
    tag = Tag.objects.create(user=alice, name="Urgent", color="#aa3300")
    archive = Archive.objects.create(user=alice, name="2026", description=CANARY)
    prompt = Prompt.objects.create(user=alice, name="Letter", content=CANARY)
    return [
        folder,
        tag,
        archive,
        prompt,
        ChatTag.objects.create(chat=chat, tag=tag),
        ArchiveItem.objects.create(archive=archive, chat=chat),
        factories.chat_document(chat, factories.document(alice, title=CANARY, content=CANARY)),
        factories.chat_collection(chat, factories.collection(alice, description=CANARY)),
        PromptVersion.objects.create(prompt=prompt, number=1, name="Letter", content=CANARY),
        PublicLink.objects.create(chat=chat, snapshot={"title": CANARY}, password=CANARY),
        Transfer.objects.create(
            user=alice, kind="export", options={"what": CANARY}, report={"what": CANARY}, file=CANARY
        ),
        Attachment.objects.create(
            user=alice, chat=chat, file="attachments/x", name=CANARY, text=CANARY, mime_type="text/plain", size=1
        ),
    ]


def _path(row, page: str) -> str:
    return f"/admin/chats/{row._meta.model_name}/{page}"


def test_no_text_on_any_page(page, private):
    for row in private:
        for path in (
            _path(row, ""),
            _path(row, f"?q={row.pk}"),
            _path(row, f"{row.pk}/change/"),
            _path(row, f"{row.pk}/history/"),
        ):
            response = page.get(path)
            assert response.status_code == 200, path
            assert CANARY not in response.content.decode(), path


def test_each_kind_is_looked_at(private):
    new = {model for model in apps.get_app_config("chats").get_models() if model.__module__ != "chats.models.chats"}
    assert new == {type(row) for row in private}


def test_text_of_a_public_prompt_is_shown(page, alice):
    prompt = Prompt.objects.create(user=alice, name="Letter", content="Dear all", is_public=True)
    assert "Dear all" in page.get(_path(prompt, f"{prompt.pk}/change/")).content.decode()


def test_a_public_tag_is_made_changed_and_removed(page):
    assert page.post("/admin/chats/tag/add/", {"name": "Legal", "color": "#aa3300"}).status_code == 302
    tag = Tag.objects.get(name="Legal")
    assert (tag.user, tag.team, tag.color) == (None, None, "#aa3300")
    page.post(_path(tag, f"{tag.pk}/change/"), {"name": "Law", "color": "#003366"})
    tag.refresh_from_db()
    assert (tag.name, tag.color) == ("Law", "#003366")
    page.post(_path(tag, f"{tag.pk}/delete/"), {"post": "yes"})
    assert not Tag.objects.exists()


def test_a_second_public_tag_of_that_name_is_refused(page):
    Tag.objects.create(name="Legal")
    response = page.post("/admin/chats/tag/add/", {"name": "LEGAL", "color": "#aa3300"})
    assert response.status_code == 200
    assert Tag.objects.count() == 1


def test_a_color_that_is_none_is_refused(page):
    response = page.post("/admin/chats/tag/add/", {"name": "Legal", "color": "red;background:url(//evil)"})
    assert response.status_code == 200
    assert not Tag.objects.exists()


def test_a_tag_of_a_person_is_not_changed(page, alice):
    tag = Tag.objects.create(user=alice, name="Mine")
    assert page.post(_path(tag, f"{tag.pk}/change/"), {"name": "Ours"}).status_code == 403
    assert page.post(_path(tag, f"{tag.pk}/delete/"), {"post": "yes"}).status_code == 403
