"""What the public sees, and what it cannot do. C06, C34, C55, C56."""

import re

import pytest
from django.test import Client

from chats.files import store
from chats.files.parts import part_of
from chats.messages.tree import branch
from chats.models import Attachment, Chat, Message, PublicLink, Role
from chats.sharing import chat_links
from sambung.logs import masked
from teams import links
from teams.workspace import Workspace
from tests import corpus
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, exchange, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(alice) -> Chat:
    found = ChatFactory(user=alice, title="Roasting")
    exchange(found, "Which bean?", "**Gayo**, see https://evil.example/a?b=1")
    return found


@pytest.fixture
def public() -> Client:
    return Client()


def share(chat: Chat, **options) -> str:
    return f"/p/{chat_links.share(chat=chat, by=chat.user, **{'mode': 'live'} | options).chat.public_token}/"


def test_anybody_reads_it_without_an_account(chat, public):
    path = share(chat)
    for address in (path, path.rstrip("/")):
        response = public.get(address)
        assert response.status_code == 200
    html = response.content.decode()
    assert "Which bean?" in html
    assert "<strong>Gayo</strong>" in html
    assert chat.user.email not in html
    assert chat.user.name not in html
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex' in html
    assert not public.cookies, "nothing is remembered of whoever reads"
    assert public.head(path).status_code == 200


def test_each_message_has_a_heading_below_that_of_the_chat(chat, public):
    html = public.get(share(chat)).content.decode()
    levels = re.findall(r"<h([1-6])", html)
    assert levels == ["1", "2", "2"]
    assert re.findall(r'<h2 class="message-author" id="m-[^"]+-who">\s*(\w+)', html) == ["Person", "Assistant"]


def test_only_others_are_counted_and_only_those_whose_browser_says_so(chat, public, alice, sign_in):
    path = share(chat)
    public.get(path), public.head(path)
    sign_in(alice).post(f"{path.rstrip('/')}/seen/")
    assert PublicLink.objects.get().views == 0
    (address,) = re.findall(r'data-seen="([^"]+)"', public.get(path).content.decode())
    public.post(address)
    assert PublicLink.objects.get().views == 1


def test_its_title_is_text(chat, public):
    chat.title = "</title><script>alert(1)</script>"
    chat.save()
    html = public.get(share(chat)).content.decode()
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 2


def test_a_preview_elsewhere_tells_that_a_chat_is_shared_and_nothing_of_it(chat, public):
    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', public.get(share(chat)).content.decode()))
    assert told == {"site_name": "Sambung", "title": "A shared chat", "description": "Shown by a public link."}


def test_what_ended_looks_like_what_never_was(chat, public):
    path = share(chat)
    links.revoke(PublicLink.objects.all(), by=chat.user)
    ended, absent = public.get(path), public.get("/p/never-was-any/")
    assert ended.status_code == absent.status_code == 404


def test_nothing_can_be_done_there(chat, public):
    path = share(chat)
    assert public.post(path).status_code == 405
    for method in ("put", "patch", "delete"):
        assert getattr(public, method)(path).status_code == 405
    assert public.post(f"{path}copy/").status_code == 302
    assert public.post(f"{path}copy/")["Location"].startswith("/accounts/login/")
    token = chat.public_token
    for inside in (f"/app/chats/{chat.pk}/", f"/app/chats/{token}/"):
        assert public.get(inside).status_code in {302, 404}


def test_a_password_is_asked_for_once(chat, public):
    path = share(chat, password="toraja")
    assert "Gayo" not in public.get(path).content.decode()
    assert public.post(path, {"password": "wrong"}).status_code == 422
    assert public.post(path, {"password": "toraja"}).status_code == 302
    assert "Gayo" in public.get(path).content.decode()
    assert "Gayo" not in Client().get(path).content.decode()
    share(chat, password="another")
    assert "Gayo" not in public.get(path).content.decode()
    assert "toraja" not in PublicLink.objects.get().password


def test_forms_are_taken_from_this_server_alone(chat, alice, sign_in):
    """A page without any referrer has its forms posted with “Origin: null”, which is refused as forged."""
    path, public = share(chat, password="toraja"), Client(enforce_csrf_checks=True)
    asked = public.get(path)
    assert asked["Referrer-Policy"] == "same-origin"
    assert b'name="referrer"' not in asked.content
    given = {"password": "toraja", "csrfmiddlewaretoken": str(asked.context["csrf_token"])}
    for origin, status in (("null", 403), ("https://evil.example", 403), ("http://testserver", 302)):
        assert public.post(path, given, headers={"origin": origin}).status_code == status
    opened = sign_in(alice).get(f"{path}copy/", follow=True)
    assert opened.redirect_chain, "its password comes first"
    share(chat, password="")
    assert sign_in(alice).get(f"{path}copy/")["Referrer-Policy"] == "same-origin"


