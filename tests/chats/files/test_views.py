"""Files come in within limits, and go out harmless to those who hold them. C27 to C32."""

import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from agents import catalog
from agents.catalog import servers
from chats.files import store
from chats.files.parts import part_of
from chats.models import Attachment, Chat, Message
from teams.workspace import Workspace
from tests import corpus
from tests.factories import exchange

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGES = ("", "thumbnail/", "preview/")


@pytest.fixture
def client(alice, sign_in, monkeypatch):
    """Alice's browser, where one model is on offer, which sees nothing."""
    model = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, vision=False)
    monkeypatch.setattr(servers, "models", lambda: [model])
    return sign_in(alice)


@pytest.fixture
def keep(alice):
    """Let a file wait in the composer."""

    def keep(name: str = "notes.txt", data: bytes = b"Gayo 40 kg", workspace=None) -> Attachment:
        return store.keep(by=alice, workspace=workspace or Workspace(alice), name=name, data=data)

    return keep


def upload(client, name="notes.txt", data=b"Gayo 40 kg", path="/app/files/", headers=HTMX, **options):
    return client.post(path, {"upload": SimpleUploadedFile(name, data, **options)}, headers=headers)


# ---- in --------------------------------------------------------------------------------------------------
def test_a_file_becomes_a_tile_of_the_composer(client, alice):
    response = upload(client)
    file = Attachment.objects.get()
    assert response.status_code == 201
    assert f'<input type="hidden" name="files" value="{file.pk}" form="composer">' in response.content.decode()
    assert (file.user, file.team, file.chat) == (alice, None, None)


@pytest.mark.parametrize(
    ("name", "data", "status", "sentence"),
    [
        ("empty.txt", b"", 400, "is empty"),
        ("a.exe", b"MZ\x90\x00" + bytes(200), 415, "is of a kind that cannot be read here"),
        ("a.docx", b"PK\x03\x04" + bytes(200), 415, "broken"),
        ("large.txt", b"x" * 1001, 413, "is larger than"),
    ],
)
def test_what_cannot_be_kept_is_told(client, settings, name, data, status, sentence):
    settings.ATTACHMENT_MAX_BYTES = 1000
    response = upload(client, name, data)
    assert response.status_code == status
    assert sentence in response.content.decode()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert not Attachment.objects.exists()


def test_the_limit_itself_is_taken(client, settings):
    settings.ATTACHMENT_MAX_BYTES = 100
    assert upload(client, data=b"x" * 100).status_code == 201


def test_a_request_without_a_file_is_told(client):
    assert client.post("/app/files/", headers=HTMX).status_code == 400


def test_what_a_browser_claims_does_not_count(client):
    assert upload(client, "photo.png", b"just text", content_type="image/png").status_code == 201
    assert Attachment.objects.get().mime_type == "text/plain"
    assert upload(client, "notes.txt", corpus.picture(), content_type="text/html").status_code == 201
    assert Attachment.objects.latest("created_at").mime_type == "image/png"


def test_a_stranger_adds_nothing(carol, sign_in, team):
    assert upload(sign_in(carol), path=f"/team/{team.slug}/files/").status_code == 404
    assert not Attachment.objects.exists()


# ---- out -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["x.svg", "x.html", "x.txt", "x.xml"])
def test_only_images_drawn_here_are_shown(client, keep, name):
    file = keep(name, b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    response = client.get(f"/app/files/{file.pk}/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert client.get(f"/app/files/{file.pk}/thumbnail/").status_code == 404
    assert "<script>alert" not in client.get(f"/app/files/{file.pk}/preview/").content.decode()


def test_an_image_is_shown_as_it_was_drawn(client, keep):
    file = keep("a.png", corpus.picture() + b"<script>alert(1)</script>")
    response = client.get(f"/app/files/{file.pk}/")
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("inline")
    assert b"<script>" not in response.content
    assert client.get(f"/app/files/{file.pk}/thumbnail/")["Content-Type"] == "image/webp"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ('a"b.txt', 'attachment; filename="a\\"b.txt"'),
        ("laporan kopi é.txt", "attachment; filename*=utf-8''laporan%20kopi%20%C3%A9.txt"),
        ("a\r\nSet-Cookie: x=1.txt", 'attachment; filename="aSet-Cookie: x=1.txt"'),
        ("\u202etxt.exe", 'attachment; filename="txt.exe"'),
    ],
)
def test_a_name_stays_a_name_in_the_header(client, keep, name, said):
    response = client.get(f"/app/files/{keep(name).pk}/")
    assert response["Content-Disposition"] == said
    assert "Set-Cookie" not in response


