"""Public links of documents: what they show, to whom, how long; and what nobody sees by them."""

import pytest
from django.test import Client
from django.utils import timezone

from documents import sharing
from documents.actions import deleting, personal_data, writing
from documents.models import Document, DocumentLink, DocumentVersion
from sambung.lib.errors import Refused
from teams import links
from teams.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(client):
    """Open a link as the public does; the status and the page."""

    def look(link: DocumentLink, status: int = 200) -> str:
        answer = client.get(f"/p/{link.token}")
        assert answer.status_code == status
        return answer.content.decode()

    return look


def share(document: Document, by, mode: str = "live", **options) -> DocumentLink:
    return sharing.share(document=document, by=by, mode=mode, **options)


def save(document: Document, by, content: str) -> None:
    document.refresh_from_db()
    writing.save(by=by, document=document, content=content, base=document.current_version.number)


def test_a_live_link_shows_title_and_present_text(document, alice, shown):
    link = share(document, alice)
    save(document, alice, "# Gayo\n\n**bold** <script>alert(1)</script>")
    page = shown(link)
    assert '<h1 dir="auto">Plan</h1>' in page
    assert "<strong>bold</strong>" in page
    assert "<script>alert" not in page
    assert alice.name not in page


def test_a_snapshot_stays_until_it_is_taken_anew(document, alice, shown):
    link = share(document, alice, "snapshot")
    save(document, alice, "later")
    assert "later" not in shown(link)
    assert "three" in shown(link)
    again = share(document, alice, "snapshot")
    assert (again.pk, again.token) == (link.pk, link.token)
    assert "later" in shown(again)


def test_the_version_of_a_snapshot_is_never_forgotten(document, alice, shown):
    link = share(document, alice, "snapshot")
    save(document, alice, "later")
    DocumentVersion.objects.update(created_at=timezone.now() - 2 * writing.FOLDED_KEPT)
    assert link.until_version.pk in DocumentVersion.objects.filter(is_folded=True).values_list("pk", flat=True)
    writing.forget_old()
    assert "three" in shown(link)
    share(document, alice, "live")
    writing.forget_old()
    assert not DocumentVersion.objects.filter(pk=link.until_version_id).exists()


@pytest.mark.parametrize(
    ("kind", "content", "found"), [("sheet", "a,b\n1,2\n", "<td>2</td>"), ("code", "x = 1\n", "<pre")]
)
def test_sheets_and_code_are_shown_as_such(write, alice, shown, kind, content, found):
    assert found in shown(share(write(content, kind=kind), alice))


def test_nothing_is_shown_while_it_is_deleted(document, alice, shown):
    link = share(document, alice)
    deleting.delete_document(document=document)
    shown(link, 404)
    deleting.restore_documents(Document.objects.filter(pk=document.pk))
    shown(link)


def test_a_password_and_an_end(document, alice, shown, client):
    link = share(document, alice, password="toraja")
    assert "three" not in shown(link)
    client.post(f"/p/{link.token}", {"password": "toraja"})
    assert "three" in shown(link)
    DocumentLink.objects.update(expires_at=timezone.now())
    shown(link, 404)


def test_it_is_made_listed_and_ended_by_its_people(document, alice, bob, carol, team, sign_in):
    here = f"/team/{team.slug}"
    client, path = sign_in(bob), f"{here}/documents/{document.pk}"
    made = client.post(f"{path}/share/", {"mode": "live", "expires": "never"})
    link = DocumentLink.objects.get(document=document)
    assert f"/p/{link.token}" in made.content.decode()
    assert "Plan" in client.get(f"{here}/links/").content.decode()
    assert sign_in(carol).get(f"{path}/share/").status_code == 404
    sign_in(bob).post(f"{path}/unshare/")
    assert not DocumentLink.objects.exists()
    acts = AuditEntry.objects.filter(target=str(document.pk)).order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["link.shared", "link.revoked"]


def test_where_links_are_forbidden(document, alice, team):
    team.settings = {"public_links": False}
    team.save()
    with pytest.raises(Refused):
        share(document, alice)


def test_a_link_is_told_without_its_address(write, alice):
    link = share(write("text"), alice)
    told = dict(personal_data.export(alice))[f"documents/{link.document_id}.json"]
    assert told["link"]["mode"] == "live"
    assert link.token not in str(told)


def test_views_of_others_are_counted(document, alice, shown, sign_in):
    link = share(document, alice)
    page = shown(link)
    for visitor in (Client(), sign_in(alice)):
        visitor.post(f"/p/{link.token}/seen/")
    link.refresh_from_db()
    assert link.views == 1
    assert f'data-seen="/p/{link.token}/seen/"' in page
    assert '<meta property="og:title" content="A shared document">' in page
    assert links.find(link.token, DocumentLink) == link
