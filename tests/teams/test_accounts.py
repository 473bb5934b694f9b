"""Signing up, in and out, a new password by mail, one's own account: through the pages that people use."""

import io
import json
import re
import zipfile

import pytest
from django.test import Client
from django.utils.http import urlencode

from teams.models import AuditEntry, Instance, SignUp, User
from tests.factories import PASSWORD, ChatFactory, exchange, message
from tests.teams.mail import code_in

LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"
_TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")  # against forged requests; another one in each page


def test_sign_in_and_out(client, alice):
    assert client.post(LOGIN, {"login": alice.email.upper(), "password": PASSWORD}).url == "/"
    assert client.get("/", follow=True).redirect_chain == [("/app/", 302)]
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/app/").url == f"{LOGIN}?next=/app/"
    assert client.get("/app/?page=2").url == f"{LOGIN}?next=/app/%3Fpage%3D2"


def test_sign_in_leads_on(client, alice, chat):
    path = f"/app/chats/{chat.pk}/"
    response = client.post(LOGIN, {"login": alice.email, "password": PASSWORD, "next": path})
    assert response.url == path


def test_wrong_password_and_unknown_address_sound_alike(client, alice):
    """C53."""
    pages = []
    for email in (alice.email, "nobody@example.org"):
        answer = client.post(LOGIN, {"login": email, "password": "not this one"})
        assert answer.context["form"].errors
        pages.append((answer.status_code, _TOKEN.sub("#", answer.content.decode().replace(email, "#"))))
    assert pages[0] == pages[1]


def test_deactivated_person_does_not_come_in(client, alice):
    alice.is_active = False
    alice.save()
    client.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    assert client.get("/app/").status_code == 302


def test_guessing_is_stopped(client, alice):
    for _ in range(20):
        client.post(LOGIN, {"login": alice.email, "password": "a guess"})
    client.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    assert client.get("/app/").status_code == 302


def test_new_password_by_mail(client, alice, mailoutbox, sign_in):
    elsewhere = sign_in(alice)
    assert client.post(RESET, {"email": alice.email}).url == "/accounts/password/reset/done/"
    (mail,) = mailoutbox
    assert mail.to == [alice.email]
    link = reset_link(mail)
    scanned = [Client().get(link, follow=True).status_code for _ in range(3)] + [Client().head(link).status_code]
    assert scanned == [200, 200, 200, 302], "what scans mails uses nothing up"
    form = client.get(link, follow=True)
    path = form.redirect_chain[-1][0]
    new = "an entirely new phrase"
    assert client.post(path, {"password1": new, "password2": new}).status_code == 302
    assert elsewhere.get("/app/").status_code == 302, "other sessions end"
    assert client.post(LOGIN, {"login": alice.email, "password": PASSWORD}).status_code == 200
    assert client.post(LOGIN, {"login": alice.email, "password": new}).status_code == 302
    assert any("password" in mail.subject.lower() for mail in mailoutbox[1:]), "the person is told"
    client.logout()
    assert not client.get(link, follow=True).redirect_chain, "the link works once"


def test_unknown_address_looks_the_same(client, db, mailoutbox):
    response = client.post(RESET, {"email": "nobody@example.org"})
    assert response.url == "/accounts/password/reset/done/"
    assert all(mail.to == ["nobody@example.org"] and "/key/" not in mail.body for mail in mailoutbox)


def reset_link(mail) -> str:
    return re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.body)[1]


