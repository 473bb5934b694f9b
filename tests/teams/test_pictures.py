"""A person's picture: set, seen by those who may, and gone."""

import io
import re
import zipfile

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from PIL import Image

from chats.models import Chat, Role
from teams import access, accounts, profile
from teams.models import User, UserRole
from teams.views import profile as views
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, UserFactory, message

pytestmark = pytest.mark.django_db
URL = "/accounts/profile/"
GIVEN = {"name": "Alya", "language": "", "time_zone": "Asia/Jakarta"}


def upload(data: bytes | None = None, name: str = "me.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (90, 60), (200, 20, 20)).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue() if data is None else data, "image/png")


def files() -> list[str]:
    return sorted(default_storage.listdir("pictures")[1]) if default_storage.exists("pictures") else []


@pytest.fixture(autouse=True)
def _no_files():
    for name in files():
        default_storage.delete(f"pictures/{name}")


@pytest.fixture
def pictured(alice):
    """Alice, with a picture."""
    profile.change_picture(by=alice, data=b"drawn")
    return alice


@pytest.mark.parametrize("name", ["me.png", "../../etc/passwd", "a\0.svg", "x" * 300 + ".html"])
def test_set_and_shown(sign_in, alice, name):
    client = sign_in(alice)
    assert client.post(URL, GIVEN | {"picture": upload(name=name)}).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.preferences) == ("Alya", {"time_zone": "Asia/Jakarta"})
    assert [f"pictures/{found}" for found in files()] == [alice.image]
    page = client.get(URL).content.decode()
    assert page.count(f'src="{alice.picture_url}" alt=""') == 2, "at the rail's foot and in the form"
    answer = client.get(alice.picture_url)
    assert Image.open(io.BytesIO(answer.content)).size == (256, 256)
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == settings.FILE_POLICY
    assert answer["Cache-Control"] == "private, max-age=3600"


def test_another_one_replaces_it(sign_in, pictured, django_capture_on_commit_callbacks):
    before = pictured.picture_url
    with django_capture_on_commit_callbacks() as kept:
        sign_in(pictured).post(URL, GIVEN | {"picture": upload()})
        assert len(files()) == 2, "the old one goes when nothing names it any more"
    [callback() for callback in kept]
    pictured.refresh_from_db()
    assert [f"pictures/{name}" for name in files()] == [pictured.image]
    assert pictured.picture_url != before, "browsers keep the old address"


def test_removed(sign_in, pictured, django_capture_on_commit_callbacks):
    url = pictured.picture_url
    client = sign_in(pictured)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, GIVEN | {"without_picture": "on"})
    pictured.refresh_from_db()
    assert (pictured.image, pictured.picture_url, files()) == (None, "", [])
    assert client.get(url).status_code == 404


def test_saving_the_rest_keeps_it(sign_in, pictured):
    image = pictured.image
    sign_in(pictured).post(URL, GIVEN)
    pictured.refresh_from_db()
    assert (pictured.name, pictured.image) == ("Alya", image)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture that can be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "not a picture that can be read"),
        (b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x08\x00;", "too many pixels"),
        (bytes(2_000), "larger than"),
    ],
    ids=["svg", "truncated", "bomb", "large"],
)
def test_what_cannot_be_is_told_and_nothing_is_lost(sign_in, pictured, monkeypatch, data, told):
    monkeypatch.setattr(views, "LARGEST", 1_000)
    before = files()
    answer = sign_in(pictured).post(URL, GIVEN | {"picture": upload(data)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert 'value="Alya"' in page
    assert '<option value="Asia/Jakarta" selected>' in page
    pictured.refresh_from_db()
    assert (pictured.name, files()) == ("Alice Owner", before)


def test_no_file_is_left_when_it_cannot_be_stored(alice, monkeypatch):
    def fail(*args):
        raise DatabaseError

    monkeypatch.setattr(profile, "_show", fail)
    with pytest.raises(DatabaseError):
        profile.change_picture(by=alice, data=b"drawn")
    assert files() == []


def test_who_sees_it(sign_in, pictured, client):
    """Absent, foreign and without a picture answer alike."""
    mate, stranger, ada = UserFactory(), UserFactory(), UserFactory(role=UserRole.ADMIN)
    for _ in range(2):  # that two share two teams changes nothing
        team = TeamFactory()
        for user in (pictured, mate):
            TeamMemberFactory(team=team, user=user)
    TeamMemberFactory(user=stranger)
    url = pictured.picture_url
    for user in (pictured, mate, ada):
        assert sign_in(user).get(url).content == b"drawn"
    browser = sign_in(stranger)
    absent = UserFactory()
    absent.image, url_of_absent = "pictures/none.webp", url.replace(str(pictured.pk), str(absent.pk))
    absent.delete()
    answers = [browser.get(path) for path in (url, url_of_absent, f"/people/{stranger.pk}/picture/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(rb"[\w-]{36,}|\b[0-9a-f]{12}\b", b"#", answer.content) for answer in answers}) == 1, (
        "but for ids and tokens"
    )
    client.logout()
    assert client.get(url).status_code == 302
    pictured.memberships.all().delete()
    assert sign_in(mate).get(url).status_code == 404, "who shares no team any more"


def test_a_person_who_is_seen_is_not_held(pictured):
    """Seeing gives no more than that, and only one way."""
    team, mate = TeamFactory(), UserFactory()
    for user in (pictured, mate):
        TeamMemberFactory(team=team, user=user)
    assert set(access.rows(mate, User.objects.all())) == {pictured, mate}
    assert list(access.rows(mate, User.objects.all(), access.WRITE)) == [mate]
    held = access.held_by([mate, pictured], User.objects.exclude(pk=mate.pk))
    assert held == {mate: {pictured.pk}, pictured: {pictured.pk}}


def test_a_lost_file_is_no_error(sign_in, pictured):
    default_storage.delete(pictured.image)
    assert sign_in(pictured).get(pictured.picture_url).status_code == 404
    assert accounts.export(by=pictured)


def test_it_goes_with_the_account(pictured, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        accounts.delete(by=pictured)
        assert files()
    assert files() == []


def test_it_is_in_one_s_own_data(pictured):
    with zipfile.ZipFile(accounts.export(by=pictured)) as archive:
        assert archive.read("picture.webp") == b"drawn"


def test_it_stands_beside_the_name(sign_in, pictured, bob):
    ada = UserFactory(role=UserRole.ADMIN)
    team = TeamFactory()
    for user in (pictured, bob):
        TeamMemberFactory(team=team, user=user)
    face = f'<img src="{pictured.picture_url}" alt=""'
    chat = ChatFactory(user=bob, team=team)
    end = message(chat, Role.USER, "From Alice", user=pictured)
    Chat.objects.filter(pk=chat.pk).update(current_message=message(chat, Role.USER, "From Bob", user=bob, parent=end))
    page = sign_in(bob).get(f"/team/{team.slug}/chats/{chat.pk}/").content.decode()
    assert page.count(face) == 1
    assert face in sign_in(bob).get(f"/team/{team.slug}/members/").content.decode()
    browser = sign_in(ada)
    assert face in browser.get("/instance/people/").content.decode()
    assert face in browser.get(f"/instance/people/{pictured.pk}/").content.decode()


def test_admin_pages_take_no_file(sign_in, pictured):
    page = sign_in(UserFactory(role=UserRole.ADMIN)).get(f"/admin/teams/user/{pictured.pk}/change/").content.decode()
    assert 'type="file"' not in page
    assert 'name="image"' not in page