@pytest.fixture
def file(chat, alice) -> Attachment:
    found = store.keep(by=alice, workspace=Workspace(alice), name="<b>.png", data=corpus.picture())
    Attachment.objects.filter(pk=found.pk).update(chat=chat)
    asked = message(chat, Role.USER, "See", parent=chat.current_message)
    Message.objects.filter(pk=asked.pk).update(parts=[*asked.parts, part_of(found)])
    return found


def test_files_open_through_the_link_alone(chat, public, file, alice):
    path = share(chat, with_attachments=True)
    response = public.get(f"{path}files/{file.pk}/")
    assert response.content.startswith(b"\x89PNG")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert public.get(f"{path}files/{file.pk}/thumbnail/").status_code == 200
    other = store.keep(by=alice, workspace=Workspace(alice), name="a.txt", data=b"CANARY")
    Attachment.objects.filter(pk=other.pk).update(chat=chat)
    assert public.get(f"{path}files/{other.pk}/").status_code == 404, "it is in no message"
    share(chat)
    assert public.get(f"{path}files/{file.pk}/").status_code == 404


def test_files_wait_for_the_password(chat, public, file):
    path = share(chat, with_attachments=True, password="toraja")
    assert public.get(f"{path}files/{file.pk}/").status_code == 404
    public.post(path, {"password": "toraja"})
    assert public.get(f"{path}files/{file.pk}/").status_code == 200


def test_somebody_with_an_account_goes_on_with_a_copy(chat, file, bob, sign_in):
    path, client = share(chat, with_attachments=True), sign_in(bob)
    assert "Roasting" in client.get(f"{path}copy/").content.decode()
    response = client.post(f"{path}copy/", {"to": "personal"})
    copy = Chat.objects.get(user=bob)
    assert response["Location"] == f"/app/chats/{copy.pk}/"
    assert (copy.title, copy.team) == ("Roasting", None)
    said = branch(copy.current_message_id)
    assert [one.content for one in said] == ["Which bean?", "**Gayo**, see https://evil.example/a?b=1", "See"]
    assert [one.user for one in said] == [bob, None, bob]
    assert copy.attachments.count() == 1
    share(chat)
    client.post(f"{path}copy/", {"to": "personal"})
    assert Chat.objects.filter(user=bob).latest("created_at").attachments.count() == 0


def test_a_copy_goes_to_a_team_of_ones_own_alone(chat, bob, sign_in):
    ours, others = TeamFactory(), TeamFactory()
    TeamMemberFactory(team=ours, user=bob)
    path, client = share(chat), sign_in(bob)
    assert client.post(f"{path}copy/", {"to": str(others.pk)}).status_code == 422
    response = client.post(f"{path}copy/", {"to": str(ours.pk)})
    copy = Chat.objects.get(team=ours)
    assert response["Location"] == f"/team/{ours.slug}/chats/{copy.pk}/"
    assert copy.user == bob


def test_a_copy_whose_files_have_no_room_is_refused_in_words(chat, file, bob, sign_in, settings):
    path, settings.ATTACHMENT_PERSON_BYTES = share(chat, with_attachments=True), 10
    response = sign_in(bob).post(f"{path}copy/", {"to": "personal"})
    assert response.status_code == 413
    assert "There is no room" in response.content.decode()
    assert not Chat.objects.filter(user=bob).exists()


def test_a_token_stands_in_no_log(chat):
    path = share(chat)
    token = path.split("/")[2]
    assert len(token) >= 32
    assert token not in masked(f"GET {path} 200")


# ---- elsewhere ------------------------------------------------------------------------------------------
def test_a_link_leads_to_a_page_that_shows_the_whole_host(chat, public):
    html = public.get(share(chat)).content.decode()
    assert 'href="/leaving/?to=https://evil.example/a%3Fb%3D1"' in html
    response = public.get("/leaving/?to=https://evil.example/a%3Fb%3D1")
    assert response.status_code == 200
    told = response.content.decode()
    assert '<h1 class="leaving-host">evil.example</h1>' in told
    assert 'href="https://evil.example/a?b=1" rel="noopener noreferrer nofollow"' in told


@pytest.mark.parametrize(
    "to",
    [
        *("javascript:alert(1)", "//evil.example", "/\\evil.example", "https:evil.example", "data:text/html,x"),
        *(
            "https://a@evil.example/",
            "https://evil.example\r\nSet-Cookie: x",
            "",
            "mailto:a@b.example",
            "ftp://a.example/",
        ),
    ],
)
def test_what_is_no_address_of_a_page_leads_nowhere(public, to):
    assert public.get("/leaving/", {"to": to}).status_code == 404


def test_hosts_that_the_operator_trusts_open_at_once(public, settings):
    settings.TRUSTED_LINK_HOSTS = {"docs.example.org"}
    response = public.get("/leaving/", {"to": "https://docs.example.org/a"})
    assert (response.status_code, response["Location"]) == (302, "https://docs.example.org/a")
    assert public.get("/leaving/", {"to": "https://docs.example.org:443/a"}).status_code == 302
    for other in ("https://docs.example.org.evil.example/a", "https://docs.example.org:80/a"):
        assert public.get("/leaving/", {"to": other}).status_code == 200