@pytest.mark.parametrize(
    "key", ["null", "", "[]", "%5B%5D", "set-password", "undefined", "a" * 500, "cq1abc-" + "0" * 32]
)
def test_made_up_reset_link(client, alice, mailoutbox, key):
    """C52: the key of a real link is replaced."""
    client.post(RESET, {"email": alice.email})
    start = reset_link(mailoutbox[0]).rpartition("/reset/key/")[2].partition("-")[0]
    path, new = f"/accounts/password/reset/key/{start}-{key}/", "an entirely new phrase"
    for answer in (client.get(path), client.post(path, {"password1": new, "password2": new, "key": key})):
        assert answer.status_code == (400 if key else 404)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_reset_link_with_the_name_of_somebody_else(client, alice, bob, mailoutbox):
    """C52: Bob's own key opens nothing of Alice's, by its link or once it is kept in the session."""
    for person in (alice, bob):
        client.post(RESET, {"email": person.email})
    (alices, _), (bobs, key) = (
        reset_link(mail).rpartition("/")[0].rpartition("/")[2].split("-", 1) for mail in mailoutbox
    )
    new = {"password1": "an entirely new phrase", "password2": "an entirely new phrase"}
    assert client.get(f"/accounts/password/reset/key/{bobs}-{key}/").status_code == 302
    for path in (f"{alices}-{key}", f"{alices}-set-password"):
        assert client.post(f"/accounts/password/reset/key/{path}/", new).status_code == 400
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_reset_link_ends_with_the_password_it_was_made_for(client, alice, mailoutbox):
    """C52: an old key."""
    client.post(RESET, {"email": alice.email})
    alice.set_password("chosen elsewhere meanwhile")
    alice.save()
    link = reset_link(mailoutbox[0])
    new = {"password1": "an entirely new phrase", "password2": "an entirely new phrase"}
    assert client.get(link).status_code == client.post(link, new).status_code == 400
    alice.refresh_from_db()
    assert alice.check_password("chosen elsewhere meanwhile")


def test_preferences(client, alice, sign_in):
    theirs = sign_in(alice)
    theirs.post("/preferences/", {"theme": "dark"})
    theirs.post("/preferences/", {"theme": "pink", "language": "tlh"})
    theirs.post("/preferences/", {"language": "id"})
    alice.refresh_from_db()
    assert alice.preferences == {"theme": "dark", "language": "id"}
    shown = theirs.get("/app/").content.decode()
    assert '<html lang="id" data-theme="dark"' in shown


@pytest.mark.parametrize(
    ("came_from", "to"), [("http://testserver/app/chats/", "/app/chats/"), ("//evil.test", "/app/")]
)
def test_preferences_lead_back(alice, sign_in, settings, came_from, to):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = sign_in(alice).post("/preferences/", {"theme": "dark"}, headers={"Referer": came_from})
    assert response.url.endswith(to)
    assert "evil" not in response.url


# ---- Signing up -----------------------------------------------------------------------------------------
SIGN_UP, CONFIRM = "/accounts/signup/", "/accounts/confirm-email/"
NEW = {"name": "Nadia New", "email": "Nadia@Example.org", "password1": PASSWORD}


@pytest.fixture
def is_open(db):
    Instance.objects.update_or_create(is_only=True, defaults={"sign_up": SignUp.OPEN})


@pytest.mark.parametrize("mode", [SignUp.INVITE, SignUp.CLOSED])
def test_sign_up_is_closed(client, db, mode):
    Instance.objects.update_or_create(is_only=True, defaults={"sign_up": mode})
    shown, answer = client.get(SIGN_UP).content.decode(), client.post(SIGN_UP, NEW)
    assert answer.status_code == 200
    assert ("By invitation only" in shown) == (mode == SignUp.INVITE)
    assert SIGN_UP not in client.get(LOGIN).content.decode()
    assert not User.objects.exists()


def test_sign_up_with_a_code(client, is_open, mailoutbox):
    assert SIGN_UP in client.get(LOGIN).content.decode()
    assert client.post(SIGN_UP, NEW).url == CONFIRM
    person = User.objects.get()
    assert (person.name, person.email) == ("Nadia New", "nadia@example.org")
    assert client.get("/app/").status_code == 302, "nothing opens before the address is confirmed"
    (mail,) = mailoutbox
    assert mail.to == ["nadia@example.org"]
    assert client.post(CONFIRM, {"code": "WRONG1"}).status_code == 200
    assert client.post(CONFIRM, {"code": code_in(mail)}).status_code == 302
    assert client.get("/app/").status_code == 200
    said = list(AuditEntry.objects.order_by("created_at", "id").values_list("action", "target"))
    assert said == [("account.signed_up", person.email), ("account.signed_in", person.email)]


