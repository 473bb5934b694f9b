"""Pictures in texts: kept, named, shown where they may be, taken along, and gone with what named them."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents import exporting, pictures, sharing
from documents.actions import personal_data, writing
from documents.models import Document, DocumentPicture
from sambung.lib.errors import Refused
from teams import quotas
from teams.workspace import Workspace
from tests import corpus

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(document, alice):
    """The team's document with a picture in its text."""
    kept = pictures.keep(by=alice, document=document, name="My map.png", data=corpus.picture())
    text = f"Look: {pictures.markdown(kept, 'A “map” of [Gayo]')}\n"
    writing.save(by=alice, document=document, content=text, base=1)
    document.refresh_from_db()
    return kept


def upload(client, document: Document, data: bytes, name: str = "map.png", alt: str = "A map"):
    path = f"/team/{document.team.slug}/documents/{document.pk}/pictures/"
    return client.post(path, {"picture": SimpleUploadedFile(name, data), "alt": alt})


def test_it_is_kept_and_answers_what_stands_for_it(document, bob, sign_in):
    answer = upload(sign_in(bob), document, corpus.picture())
    (kept,) = document.pictures.all()
    assert answer.status_code == 201
    assert answer.json() == {"markdown": f"![A map](picture:{kept.pk})"}
    assert (kept.created_by, kept.mime_type) == (bob, "image/png")


@pytest.mark.parametrize(
    ("data", "name", "status"),
    [(b"Hello", "notes.txt", 415), (b"", "empty.png", 400), (b"\x89PNG\r\n", "cut.png", 415)],
)
def test_what_is_no_picture_is_refused_in_words(document, bob, sign_in, data, name, status):
    answer = upload(sign_in(bob), document, data, name)
    assert answer.status_code == status
    assert name in answer.json()["error"]
    assert not document.pictures.exists()


def test_one_that_is_too_large(document, bob, sign_in, settings):
    settings.ATTACHMENT_MAX_BYTES = 50
    assert upload(sign_in(bob), document, corpus.picture()).status_code == 413


def test_a_quota_counts_it(document, alice, team, settings, drawn):
    assert quotas.used(Workspace(alice, team)) == drawn.size
    settings.ATTACHMENT_TEAM_BYTES = drawn.size
    with pytest.raises(Refused, match="no room"):
        pictures.keep(by=alice, document=document, name="b.png", data=corpus.picture())


def test_a_page_shows_it_with_its_words(document, drawn, bob, sign_in):
    client, here = sign_in(bob), f"/team/{document.team.slug}/documents"
    page = client.get(f"{here}/{document.pk}/").content.decode()
    address = f"{here}/pictures/{drawn.pk}/"
    assert f'<img class="picture" src="{address}" alt="A “map” of Gayo" loading="lazy">' in page
    answer = client.get(address)
    assert (answer["Content-Type"], answer["Content-Security-Policy"][:18]) == ("image/png", "default-src 'none'")
    preview = client.post(f"{here}/preview/", {"kind": "text", "content": document.content})
    assert address in preview.content.decode()


def test_it_is_its_documents_people_alone(document, drawn, carol, sign_in):
    assert sign_in(carol).get(f"/team/{document.team.slug}/documents/pictures/{drawn.pk}/").status_code == 404
    assert sign_in(carol).get(f"/app/documents/pictures/{drawn.pk}/").status_code == 404


@pytest.mark.parametrize("text", ['![x" onerror="1](picture:{})', "<img src=picture:{}>", "[x](picture:{})"])
def test_nothing_of_a_text_becomes_an_attribute(document, drawn, bob, sign_in, text):
    given = {"kind": "text", "content": text.format(drawn.pk)}
    page = sign_in(bob).post(f"/team/{document.team.slug}/documents/preview/", given).content.decode()
    assert page.count("<img") == int(text.startswith("!"))
    assert ' onerror="1"' not in page


def test_a_public_page_shows_it_only_where_pictures_go_along(document, drawn, alice, client):
    link = sharing.share(document=document, by=alice, mode="live")
    address = f"/p/{link.token}/pictures/{drawn.pk}/"
    assert "<img" not in client.get(f"/p/{link.token}").content.decode()
    assert client.get(address).status_code == 404
    sharing.share(document=document, by=alice, mode="live", with_attachments=True)
    assert address in client.get(f"/p/{link.token}").content.decode()
    assert client.get(address).status_code == 200
    other = pictures.keep(by=alice, document=document, name="b.png", data=corpus.picture())
    assert client.get(f"/p/{link.token}/pictures/{other.pk}/").status_code == 404, "the text does not name it"


def test_exports_hold_it_or_name_it(document, drawn):
    html = exporting.FORMS["html"].write(document)
    assert 'src="data:image/png;base64,' in html
    assert exporting.FORMS["markdown"].write(document) == f"Look: ![A “map” of Gayo](My-map-{drawn.pk.hex[-6:]}.png)\n"
    default_storage.delete(drawn.file)
    assert "<img" not in exporting.FORMS["html"].write(document)


def test_a_person_takes_theirs_along(write, alice):
    kept = pictures.keep(by=alice, document=write("text"), name="a.png", data=corpus.picture())
    told = dict(personal_data.export(alice))
    assert told[f"documents/pictures/{kept.pk}-{pictures.file_name(kept)}"].startswith(b"\x89PNG")


def test_it_goes_with_its_document(document, drawn, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()
    assert not default_storage.exists(drawn.file)


def test_what_no_version_names_goes_after_a_day(
    document, drawn, alice, django_capture_on_commit_callbacks, monkeypatch
):
    lost = pictures.keep(by=alice, document=document, name="b.png", data=corpus.picture())
    with django_capture_on_commit_callbacks(execute=True):
        pictures.clean_up()
    assert document.pictures.count() == 2, "somebody may still be writing"
    DocumentPicture.objects.update(created_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        pictures.clean_up()
    assert list(document.pictures.values_list("pk", "is_kept")) == [(drawn.pk, True)]
    assert not default_storage.exists(lost.file)


def test_bytes_that_no_row_knows_go(db, monkeypatch):
    key = default_storage.save("document-pictures/lost", ContentFile(b"lost"))
    monkeypatch.setattr(pictures, "UNNAMED_KEPT", -timedelta(days=1))
    pictures.clean_up()
    assert not default_storage.exists(key)
