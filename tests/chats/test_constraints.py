"""Each invariant of chats, messages, runs and keys stands in the database: broken once, and refused there by name."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint
from django.utils import timezone

from agents.models import ApiKey, Run, RunEvent
from chats.models import Attachment, Chat, Message, Prompt, PromptVersion, PublicLink, Transfer
from chats.validators import validate_parts, validate_settings
from tests.factories import ChatFactory, TeamFactory, message, run

pytestmark = pytest.mark.django_db

KEY = uuid.uuid4()


def twice_public(chat):
    Chat.objects.filter(pk=chat.pk).update(public_token="t")
    ChatFactory(public_token="t")


def twice_client_id(chat):
    message(chat, client_id=KEY)
    message(chat, client_id=KEY)


def twice_locked(chat):
    run(chat, lock_key="k")
    run(chat, lock_key="k", status="running")


def twice_brought(chat):
    for _ in range(2):
        ChatFactory(user=chat.user, origin="chatgpt:1")


def twice_brought_to_a_team(chat):
    team = TeamFactory()
    for _ in range(2):
        ChatFactory(user=chat.user, team=team, origin="chatgpt:1")


def file(**fields):
    given = {"file": "attachments/x", "name": "a", "mime_type": "text/plain", "size": 1}
    return Attachment.objects.create(**given | fields)


def twice_a_file(chat):
    for _ in range(2):
        file(chat=chat)


def twice_a_version(chat):
    prompt = Prompt.objects.create(user=chat.user, name="a", content="b")
    for _ in range(2):
        PromptVersion.objects.create(prompt=prompt, number=1, name="a", content="b")


BROKEN = {
    "chats_origin_personal": twice_brought,
    "chats_origin_team": twice_brought_to_a_team,
    "attachments_file_unique": twice_a_file,
    "attachments_has_chat_or_owner": lambda chat: file(),
    "prompts_category_known": lambda chat: Prompt.objects.create(user=chat.user, name="a", content="b", category="x"),
    "prompts_has_owner": lambda chat: Prompt.objects.create(name="a", content="b"),
    "prompt_version_prompt_number": twice_a_version,
    "public_link_mode_known": lambda chat: PublicLink.objects.create(chat=chat, mode="x", snapshot={}),
    "public_link_snapshot_is_there": lambda chat: PublicLink.objects.create(chat=chat, mode="snapshot"),
    "transfer_kind_known": lambda chat: Transfer.objects.create(user=chat.user, kind="x"),
    "transfer_status_known": lambda chat: Transfer.objects.create(user=chat.user, kind="import", status="x"),
    "chats_public_token_unique": twice_public,
    "chats_public_has_token": lambda chat: Chat.objects.filter(pk=chat.pk).update(is_public=True),
    "chats_has_owner": lambda chat: Chat.objects.filter(pk=chat.pk).update(user=None),
    "messages_chat_client_id": twice_client_id,
    "messages_role_known": lambda chat: message(chat, "robot"),
    "api_keys_provider_known": lambda chat: ApiKey.objects.create(provider="nobody", label="x", base_url="http://x"),
    "run_one_active_per_lock_key": twice_locked,
    "run_kind_known": lambda chat: run(chat, kind="dream"),
    "run_status_known": lambda chat: run(chat, status="confused", finished_at=timezone.now()),
    "run_finished_has_time": lambda chat: run(chat, status="succeeded"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(chat, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name](chat)


def test_every_constraint_is_broken_here():
    named = {
        constraint.name
        for model in (Chat, Message, ApiKey, Run, RunEvent, Attachment, Prompt, PromptVersion, PublicLink, Transfer)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    assert named == set(BROKEN)


def test_an_active_run_has_no_end(chat):
    with pytest.raises(IntegrityError, match="run_finished_has_time"), transaction.atomic():
        run(chat, finished_at=timezone.now())


def test_a_lock_is_free_again_after_the_run(chat):
    run(chat, lock_key="k", status="failed", finished_at=timezone.now())
    run(chat, lock_key="k")


def test_one_client_id_may_be_used_in_two_chats(chat):
    message(chat, client_id=KEY)
    message(ChatFactory(), client_id=KEY)


def test_a_log_has_each_line_once(chat):
    given = run(chat)
    RunEvent.objects.create(run=given, seq=1, kind="start", data={})
    with pytest.raises(IntegrityError, match="run_event_pkey"), transaction.atomic():
        RunEvent.objects.create(run=given, seq=1, kind="delta", data={})


def test_defaults_stand_in_the_database(chat):
    """A row that something else writes gets them too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chats (id, user_id) VALUES (%s, %s) RETURNING title, settings::text, is_pinned, is_temporary",
            [uuid.uuid4(), chat.user_id],
        )
        assert cursor.fetchone() == ("", "{}", False, False)
        cursor.execute(
            "INSERT INTO messages (id, chat_id, role) VALUES (%s, %s, 'user') RETURNING parts::text, content, html",
            [uuid.uuid4(), chat.pk],
        )
        assert cursor.fetchone() == ("[]", "", "")


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ([{"type": "text"}], "$[0]"),
        ([{"type": "text", "text": "x"}, {"type": "dance", "text": ""}], "$[1].type"),
        ([{"type": "text", "text": 1}], "$[0].text"),
        ([{"type": "text", "text": "x", "extra": 1}], "$[0]"),
        ({}, "$"),
    ],
)
def test_parts_are_checked_and_the_error_names_the_path(parts, path):
    with pytest.raises(ValidationError) as caught:
        validate_parts(parts)
    assert caught.value.message.startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"temperature": 3}, "$.temperature"),
        ({"max_tokens": 0}, "$.max_tokens"),
        ({"system_prompt": "x" * 20_001}, "$.system_prompt"),
        ({"unknown": 1}, "$"),
    ],
)
def test_settings_are_checked_and_the_error_names_the_path(settings, path):
    with pytest.raises(ValidationError) as caught:
        validate_settings(settings)
    assert caught.value.message.startswith(f"{path}: ")