def test_a_file_whose_bytes_are_lost_is_absent(client, keep):
    file = keep()
    default_storage.delete(file.file)
    assert client.get(f"/app/files/{file.pk}/").status_code == 404


def test_a_foreign_file_is_as_absent_as_one_that_never_was(keep, carol, sign_in):
    file, stranger = keep("a.png", corpus.picture()), sign_in(carol)
    for pk in (file.pk, uuid.uuid4()):
        assert {stranger.get(f"/app/files/{pk}/{page}").status_code for page in PAGES} == {404}
        assert stranger.post(f"/app/files/{pk}/remove/", headers=HTMX).status_code == 404
        assert stranger.get(f"/app/files/?id={pk}", headers=HTMX).content.strip() == b""
    assert Attachment.objects.filter(pk=file.pk).exists()


def test_what_waits_is_seen_by_its_person_alone(keep, team, alice, bob, sign_in):
    file = keep("a.png", corpus.picture(), Workspace(alice, team))
    path = f"/team/{team.slug}/files/{file.pk}/"
    assert {sign_in(alice).get(path + page).status_code for page in PAGES} == {200}
    assert {sign_in(bob).get(path + page).status_code for page in PAGES} == {404}
    assert sign_in(bob).post(f"{path}remove/", headers=HTMX).status_code == 404


def test_tiles_come_back_in_a_new_page(client, keep):
    waiting, sent = keep("first.txt"), keep("sent.txt")
    Attachment.objects.filter(pk=sent.pk).update(chat=Chat.objects.create(user=sent.user))
    html = client.get(f"/app/files/?id={waiting.pk}&id={sent.pk}&id=x", headers=HTMX).content.decode()
    assert "first.txt" in html
    assert "sent.txt" not in html


def test_a_file_that_was_sent_is_not_taken_away(client, keep, chat):
    waiting, sent = keep(), keep()
    Attachment.objects.filter(pk=sent.pk).update(chat=chat)
    assert client.post(f"/app/files/{sent.pk}/remove/", headers=HTMX).status_code == 404
    assert client.post(f"/app/files/{waiting.pk}/remove/", headers=HTMX).status_code == 200
    assert list(Attachment.objects.all()) == [sent]


# ---- how letters are written ---------------------------------------------------------------------------
CYRILLIC = "имя,город\nИван,Москва\n"


def test_a_guessed_encoding_is_shown_and_changed(client, keep):
    file = keep("a.csv", CYRILLIC.encode("koi8-r"))
    assert file.text != CYRILLIC
    page = client.get(f"/app/files/{file.pk}/preview/", headers=HTMX).content.decode()
    assert "was guessed" in page
    changed = client.post(f"/app/files/{file.pk}/encoding/", {"encoding": "koi8_r"}, headers=HTMX)
    assert changed.status_code == 200
    assert '<option value="koi8_r" selected>KOI8-R</option>' in changed.content.decode()
    file.refresh_from_db()
    assert (file.text, file.metadata) == (CYRILLIC, {"encoding": "koi8_r"})
    assert file.size == len(CYRILLIC)


def test_without_a_script_the_encoding_is_changed_as_well(client, keep):
    file = keep("a.csv", CYRILLIC.encode("cp1251"))
    assert file.text == CYRILLIC
    response = client.post(f"/app/files/{file.pk}/encoding/", {"encoding": "cp1252"})
    assert "èìÿ" in response.content.decode()


def test_only_what_was_guessed_can_be_changed_and_only_to_what_is_known(client, keep):
    said, guessed = keep("a.txt", "Grüße".encode()), keep("b.csv", CYRILLIC.encode("cp1251"))
    for file, encoding in ((said, "cp1251"), (guessed, "rot13"), (guessed, "")):
        assert client.post(f"/app/files/{file.pk}/encoding/", {"encoding": encoding}).status_code == 400
    assert "Letters written as" not in client.get(f"/app/files/{said.pk}/preview/").content.decode()