def test_password_is_not_enough_before_the_address_is_confirmed(client, is_open, settings):
    settings.ACCOUNT_RATE_LIMITS = False  # a second code within seconds
    client.post(SIGN_UP, NEW)
    elsewhere = Client()
    assert elsewhere.post(LOGIN, {"login": NEW["email"], "password": PASSWORD}).url == CONFIRM
    assert elsewhere.get("/app/").status_code == 302


def test_known_address_sounds_like_an_unknown_one(client, alice, is_open, mailoutbox):
    """C53. The mail alone tells, to the owner of the address."""
    other = Client()
    pages = []
    for caller, email in ((client, alice.email), (other, "unknown@example.org")):
        answer = caller.post(SIGN_UP, NEW | {"email": email})
        assert answer.url == CONFIRM
        shown = caller.get(CONFIRM).content.decode().replace(email, "#")
        refused = caller.post(CONFIRM, {"code": "WRONG1"}).content.decode().replace(email, "#")
        pages.append([_TOKEN.sub("#", page) for page in (shown, refused)])
    assert pages[0] == pages[1]
    assert [mail.to for mail in mailoutbox] == [[alice.email], ["unknown@example.org"]]
    assert "/password/reset/" in mailoutbox[0].body
    assert mailoutbox[0].subject == mailoutbox[1].subject
    assert alice.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/accounts/login/code/", RESET])
def test_codes_and_links_for_known_and_unknown_addresses(client, alice, path):
    """C53."""
    pages = []
    for email in (alice.email, "unknown@example.org"):
        caller = Client()
        answer = caller.post(path, {"email": email}, follow=True)
        page = _TOKEN.sub("#", answer.content.decode().replace(email, "#"))
        pages.append((answer.redirect_chain, answer.status_code, page))
    assert pages[0] == pages[1]


def test_address_registered_by_somebody_else_first(client, is_open, mailoutbox):
    """C52: whoever gave a victim's address at sign-up keeps nothing once the owner comes in."""
    attacker = Client()
    attacker.post(SIGN_UP, NEW)
    mailoutbox.clear()
    client.post("/accounts/login/code/", {"email": NEW["email"]})
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert client.get("/app/").status_code == 200
    assert attacker.get("/app/").status_code == 302
    attacker.post(LOGIN, {"login": NEW["email"], "password": PASSWORD})
    assert attacker.get("/app/").status_code == 302
    assert not User.objects.get().has_usable_password()


# ---- Signing in by mail ---------------------------------------------------------------------------------
def test_sign_in_by_mail(client, alice, mailoutbox):
    path = "/accounts/login/code/"
    assert client.post(path, {"email": alice.email}).url == f"{path}confirm/"
    code = code_in(mailoutbox[0])
    assert client.post(f"{path}confirm/", {"code": code}).status_code == 302
    assert client.get("/app/").status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD), "the password of somebody who proved the address before stays"
    entry = AuditEntry.objects.get(action="account.signed_in")
    assert (entry.actor, entry.data) == (alice, {"methods": ["code"]})
    other = Client()
    other.post(path, {"email": alice.email})
    other.post(f"{path}confirm/", {"code": code})
    assert other.get("/app/").status_code == 302, "a code works once"


def test_mailed_code_may_be_typed_as_people_do(client, alice, mailoutbox):
    path = "/accounts/login/code/"
    client.post(path, {"email": alice.email.upper()})
    code = code_in(mailoutbox[0])
    typed = f" {' '.join(code.replace('-', '').lower())} "
    assert client.post(f"{path}confirm/", {"code": typed}).status_code == 302
    assert client.get("/app/").status_code == 200


def test_wrong_codes_end_the_attempt(client, alice, mailoutbox):
    client.post("/accounts/login/code/", {"email": alice.email})
    for _ in range(3):
        answer = client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    assert answer.status_code == 302
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert client.get("/app/").status_code == 302
    assert AuditEntry.objects.filter(action="account.sign_in_failed").count() == 3


def test_audit_of_coming_and_going(client, alice):
    client.post(LOGIN, {"login": alice.email, "password": "not this one"})
    client.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    client.post("/accounts/logout/")
    entries = AuditEntry.objects.order_by("created_at", "id").values_list("action", "actor", "target")
    assert list(entries) == [
        ("account.sign_in_failed", None, alice.email),
        ("account.signed_in", alice.pk, alice.email),
        ("account.signed_out", alice.pk, alice.email),
    ]
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


