"""Files that lie on the web: fetched and read as articles, again in place of what was, told when changed or gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from agents.toolkits import fetching
from documents import files
from documents.actions import addresses as acts
from documents.actions import uploading
from documents.knowledge import addresses, progress
from documents.models import Collection, Document, DocumentExtraction
from sambung.lib import egress
from sambung.lib.errors import Refused
from teams.models import Instance, Notification, WebAccess
from teams.workspace import Workspace
from tests import corpus, factories
from tests.agents.toolkits.places import Answer, serving
from tests.documents.knowledge.reading import passages, state

pytestmark = pytest.mark.django_db

_FILLER = "It is told at length, so that nobody takes it for a list of links or a form that waits to be filled. " * 3
PAGE = """<html><head><title>Gayo coffee</title></head><body><nav>Home Shop Login</nav><article><h1>Gayo coffee</h1>
<p>{} grows in the highlands of Gayo. {}</p><p>The harvest begins in May. {}</p></article>
<footer>All rights reserved</footer><script>alert(1)</script></body></html>"""


def page(what: str = "Arabica") -> bytes:
    return PAGE.format(what, _FILLER, _FILLER).encode()


@pytest.fixture
def place(monkeypatch):
    """A server that this one may reach."""
    with serving() as found:
        monkeypatch.setattr(fetching, "policy", egress.trusted("127.0.0.1", found.server_port))
        found.answers["/coffee"] = Answer(page())
        yield found


@pytest.fixture
def handbook(alice) -> Collection:
    return factories.collection(alice)


@pytest.fixture
def added(alice, handbook, place) -> Callable[..., Document]:
    def add(path: str = "/coffee", **fields) -> Document:
        return acts.add(by=alice, collection=handbook, url=f"{place.url}{path}", **fields)

    return add


def again(document: Document) -> None:
    assert progress.read_again(document=document)


def told() -> list[str]:
    return [row.data["what"] for row in Notification.objects.filter(kind=addresses.KIND)]


def test_a_page_is_read_as_an_article_under_its_title(added, handbook, place, work):
    made = added()
    assert made.title == "127.0.0.1/coffee"
    made = work(made)
    assert state(made) == ("indexed", "")
    text = "\n".join(passages(made))
    assert "Arabica grows in the highlands of Gayo." in text
    assert "Login" not in text and "alert" not in text and "All rights" not in text
    assert made.title == "Gayo coffee"
    assert handbook.items.get().document == made
    assert place.asked[0].headers["accept"].startswith("text/html")


def test_a_page_without_an_article_is_read_whole(added, place, work):
    place.answers["/coffee"] = Answer(b"<html><body><form>Beans: <b>40 kg</b></form></body></html>")
    assert "40 kg" in passages(work(added()))[0]


def test_fetching_again_replaces_and_keeps_a_name_that_was_given(added, place, work):
    made = work(added())
    before = made.file
    Document.objects.filter(pk=made.pk).update(title="Our coffee")
    place.answers["/coffee"] = Answer(page("Robusta"))
    again(made)
    made = work(made)
    assert "Robusta" in passages(made)[0] and "Arabica" not in "".join(passages(made))
    assert made.title == "Our coffee"
    assert (DocumentExtraction.objects.count(), made.file != before) == (1, True)
    assert b"Robusta" in files.content(made)


def test_it_may_become_another_kind_of_file(added, place, work):
    made = work(added())
    printed = corpus.pdf("Beans of the printed list.")
    place.answers["/coffee"] = Answer(printed, headers={"Content-Type": "application/pdf"})
    again(made)
    made = work(made)
    assert (state(made), made.mime_type) == (("indexed", ""), "application/pdf")
    assert passages(made) == ["Beans of the printed list."]


def test_letters_are_read_as_the_answer_says(added, place, work):
    data = page("Café crème").decode().encode("iso-8859-1")
    place.answers["/coffee"] = Answer(data, headers={"Content-Type": "text/html; charset=iso-8859-1"})
    assert "Café crème grows" in passages(work(added()))[0]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"no", 500), "web_status"),
        (Answer(b"\x00\x01\x02\x03" * 99, headers={"Content-Type": "application/octet-stream"}), "web_no_page"),
        (Answer(b"", 302, {"Location": "http://10.0.0.1/secret"}), "web_address_refused"),
        (Answer(b"", 302, {"Location": "/coffee"}), "web_too_many_hops"),
        (Answer(page() + b" " * 2000), "document_address_large"),
    ],
)
def test_what_cannot_be_fetched_says_why(added, place, answer, code, settings, work):
    settings.ATTACHMENT_MAX_BYTES = 2000
    place.answers["/coffee"] = answer
    made = work(added())
    assert state(made) == ("failed", code)
    assert made.problem.sentence


def test_what_was_fetched_before_stays_when_it_fails(added, place, work):
    made = work(added())
    before = passages(made)
    place.answers["/coffee"] = Answer(b"no", 503)
    again(made)
    made = work(made)
    assert (made.status, made.problem.code, passages(made)) == ("indexed", "web_status", before)


def test_admins_decide_what_may_be_fetched(added, place, work):
    Instance.objects.update_or_create(defaults={"web_access": WebAccess.OFF})
    assert state(work(added())) == ("failed", "web_off")
    assert place.asked == []


# ---- daily ----------------------------------------------------------------------------------------------
def test_who_added_it_is_told_once_it_has_changed(added, place, work):
    made = work(added(is_daily=True))
    again(made)
    made = work(made)
    assert told() == [], "it says what it said"
    place.answers["/coffee"] = Answer(page("Robusta"))
    again(made)
    work(made)
    assert told() == ["changed"]


def test_one_that_is_gone_is_told_kept_and_fetched_no_more(added, place, work):
    made = work(added(is_daily=True))
    before = passages(made)
    place.answers["/coffee"] = Answer(b"gone", 410)
    again(made)
    made = work(made)
    assert (told(), made.is_daily, passages(made)) == (["gone"], False, before)
    again(made)
    work(made)
    assert told() == ["gone"]


def test_only_those_are_fetched_daily_whose_day_is_over(added, work):
    old, new, once = (added(f"/{n}", is_daily=n < 2) for n in range(3))
    long_ago = timezone.now() - timedelta(days=2)
    Document.objects.filter(pk__in=[old.pk, once.pk]).update(fetched_at=long_ago, status="indexed")
    Document.objects.filter(pk=new.pk).update(fetched_at=timezone.now(), status="indexed")
    assert addresses.fetch_daily() == 1
    assert {row.pk for row in Document.objects.filter(status="queued")} == {old.pk}


# ---- as people do it ------------------------------------------------------------------------------------
def test_it_is_added_changed_and_told(client_of_alice, handbook, place, work):
    to, url = f"/app/collections/{handbook.pk}/address/", f"{place.url}/coffee"
    assert client_of_alice.post(to, {"url": url, "is_daily": "on"}).status_code == 302
    made = work(Document.objects.get(url=url))
    assert made.is_daily
    shown = client_of_alice.get(f"/app/documents/{made.pk}/").content.decode()
    assert "Fetch again" in shown and url in shown and "again every day" in shown
    assert "127.0.0.1" in client_of_alice.get(f"/app/collections/{handbook.pk}/").content.decode()
    client_of_alice.post(f"/app/documents/{made.pk}/address/", {"url": f"{place.url}/other"})
    made.refresh_from_db()
    assert (made.url, made.is_daily, made.status) == (f"{place.url}/other", False, "queued")
    addresses.tell(made, "gone")
    assert f"/app/documents/{made.pk}/" in client_of_alice.get("/notifications/").content.decode()


@pytest.fixture
def client_of_alice(alice, sign_in):
    return sign_in(alice)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://x.example/", "http://a:b@x.example/", "nothing"])
def test_what_is_no_address_is_refused(client_of_alice, handbook, url):
    assert client_of_alice.post(f"/app/collections/{handbook.pk}/address/", {"url": url}).status_code == 422
    assert not Document.objects.exists()


def test_a_file_that_somebody_gives_takes_the_place_of_the_address(alice, added, work):
    made = work(added(is_daily=True))
    uploading.replace(document=made, workspace=Workspace(alice), name="plan.txt", data=b"Beans of ours.")
    made = work(made)
    assert (made.url, made.is_daily, passages(made)) == ("", False, ["Beans of ours."])


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[broken", "nothing", ""])
def test_an_address_that_cannot_be_followed_names_no_host(url):
    assert Document(url=url).host == ""


def test_the_same_address_is_added_once(added):
    added()
    with pytest.raises(Refused, match="already"):
        added()
