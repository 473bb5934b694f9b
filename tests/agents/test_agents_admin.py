"""Admin pages of keys and runs: looked at, never written, and never a secret."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import ApiKey, Run
from teams.models import UserRole
from tests.factories import ChatFactory, UserFactory, run

KEYS, RUNS = "/admin/agents/apikey/", "/admin/agents/run/"
CANARY = b"CANARY-cipher-0123456789"


@pytest.fixture
def page(db, sign_in):
    return sign_in(UserFactory(role=UserRole.ADMIN))


@pytest.fixture
def key(alice) -> ApiKey:
    return ApiKey.objects.create(
        user=alice, provider="openai", label="Mine", base_url="https://api.openai.com/v1", encrypted_key=CANARY
    )


def test_key_pages_hold_no_secret(page, key):
    for path in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/"):
        response = page.get(path)
        assert response.status_code == 200
        assert "CANARY" not in response.content.decode()
        assert CANARY.hex() not in response.content.decode()


def test_keys_cannot_be_guessed_by_asking(page, key):
    assert page.get(f"{KEYS}?provider__exact=openai").status_code == 200
    for lookup in ("encrypted_key__startswith=C", "encrypted_key__isnull=0", "user__password__startswith=md5"):
        assert page.get(f"{KEYS}?{lookup}").status_code == 400


@pytest.mark.parametrize("act", ["change", "delete"])
def test_nothing_is_written(page, key, chat, act):
    made = run(chat)
    for path in (f"{KEYS}{key.pk}/{act}/", f"{RUNS}{made.pk}/{act}/", f"{KEYS}add/", f"{RUNS}add/"):
        assert page.post(path, {"label": "Other", "status": "failed", "post": "yes"}).status_code == 403
    key.refresh_from_db()
    assert (key.label, Run.objects.get().status) == ("Mine", "queued")


def test_run_found_by_id_and_person(page, chat):
    made = run(chat)
    run(ChatFactory())
    for term in (str(made.pk), chat.user.email):
        assert [row.pk for row in page.get(RUNS, {"q": term}).context["cl"].result_list] == [made.pk]


def test_run_page(page, chat):
    made = run(chat)
    shown = page.get(f"{RUNS}{made.pk}/change/").content.decode()
    assert "fake-plain" in shown
    assert 'name="_save"' not in shown


@pytest.mark.parametrize("path", [KEYS, RUNS])
def test_list_needs_no_query_per_row(page, path):
    def add(many: int) -> None:
        for _ in range(many):
            chat = ChatFactory()
            run(chat)
            ApiKey.objects.create(user=chat.user, provider="openai", label="k", base_url="https://api.openai.com")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert page.get(path).status_code == 200
        return len(seen)

    add(2)
    count()
    few = count()
    add(8)
    assert count() == few
