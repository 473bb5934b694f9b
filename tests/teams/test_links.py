"""Public links of whatever kind of thing: found, opened, counted, listed and ended alike. With notes beside chats."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from chats.sharing import chat_links
from sambung.lib.errors import Refused
from teams import limits, links
from teams.models import AuditEntry, Instance
from teams.views import links as views
from teams.workspace import Workspace
from tests.factories import ChatFactory
from tests.teams import notes
from tests.teams.notes import Note, NoteLink, note


@pytest.fixture(autouse=True)
def room(db, monkeypatch, settings, tmp_path):
    """There are notes, and nobody has guessed yet."""
    monkeypatch.setattr(limits, "_window", MovingWindowRateLimiter(MemoryStorage()))
    notes.make_room(monkeypatch, settings, tmp_path)


@pytest.fixture
def public() -> Client:
    return Client()


HTMX = {"HX-Request": "true"}


def share(by, team=None, text="Gayo", **options) -> NoteLink:
    """The link of a new note."""
    return notes.share(note(by, team, text), by, **options)


def share_chat(chat):
    return chat_links.share(chat=chat, by=chat.user, mode="live")


def address(link: NoteLink) -> str:
    return f"/p/{link.token}/"


def is_found(link: NoteLink) -> bool:
    return links.find(link.token) == link


# ---- made -----------------------------------------------------------------------------------------------
def test_a_form_makes_a_link_changes_and_ends_it(alice, bob, sign_in, public):
    thing = note(alice)
    client, path = sign_in(alice), f"/app/notes/{thing.pk}/"
    made = client.post(f"{path}share/", {"mode": "live", "expires": "day", "password": "toraja"}, headers=HTMX)
    token = NoteLink.objects.get().token
    assert made["HX-Trigger"] == "shared"
    assert re.findall(r'readonly value="([^"]+)"', made.content.decode()) == [f"http://testserver/p/{token}"]
    assert client.post(f"{path}share/", {"mode": "live", "expires": "date"}).status_code == 422
    client.post(f"{path}share/", {"mode": "live", "expires": "never", "without_password": "on"})
    assert public.get(f"/p/{token}/").content.decode() == "<h1>GAYO</h1>"
    for act in ("share", "unshare"):
        assert sign_in(bob).get(f"{path}{act}/").status_code == 404
    assert "Whoever has the link of “Gayo”" in client.get(f"{path}unshare/").content.decode()
    assert client.post(f"{path}unshare/")["Location"] == path
    assert links.find(token) is None
    assert client.post(f"{path}unshare/").status_code == 404


# ---- opened ---------------------------------------------------------------------------------------------
def test_a_token_leads_to_its_kind(alice, public, chat):
    shared, token = share(alice), share_chat(chat).chat.public_token
    response = public.get(address(shared))
    assert response.content.decode() == "<h1>GAYO</h1>"
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    assert public.get(f"/p/{token}/").templates[0].name == "chats/shared.html"
    assert links.find(shared.token, NoteLink) == shared
    assert links.find(token, NoteLink) is None
    assert links.find("x" * 32) is None


def test_what_is_of_one_kind_opens_for_its_tokens_alone(alice, bob, sign_in):
    assert sign_in(bob).get(f"{address(share(alice))}copy/").status_code == 404


def seen(link: NoteLink) -> int:
    link.refresh_from_db()
    return link.views


def test_only_others_are_counted(alice, public, sign_in):
    """By the word of the page's own script; tests/browser/test_sharing.py has it say so once a session."""
    shared = share(alice)
    for visitor in (public, Client(), sign_in(alice)):
        answer = visitor.post(f"{address(shared)}seen/")
        assert (answer.status_code, answer.cookies) == (204, {})
    assert seen(shared) == 2


PREVIEWS = (
    "WhatsApp/2.23.20.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "TelegramBot (like TwitterBot)",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
)


@pytest.mark.parametrize(
    "headers",
    [
        *({"User-Agent": name} for name in PREVIEWS),
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_what_looks_for_nobody_is_not_counted(alice, public, headers):
    shared = share(alice)
    assert public.get(address(shared), headers=headers).status_code == 200
    assert public.head(address(shared), headers=headers).status_code == 200
    assert public.post(f"{address(shared)}seen/", headers=headers).status_code == 204
    assert seen(shared) == 0


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 50) Chrome/140.0 Mobile",
        "Mozilla/5.0 Firefox/144.0",
        "",
    ],
)
def test_people_are_counted_whatever_their_browser_is_called(alice, public, agent):
    shared = share(alice)
    public.post(f"{address(shared)}seen/", headers={"User-Agent": agent, "Sec-Fetch-Site": "same-origin"})
    assert seen(shared) == 1


def test_who_has_not_given_the_password_has_seen_nothing(alice, public):
    shared = share(alice, password="toraja")
    assert public.post(f"{address(shared)}seen/").status_code == 204
    assert seen(shared) == 0
    public.post(address(shared), {"password": "toraja"})
    public.post(f"{address(shared)}seen/")
    assert seen(shared) == 1


def test_looks_are_bounded(alice, public, monkeypatch):
    monkeypatch.setitem(limits.RATES, "view", {"address": parse("2/hour")})
    shared = share(alice)
    assert [public.post(f"{address(shared)}seen/").status_code for _ in range(3)] == [204, 204, 429]
    assert seen(shared) == 2
    assert public.post("/p/never-was-any/seen/").status_code == 404
    assert public.get(f"{address(shared)}seen/").status_code == 405