# ---- with a message --------------------------------------------------------------------------------------
def send(client, chat, *files: Attachment, text="Read this", headers=HTMX, **data):
    given = {"text": text, "files": [str(file.pk) for file in files]} | data
    return client.post(f"/app/chats/{chat.pk}/messages/", given, headers=headers)


def test_files_go_with_a_message_with_or_without_words(client, chat, keep):
    exchange(chat)
    file = keep()
    response = send(client, chat, file, text="")
    assert response.status_code == 200
    file.refresh_from_db()
    asked = Message.objects.get(pk=file.message_id)
    assert (file.chat, asked.parts) == (chat, [part_of(file)])
    assert "notes.txt" in response.content.decode()


def test_a_file_goes_once(client, chat, keep):
    exchange(chat)
    file = keep()
    assert send(client, chat, file).status_code == 200
    response = send(client, chat, file)
    assert response.status_code == 422
    assert "A file is not there any more" in response.content.decode()
    assert chat.messages.filter(content="Read this").count() == 1


def test_files_wait_with_their_message_and_come_back_with_it(client, chat, keep):
    exchange(chat)
    first, second = keep(), keep()
    send(client, chat, first)
    send(client, chat, second, text="And this")
    second.refresh_from_db()
    assert second.message.queued_at
    assert client.post(f"/app/messages/{second.message_id}/withdraw/", headers=HTMX).status_code == 200
    second.refresh_from_db()
    assert (second.chat, second.message) == (None, None)
    assert send(client, chat, second).status_code == 200


def test_no_more_files_than_a_message_takes(client, chat, keep, settings):
    exchange(chat)
    settings.ATTACHMENTS_MAX = 2
    files = [keep() for _ in range(3)]
    assert "A message takes 2 files at most." in send(client, chat, *files).content.decode()
    assert send(client, chat, *files[:2]).status_code == 200


def test_a_model_that_sees_nothing_gets_no_image(client, chat, keep):
    exchange(chat)
    image = keep("a.png", corpus.picture())
    response = send(client, chat, image)
    assert response.status_code == 422
    assert "Fake sees no images" in response.content.decode()
    image.refresh_from_db()
    assert image.chat is None
    assert chat.messages.count() == 2


@pytest.mark.parametrize("whose", ["carol", "bob"])
def test_nobody_sends_files_of_others(client, chat, team, request, whose):
    exchange(chat)
    other = request.getfixturevalue(whose)
    place = Workspace(other, team) if whose == "bob" else Workspace(other)
    file = store.keep(by=other, workspace=place, name="theirs.txt", data=b"CANARY")
    assert send(client, chat, file).status_code == 422
    file.refresh_from_db()
    assert file.chat is None


def test_in_a_team_everybody_sees_what_was_sent(team, alice, bob, keep, sign_in):
    chat = Chat.objects.create(user=alice, team=team, provider="openai_compatible", model="fake-plain")
    exchange(chat)
    file, base = keep(workspace=Workspace(alice, team)), f"/team/{team.slug}"
    given = {"text": "Read this", "files": [str(file.pk)]}
    assert sign_in(alice).post(f"{base}/chats/{chat.pk}/messages/", given, headers=HTMX).status_code == 200
    assert sign_in(bob).get(f"{base}/files/{file.pk}/").content == b"Gayo 40 kg"


def test_without_a_script_files_go_with_the_form(client, chat):
    exchange(chat)
    sent = {"text": "Read these", "upload": [SimpleUploadedFile("a.txt", b"A"), SimpleUploadedFile("b.txt", b"B")]}
    assert client.post(f"/app/chats/{chat.pk}/messages/", sent).status_code == 302
    assert set(Attachment.objects.filter(chat=chat).values_list("name", flat=True)) == {"a.txt", "b.txt"}
    bad = {"text": "Kept words", "upload": SimpleUploadedFile("bad.exe", b"MZ\x90\x00" + bytes(99))}
    response = client.post(f"/app/chats/{chat.pk}/messages/", bad)
    assert response.status_code == 422
    for words in ("“bad.exe” is of a kind", "Kept words"):
        assert words in response.content.decode()