# ---- One's own account ----------------------------------------------------------------------------------
def prove(client, then: str):
    """Open a page that asks for the password once more, and give it."""
    asked = client.get(then)
    assert asked.url == f"/accounts/reauthenticate/?{urlencode({'next': then})}"
    assert client.post(asked.url, {"password": "not this one", "next": then}).status_code == 200
    return client.post(asked.url, {"password": PASSWORD, "next": then})


def test_account_page(alice, sign_in):
    shown = sign_in(alice).get("/accounts/").content.decode()
    assert alice.email in shown
    for path in ("email", "password/change", "factors", "sessions", "export", "delete"):
        assert f'href="/accounts/{path}/"' in shown


def test_change_of_address(alice, sign_in, mailoutbox):
    """C54: asks for the password, proves the new address by a code, tells the old one."""
    client, old = sign_in(alice), alice.email
    change = {"email": "New.Address@example.org", "action_add": "1"}
    assert client.post("/accounts/email/", change).url.startswith("/accounts/reauthenticate/")
    assert mailoutbox == []
    resumed = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/email/"})
    assert resumed.url == CONFIRM
    (mail,) = mailoutbox
    assert mail.to == ["new.address@example.org"]
    alice.refresh_from_db()
    assert alice.email == old, "the old address serves until the new one is proved"
    assert client.post(CONFIRM, {"code": code_in(mail)}).url == "/accounts/email/"
    alice.refresh_from_db()
    assert alice.email == "new.address@example.org"
    assert list(alice.emailaddress_set.values_list("email", "verified", "primary")) == [(alice.email, True, True)]
    assert mailoutbox[1].to == [old]
    assert alice.email in mailoutbox[1].body
    entry = AuditEntry.objects.get(action="account.email_changed")
    assert (entry.actor, entry.target, entry.data) == (alice, alice.email, {"was": old})


def test_address_of_somebody_else(alice, bob, sign_in, mailoutbox):
    client = sign_in(alice)
    prove(client, "/accounts/export/")
    client.post("/accounts/email/", {"email": bob.email, "action_add": "1"})
    assert [mail.to for mail in mailoutbox] == [[bob.email]], "its owner is asked, and nobody is told that there is one"
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    alice.refresh_from_db()
    assert alice.email != bob.email
    assert list(alice.emailaddress_set.values_list("email", flat=True)) == [alice.email]


def test_change_of_password(alice, sign_in, mailoutbox):
    """C54."""
    client, elsewhere = sign_in(alice), sign_in(alice)
    new = "an entirely new phrase"
    values = {"oldpassword": "not this one", "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", values).status_code == 200
    assert client.post("/accounts/password/change/", values | {"oldpassword": PASSWORD}).status_code == 302
    assert elsewhere.get("/app/").status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(new)
    assert [mail.to for mail in mailoutbox] == [[alice.email]]
    assert AuditEntry.objects.filter(action="account.password_changed", actor=alice).count() == 1


def test_own_data(alice, team, chat, sign_in):
    exchange(chat, "How much is a kopi tubruk?", "Eight thousand.")
    shared = ChatFactory(user=alice, team=team, title="Shared")
    end = exchange(shared, "From Alice", "An answer")
    message(shared, text="From Bob", parent=end, user=team.members.exclude(user=alice).get().user)
    client = sign_in(alice)
    assert client.get("/accounts/export/").status_code == 302
    assert prove(client, "/accounts/export/").status_code == 302
    answer = client.post("/accounts/export/")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        files = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    own, teams = files[f"chats/{chat.pk}.json"], files[f"team-chats/{shared.pk}.json"]
    assert files["profile.json"]["email"] == alice.email
    assert files["memberships.json"][0]["team"] == team.name
    assert [part["parts"][0]["text"] for part in own["messages"]] == ["How much is a kopi tubruk?", "Eight thousand."]
    assert [part["parts"][0]["text"] for part in teams["messages"]] == ["From Alice"]
    assert "password" not in files["profile.json"]
    assert AuditEntry.objects.filter(action="account.exported", actor=alice).count() == 1
