"""Keys: who may use them, where they go, how they are kept. C57, C58, P8."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from agents import engine, errors, keys
from agents.errors import Unavailable
from agents.models import ApiKey
from sambung.home import Home
from sambung.lib import crypto, failures
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.waiting import FULL, KEYS
from teams import access
from teams.models import AuditEntry, TeamMember
from tests.agents.conftest import GOOD
from tests.factories import TeamFactory, TeamMemberFactory, api_key
from tests.lib.test_egress import FORMS
from tests.slots import full

SECRET = "sk-0123456789abcdefwxyz"
OPENAI = {"provider": "openai", "label": "Mine", "base_url": "", "secret": SECRET}


def made(alice, **changes) -> ApiKey:
    return keys.save(by=alice, scope={"user": alice, "team": None}, **OPENAI | changes)


def changed(key, alice, **changes) -> ApiKey:
    given = {"provider": key.provider, "label": key.label, "base_url": key.base_url, "secret": ""}
    return keys.save(by=alice, key=key, scope={}, **given | changes)


# ---- who ------------------------------------------------------------------------------------------------
def test_who_may_use_which(alice, bob, carol, team):
    other = TeamFactory()
    TeamMemberFactory(team=other, user=alice)
    of_team, mine, ours, theirs = api_key(alice, team), api_key(alice), api_key(), api_key(carol)
    for scope in ({"team": other}, {"team": team, "is_active": False}, {"is_active": False}):
        api_key(alice, **scope)

    assert list(keys.usable(alice, team)) == [of_team, mine, ours]
    assert list(keys.usable(bob, team)) == [of_team, ours]
    assert list(keys.usable(alice, None)) == [mine, ours]
    assert list(keys.usable(carol, team)) == [theirs, ours]


def test_an_old_member_cannot_use_it(bob, team):
    key = api_key(team.created_by, team)
    assert key in keys.usable(bob, team)
    TeamMember.objects.filter(team=team, user=bob).delete()
    assert key not in keys.usable(bob, team)


def test_who_may_change_which(alice, bob, team):
    of_team, ours = api_key(alice, team), api_key()
    for person, held in ((alice, [of_team]), (bob, [])):
        assert list(access.rows(person, ApiKey.objects.filter(pk__in=[of_team.pk, ours.pk]), access.MANAGE)) == held
    alice.role = "admin"
    alice.save()
    assert ours in access.rows(alice, ApiKey.objects.all(), access.MANAGE)


# ---- kept -----------------------------------------------------------------------------------------------
def test_a_key_is_sealed_and_opens_for_its_endpoint_alone(alice):
    key = made(alice)
    key.refresh_from_db()
    assert SECRET.encode() not in bytes(key.encrypted_key)
    assert key.key_last4 == "wxyz"
    found = keys.endpoint(key)
    assert found == engine.Endpoint("openai", "https://api.openai.com/v1", SECRET, trusted=False, provider="openai")
    assert SECRET not in repr(found)


def test_keys_of_one_place_have_names_that_tell_them_apart(alice, bob, team):
    scope = {"user": alice, "team": None}
    assert keys.free_label(scope, "openai") == "OpenAI"
    key = made(alice, label="OpenAI")
    assert keys.free_label(scope, "openai") == "OpenAI 2"
    with pytest.raises(Refused, match="Another key here has this name"):
        made(alice, label="openai")
    changed(key, alice, label="OpenAI")
    made(bob, label="OpenAI")
    keys.save(by=alice, scope={"user": alice, "team": team}, **OPENAI | {"label": "OpenAI"})


def test_of_a_short_key_nothing_is_shown(alice):
    assert made(alice, secret="short-key").key_last4 == ""


def test_a_change_keeps_the_key_or_takes_a_new_one(alice):
    key = made(alice)
    assert keys.endpoint(changed(key, alice, label="Other")).api_key == SECRET
    assert keys.endpoint(changed(key, alice, base_url="https://api.openai.com/v2")).api_key == SECRET
    assert keys.endpoint(changed(key, alice, secret="sk-another-one-4321")).api_key == "sk-another-one-4321"
    assert ApiKey.objects.get().key_last4 == "4321"


@pytest.mark.parametrize("address", ["https://evil.example.org/v1", "https://api.openai.com:8443/v1"])
def test_another_server_asks_for_the_key_again(alice, address):
    key = made(alice)
    with pytest.raises(Refused) as caught:
        changed(key, alice, base_url=address)
    assert (caught.value.field, caught.value.code) == ("secret", "key_asked_again")
    assert ApiKey.objects.get().base_url == "https://api.openai.com/v1"
    found = keys.endpoint(changed(key, alice, base_url=address, secret="sk-new-0123456789"))
    assert (found.base_url, found.api_key) == (address, "sk-new-0123456789")


def test_another_server_starts_without_health(alice):
    key = made(alice)
    ApiKey.objects.update(last_success_at=timezone.now(), limits={"requests_left": 3}, model_cache=[{"id": "m"}])
    found = changed(key, alice, secret="sk-new-0123456789")
    assert (found.last_success_at, found.limits, found.model_cache) == (None, {}, [])


def test_what_is_done_stands_in_the_audit_log_without_the_key(alice):
    key = made(alice)
    changed(key, alice, label="Other")
    keys.set_active(by=alice, key=key, is_active=False)
    keys.delete(by=alice, key=key)
    entries = list(AuditEntry.objects.order_by("created_at", "id"))
    assert [entry.action for entry in entries] == ["key.made", "key.changed", "key.deactivated", "key.deleted"]
    assert SECRET not in str([(entry.target, entry.data) for entry in entries])
    assert not ApiKey.objects.exists()


# ---- what cannot be opened: C58 --------------------------------------------------------------------------
def _problem(key: ApiKey) -> str:
    return _problem_of(ApiKey.objects.get(pk=key.pk))


def _problem_of(key: ApiKey) -> str:
    with pytest.raises(Unavailable) as caught:
        keys.endpoint(key)
    found = errors.failure(caught.value)
    assert found.code in failures.known()
    assert SECRET not in f"{found} {found.sentence}"
    return found.sentence


def test_a_changed_address_does_not_open_it(alice):
    key = made(alice)
    ApiKey.objects.update(base_url="https://evil.example.org/v1")
    assert "belongs to another address" in _problem(key)


def test_another_rows_value_does_not_open(alice, bob):
    theirs = api_key(bob)
    key = made(alice)
    ApiKey.objects.filter(pk=theirs.pk).update(encrypted_key=key.encrypted_key)
    assert "was changed in the database" in _problem(theirs)


def test_a_ring_without_its_key_says_so(alice, settings):
    key = made(alice)
    settings.ENCRYPTION_KEYS = crypto.make_key("9")
    assert "no longer has" in _problem(key)


def test_keys_open_before_and_after_a_rotation(alice, settings, tmp_path):
    settings.HOME, settings.ENCRYPTION_KEYS = Home.open(tmp_path / "home"), ""
    key, before = made(alice), ApiKey.objects.get()
    api_key(secret="")
    for option in ("--new", "--drop"):
        call_command("rotate_encryption_keys", option, stdout=StringIO())
        assert keys.endpoint(ApiKey.objects.get(pk=key.pk)).api_key == SECRET
    after = ApiKey.objects.get(pk=key.pk)
    assert after.encrypted_key != before.encrypted_key
    assert after.updated_at == before.updated_at
    assert "no longer has" in _problem_of(before)


# ---- where to: class 2, C41 -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address",
    ["http://api.openai.com/v1", "https://127.0.0.1/v1", "https://[::1]/v1", "https://169.254.169.254/", "http://x:80"],
)
def test_an_address_inside_is_refused_unless_the_operator_lists_it(settings, address):
    with pytest.raises(Refused) as caught:
        keys.checked(address)
    assert "EGRESS_ALLOW" in caught.value.sentence
    assert caught.value.code == "address_not_allowed"


@pytest.mark.parametrize(
    "address",
    ["", "x", "file:///etc/passwd", "gopher://127.0.0.1/", "https://a@b.org/", "//b.org"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Refused, match="no address"):
        keys.checked(address)


@pytest.mark.parametrize("address", ["https://b.org/?a=1", "https://b.org/v1#top"])
def test_an_address_with_more_than_an_address_says_where_it_ends(address):
    with pytest.raises(Refused, match="ends where a question mark"):
        keys.checked(address)


def test_the_operator_allows_a_place(alice, settings):
    settings.EGRESS_ALLOW = frozenset({("localhost", 11434)})
    assert keys.checked("http://LOCALHOST.:11434/v1/") == ("http://localhost:11434/v1", True)
    key = made(alice, provider="ollama", base_url="http://localhost:11434/v1", secret="")
    assert keys.endpoint(key).trusted
    settings.EGRESS_ALLOW = frozenset({("localhost", 1234)})
    assert "EGRESS_ALLOW" in _problem(key)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://api.open\u200bai.com/v1", "address_unseen"),
        ("https://api.openai.com/v1\u2060", "address_unseen"),
        ("https://api.оpenai.com/v1", "address_mixed"),
    ],
)
def test_an_address_that_is_another_than_it_seems_is_refused(address, code):
    with pytest.raises(Refused) as caught:
        keys.checked(address)
    assert caught.value.code == code


# ---- health -----------------------------------------------------------------------------------------------
def test_a_success_is_noted_once_a_minute(alice, django_assert_num_queries):
    key = made(alice)
    with django_assert_num_queries(1):
        keys.note(key.pk, limits={"requests_left": 7})
    key.refresh_from_db()
    first = key.last_success_at
    assert first == key.last_used_at
    assert key.limits == {"requests_left": 7}
    keys.note(key.pk)
    key.refresh_from_db()
    assert key.last_success_at == first
    ApiKey.objects.update(last_success_at=first - timedelta(minutes=2))
    keys.note(key.pk)
    key.refresh_from_db()
    assert key.last_success_at > first


def test_an_error_is_noted_and_the_next_success_ends_it(alice):
    key = made(alice)
    keys.note(key.pk)
    keys.note(key.pk, error=Failure("bad_request", {"detail": "No."}))
    key.refresh_from_db()
    assert key.is_failing
    assert key.last_problem == "The model's service refused the request. It said: No."
    keys.note(key.pk)
    key.refresh_from_db()
    assert not key.is_failing


# ---- asked over the wire ----------------------------------------------------------------------------------
def compatible(alice, provider, secret: str = GOOD) -> ApiKey:
    return made(alice, provider="openai_compatible", base_url=provider.url, secret=secret)


def test_a_test_keeps_the_models(alice, provider):
    key = compatible(alice, provider)
    assert keys.refresh(key) is None
    key.refresh_from_db()
    assert [(row["id"], row["context_window"]) for row in key.model_cache] == [
        ("fake-small", 8192),
        ("fake-large", 8192),
    ]
    assert key.last_success_at
    assert not key.is_failing


def test_a_refused_key_says_why_and_never_itself(alice, provider):
    key = compatible(alice, provider)
    keys.refresh(key)
    key = changed(key, alice, secret="sk-wrong-0123456789")
    assert keys.refresh(key) == Failure("auth_failed")
    key.refresh_from_db()
    assert key.is_failing
    assert "sk-wrong" not in str(ApiKey.objects.values().get())


def test_a_provider_that_is_away_is_told_and_the_models_stay(alice, provider, monkeypatch):
    key = compatible(alice, provider)
    keys.refresh(key)
    ApiKey.objects.update(base_url=f"{provider.url}/nowhere")
    monkeypatch.setattr(keys, "WITHIN", 0.0)
    key.refresh_from_db()
    assert keys.refresh(key) == Failure("timed_out")
    key.refresh_from_db()
    assert len(key.model_cache) == 2


def test_few_are_tested_at_once(alice, provider):
    key = compatible(alice, provider)
    with full(KEYS):
        assert keys.refresh(key).sentence == FULL
    assert provider.asked == []


@pytest.mark.parametrize("form", [form for form in FORMS if form])
def test_no_form_of_an_address_reaches_inside(alice, provider, settings, form):
    """C41, past the form: as if the address stood in the row already."""
    settings.EGRESS_ALLOW = frozenset()
    key = api_key(alice, secret="")
    for address in (form, form.replace("http:", "https:")):
        key.base_url = address.format(port=provider.server_port)
        assert keys.refresh(key)
    assert provider.reached == 0


def test_a_redirect_is_not_followed(alice, provider):
    key = made(alice, provider="openai_compatible", base_url=f"{provider.url[:-3]}/away", secret=GOOD)
    assert keys.refresh(key)
    assert provider.asked == ["/away/models"]


def test_lists_of_a_day_ago_are_stale(alice):
    day = timezone.now() - keys.LISTED
    given = {"provider": "openai", "base_url": "https://api.openai.com/v1", "user": alice}
    rows = {"old": {"listed_at": day}, "new": {"listed_at": timezone.now()}, "never": {}}
    rows |= {
        "rests": {"listed_at": day, "is_active": False},
        "failed": {"listed_at": day, "last_error_at": timezone.now()},
    }
    for label, fields in rows.items():
        ApiKey.objects.create(label=label, **given | fields)
    assert [row.label for row in keys.stale()] == ["old"]


def test_one_odd_answer_keeps_no_other_from_being_kept(alice, monkeypatch):
    first, second = (api_key(user=alice, label=label) for label in ("First", "Second"))

    async def ask(key):
        if key.pk == first.pk:
            raise AttributeError("odd")
        return [engine.ModelInfo("new")]

    monkeypatch.setattr(keys, "_ask", ask)
    problems = keys.refresh_all([first, second])
    second.refresh_from_db()
    assert second.model_cache == [
        {"id": "new"} | dict.fromkeys(("can_continue", "has_tokenizer", "is_window_guessed"), False)
    ]
    assert problems == {first.pk: Failure("garbled"), second.pk: None}


def test_a_window_that_was_told_is_remembered_while_it_is_guessed(alice, monkeypatch):
    key = api_key(user=alice, models=())
    for window, is_guessed, known in ((65_536, False, 65_536), (4096, True, 65_536)):
        told = engine.ModelInfo("m", window, is_window_guessed=is_guessed)

        async def ask(key, told=told):
            return [told]

        monkeypatch.setattr(keys, "_ask", ask)
        keys.refresh(key)
        key.refresh_from_db()
        assert key.model_cache[0]["context_window"] == known


def test_an_address_that_grows_when_it_is_quoted_is_refused(alice):
    with pytest.raises(Refused):
        keys.checked("https://api.example.org/" + "é" * 200)