def test_the_password_stands_before_every_kind(alice, public):
    shared = share(alice, password="toraja")
    assert "GAYO" not in public.get(address(shared)).content.decode()
    assert public.post(address(shared), {"password": "wrong"}).status_code == 422
    assert public.post(address(shared), {"password": "toraja"}).status_code == 302
    assert "GAYO" in public.get(address(shared)).content.decode()
    notes.share(shared.note, alice)
    assert "GAYO" in public.get(address(shared)).content.decode(), "it stays as it was"
    notes.share(shared.note, alice, password="another")
    assert "GAYO" not in public.get(address(shared)).content.decode()


def test_guessing_tokens_and_passwords_is_bounded(alice, public):
    shared = share(alice, password="toraja")
    guessed = [public.get(f"/p/{'x' * 30}{n}/").status_code for n in range(60)]
    tried = [public.post(address(shared), {"password": str(n)}).status_code for n in range(61)]
    assert guessed == [404] * 60
    assert tried == [422] * 60 + [429]
    assert public.get("/p/never-was-any/").status_code == 429


def test_it_opens_until_it_ends(alice, public):
    shared = share(alice, expires_at=timezone.now() + timedelta(hours=1))
    assert is_found(shared)
    NoteLink.objects.update(expires_at=timezone.now())
    assert not is_found(shared)
    assert public.get(address(shared)).status_code == 404


def test_what_its_kind_does_not_hold_for_there_does_not_open(alice):
    shared = share(alice)
    Note.objects.update(is_hidden=True)
    assert not is_found(shared)
    assert links.listed(links.newest(Workspace(alice))) == []


def test_the_instance_and_a_team_forbid_links_of_every_kind(alice, team):
    mine, ours = share(alice), share(alice, team)
    team.settings = {"public_links": False}
    team.save()
    assert [is_found(mine), is_found(ours)] == [True, False]
    with pytest.raises(Refused, match="not allowed"):
        share(alice, team)
    Instance.objects.update(public_links=False)
    assert not is_found(mine)


def test_a_persons_links_close_with_the_account_and_a_teams_stay(alice, team):
    mine, ours = share(alice), share(alice, team)
    alice.is_active = False
    alice.save()
    assert [is_found(mine), is_found(ours)] == [False, True]


# ---- listed and ended -----------------------------------------------------------------------------------
def test_one_list_holds_the_links_of_all_kinds_in_a_workspace(alice, bob, team, chat):
    first, second, ours = share(alice), share_chat(chat), share(bob, team)
    share(bob)
    assert [row.link for row in links.listed(links.newest(Workspace(alice)))] == [second, first]
    assert [row.link for row in links.listed(links.newest(Workspace(alice, team)))] == [ours]
    first.save()
    found = links.listed(links.newest(Workspace(alice)))
    assert [(row.link, row.thing) for row in found] == [(first, first.note), (second, chat)]


def test_the_page_leads_to_each_thing_and_to_the_form_of_its_link(alice, sign_in, chat):
    note, _ = share(alice, text="Mandheling").note, share_chat(chat)
    html = sign_in(alice).get("/app/links/").content.decode()
    assert f'<a href="/app/notes/{note.pk}/">Mandheling</a>' in html
    assert f'hx-get="/app/notes/{note.pk}/share/"' in html
    assert f'<a href="/app/chats/{chat.pk}/">' in html


def test_pages_run_through_all_kinds(alice, sign_in, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    for n in range(3):
        share(alice, text=f"Note {n}")
        share_chat(ChatFactory(user=alice, title=f"Chat {n}"))
    pages = [sign_in(alice).get(f"/app/links/?page={n}").content.decode() for n in (1, 2, 3)]
    told = [re.findall(r'aria-label="Choose ([^"]+)"', page) for page in pages]
    assert told == [["Chat 2", "Note 2"], ["Chat 1", "Note 1"], ["Chat 0", "Note 0"]]


def test_chosen_links_of_any_kind_end_at_once(alice, bob, sign_in, public, chat):
    kept, ended, of_chat, others = share(alice, text="Kept"), share(alice), share_chat(chat), share(bob)
    chosen = {"link": [str(ended.pk), str(of_chat.pk), str(others.pk), "nonsense"]}
    client = sign_in(alice)
    assert "2 links end at once, for everybody." in client.get("/app/links/revoke/", chosen).content.decode()
    assert client.post("/app/links/revoke/", chosen)["Location"] == "/app/links/"
    assert [is_found(one) for one in (kept, ended, others)] == [True, False, True]
    assert public.get(f"/p/{of_chat.chat.public_token}/").status_code == 404
    revoked = AuditEntry.objects.filter(action="link.revoked")
    assert {entry.target for entry in revoked} == {str(ended.note_id), str(chat.pk)}


def test_all_links_of_a_workspace_end_at_once_and_no_others(alice, team, sign_in):
    mine, ours = [share(alice), share(alice)], share(alice, team)
    sign_in(alice).post("/app/links/revoke/")
    assert [is_found(one) for one in (*mine, ours)] == [False, False, True]
    sign_in(alice).post("/app/links/revoke/", {"link": "nonsense"})
    sign_in(alice).post(f"/team/{team.slug}/links/revoke/", {"link": "nonsense"})
    assert is_found(ours), "a choice of nothing ends nothing"
