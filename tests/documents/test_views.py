"""Pages of documents: listed, made, read, edited by two, named, filed, taken along, deleted and taken back."""

import pytest
from django.test import Client

from documents.actions import writing
from documents.models import CONTENT_LENGTH, Document, DocumentFolder
from teams.folders import create_folder
from teams.workspace import Workspace
from tests import factories
from tests.guards.world import SCRIPT
from tests.indonesian import indonesian  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(alice, sign_in) -> Client:
    return sign_in(alice)


def html(client: Client, path: str, **query) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def page(document: Document, tail: str = "") -> str:
    space = f"/team/{document.team.slug}" if document.team else "/app"
    return f"{space}/documents/{document.pk}/{tail}"


def written(document: Document, content: str, base: int = 1, **more) -> dict:
    return {"base": base, "seen": document.title, "title": document.title, "content": content} | more


# ---- the list -------------------------------------------------------------------------------------------
def test_an_empty_list_says_what_documents_are_for(client, team):
    assert "every version is kept" in html(client, "/app/documents/")
    assert "everybody in the team can change them" in html(client, f"/team/{team.slug}/documents/")


def test_the_rail_and_the_palette_lead_to_documents(client):
    assert 'href="/app/documents/"' in html(client, "/app/")
    found = html(client, "/app/palette/", q="document")
    assert 'href="/app/documents/"' in found
    assert 'href="/app/documents/new/"' in found


def test_a_list_has_the_documents_of_its_workspace(client, write, document, team):
    write("mine", title="Alone")
    assert "Alone" in html(client, "/app/documents/")
    assert "Plan" not in html(client, "/app/documents/")
    listed = html(client, f"/team/{team.slug}/documents/")
    assert "Plan" in listed
    assert "By Alice Owner" in listed
    assert "Alone" not in listed


def test_words_are_searched_in_titles_and_texts_of_all_folders(client, write, alice):
    folder = create_folder(DocumentFolder, workspace=Workspace(alice), name="Work")
    write("Gayo and Toraja", title="Beans", folder=folder)
    write("something else", title="Other")
    for asked in ("gayo", "beans toraja", "BEANS"):
        found = html(client, "/app/documents/", q=asked)
        assert "Beans" in found
        assert "Work" in found
        assert "Other" not in found
    assert "No document here has these words." in html(client, "/app/documents/", q="gayo nothing")


def test_the_search_of_a_script_gets_the_rows_alone(client, write):
    write(title="Beans")
    found = client.get("/app/documents/", {"q": "bean"}, headers=SCRIPT | {"HX-Target": "documents-found"})
    assert b"Beans" in found.content
    assert b"<html" not in found.content


def test_others_documents_are_not_found(client, carol):
    factories.document(carol, content="Gayo", title="Secret")
    assert "Secret" not in html(client, "/app/documents/", q="gayo")


@pytest.mark.parametrize(
    ("order", "wanted"), [("changed", ["B", "a", "C"]), ("title", ["a", "B", "C"]), ("made", ["C", "B", "a"])]
)
def test_the_order(client, write, alice, order, wanted):
    made = {title: write("x", title=title) for title in ("a", "B", "C")}
    for title in ("a", "B"):
        writing.save(by=alice, document=made[title], content="y", base=1)
    shown = html(client, "/app/documents/", order=order)
    assert sorted(wanted, key=lambda title: shown.index(f">{title}</a>")) == wanted


def test_the_texts_of_a_list_are_not_loaded_whole(client, write, django_assert_max_num_queries):
    for number in range(3):
        write("x" * 10_000, title=f"Long {number}")
    with django_assert_max_num_queries(14) as few:
        html(client, "/app/documents/")
    for number in range(9):
        write("x" * 10_000, title=f"More {number}")
    with django_assert_max_num_queries(14) as many:
        shown = html(client, "/app/documents/")
    assert len(few) == len(many)
    assert "x" * 1000 not in shown


# ---- made and read --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        ("text", "# Beans\n\n- **Gayo**\n", "<strong>Gayo</strong>"),
        ("sheet", "Bean;kg\nGayo;4\n", '<th scope="col">Bean</th>'),
        ("code", "def roast():\n    pass\n", '<span class="k">def</span>'),
    ],
)
def test_a_document_of_each_kind_is_made_and_shown(client, kind, content, shown):
    assert 'name="content"' in html(client, "/app/documents/new/", kind=kind)
    given = {"kind": kind, "title": "Beans", "content": content.replace("\n", "\r\n"), "language": "python"}
    response = client.post("/app/documents/new/", given)
    made = Document.objects.get()
    assert response["Location"] == page(made)
    assert (made.kind, made.content, made.language) == (kind, content, "python" if kind == "code" else "")
    assert shown in html(client, page(made))


def test_code_with_fences_in_it_stays_code(client, write):
    document = write('"""\n```\n# no heading\n```\n"""\n', kind="code", language="python")
    assert "<h" not in html(client, page(document)).partition("document-text")[2].partition("</article>")[0]


def test_a_large_sheet_is_shown_in_part(client, write):
    rows = "\n".join(",".join([str(n)] * 70) for n in range(600))
    shown = html(client, page(write(rows, kind="sheet")))
    assert "99 more rows are in its file." in shown
    assert "10 more columns are in its file." in shown
    assert shown.count("<tr>") == 501


def test_a_document_is_made_in_a_folder(client, alice):
    folder = create_folder(DocumentFolder, workspace=Workspace(alice), name="Work")
    client.post("/app/documents/new/", {"title": "Beans", "folder": folder.pk})
    assert Document.objects.get().folder == folder
    assert "Beans" in html(client, f"/app/documents/folders/{folder.pk}/")
    assert "Beans" not in html(client, "/app/documents/")


def test_it_is_not_made_in_a_folder_of_somebody_else(client, carol):
    folder = create_folder(DocumentFolder, workspace=Workspace(carol), name="Work")
    assert client.post("/app/documents/new/", {"title": "Beans", "folder": folder.pk}).status_code == 404


def test_a_text_that_is_too_long_is_refused_and_kept_in_the_form(client, document):
    text = "x" * (CONTENT_LENGTH + 1)
    response = client.post(page(document, "edit/"), written(document, text))
    assert response.status_code == 422
    assert text in response.content.decode()


def test_the_longest_text_is_saved_and_shown(client, document):
    text = ("Kopi ñ 日本\n" * 200_000)[:CONTENT_LENGTH]
    sent = written(document, text.replace("\n", "\r\n"))
    assert client.post(page(document, "edit/"), sent).status_code == 302
    document.refresh_from_db()
    assert document.content == text
    html(client, page(document))


# ---- edited ---------------------------------------------------------------------------------------------
def test_a_document_is_edited(client, document):
    form = html(client, page(document, "edit/"))
    assert 'name="base" value="1"' in form
    assert document.versions.get().opened_at is not None
    response = client.post(page(document, "edit/"), written(document, "new\r\ntext\r\n", title="Better"))
    assert response["Location"] == page(document)
    document.refresh_from_db()
    assert (document.title, document.content) == ("Better", "new\ntext\n")


def test_two_who_edit_at_once_are_put_together(client, document, bob, sign_in):
    sign_in(bob).post(page(document, "edit/"), written(document, "ONE\ntwo\nthree\n"))
    client.post(page(document, "edit/"), written(document, "one\ntwo\nTHREE\n"))
    document.refresh_from_db()
    assert document.content == "ONE\ntwo\nTHREE\n"
    assert "with what others have saved meanwhile" in html(client, page(document))


def test_where_they_collide_both_texts_are_stored_and_shown(client, document, bob, sign_in):
    sign_in(bob).post(page(document, "edit/"), written(document, "ONE\ntwo\nthree\n"))
    response = client.post(page(document, "edit/"), written(document, "uno\ntwo\nTHREE\n"))
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Bob Member has changed the same place meanwhile." in shown
    assert "ONE\nuno\ntwo\nTHREE\n</textarea>" in shown
    assert 'name="base" value="2"' in shown
    texts = set(document.versions.values_list("content", flat=True))
    assert {"ONE\ntwo\nthree\n", "uno\ntwo\nTHREE\n"} <= texts
    document.refresh_from_db()
    assert document.content == "ONE\ntwo\nthree\n"
    client.post(page(document, "edit/"), written(document, "uno\ntwo\nTHREE\n", base=2))
    document.refresh_from_db()
    assert document.content == "uno\ntwo\nTHREE\n"


def test_what_is_too_long_together_is_kept_and_told(client, document, bob, sign_in):
    half = "x" * (CONTENT_LENGTH // 2 + 1)
    sign_in(bob).post(page(document, "edit/"), written(document, f"{half}\none\ntwo\nthree\n"))
    response = client.post(page(document, "edit/"), written(document, f"one\ntwo\nthree\n{half}\n"))
    assert response.status_code == 409
    assert "longer than a document may be" in response.content.decode()
    assert document.versions.filter(is_aside=True, created_by__name="Alice Owner").exists()


def test_a_title_that_somebody_gave_meanwhile_stays(client, document, bob, sign_in):
    sign_in(bob).post(page(document, "rename/"), {"title": "Theirs"})
    client.post(page(document, "edit/"), written(document, "new\n"))
    document.refresh_from_db()
    assert (document.title, document.content) == ("Theirs", "new\n")


def test_what_is_saved_to_a_document_that_was_deleted_is_kept_with_it(client, document, bob, sign_in):
    sign_in(bob).post(page(document, "delete/"))
    response = client.post(page(document, "edit/"), written(document, "new\n"), follow=True)
    assert "was deleted meanwhile" in response.content.decode()
    client.post(page(document, "restore/"))
    assert "new" in html(client, page(document))


def test_the_language_of_code_is_changed(client, write):
    document = write("x = 1\n", kind="code", language="python")
    client.post(page(document, "edit/"), written(document, "x = 1\n", language="ruby"))
    document.refresh_from_db()
    assert document.language == "ruby"


# ---- versions -------------------------------------------------------------------------------------------
@pytest.fixture
def saved(document, bob) -> Document:
    """The document after a save of Bob's."""
    writing.save(by=bob, document=document, content="one\nzwei and more\nthree\n", base=1)
    document.refresh_from_db()
    return document


def test_versions_say_who_and_what_the_last_change_was(client, saved):
    shown = html(client, page(saved, "versions/"))
    assert "Bob Member" in shown
    assert "<del>two</del>" in shown
    assert "<ins>zwei and more</ins>" in shown


def test_any_two_versions_are_compared_by_words(client, saved, alice):
    last = writing.save(by=alice, document=saved, content="one\nzwei and less\nthree\n", base=2).own
    second = saved.versions.get(number=2)
    shown = html(client, page(saved, "versions/"), old=last.pk, new=second.pk)
    assert "<del>zwei and <mark>less</mark></del>" in shown
    assert "<ins>zwei and <mark>more</mark></ins>" in shown


def test_versions_of_another_document_are_not_compared(client, saved, carol):
    other = factories.document(carol, content="secret").current_version
    query = {"old": other.pk, "new": saved.current_version_id}
    assert client.get(page(saved, "versions/"), query).status_code == 404


def test_an_old_text_is_read_named_and_restored(client, saved, team):
    first = saved.versions.get(number=1)
    base = f"/team/{team.slug}/documents/versions/{first.pk}/"
    assert "two" in html(client, base)
    client.post(f"{base}name/", {"label": "As printed"})
    assert "As printed" in html(client, page(saved, "versions/"))
    client.post(f"{base}restore/")
    saved.refresh_from_db()
    assert saved.content == first.content
    assert "Restored from" in html(client, page(saved, "versions/"))


def test_what_was_kept_aside_is_in_the_list(client, saved, alice):
    writing.save(by=alice, document=saved, content="one\n2\nthree\n", base=1)
    assert "Kept aside" in html(client, page(saved, "versions/"))


# ---- filed, taken along, deleted ------------------------------------------------------------------------
def test_a_document_is_renamed_and_moved(client, write, alice):
    document, folder = write(), create_folder(DocumentFolder, workspace=Workspace(alice), name="Work")
    client.post(page(document, "rename/"), {"title": "Better"})
    client.post(page(document, "folder/"), {"folder": folder.pk})
    document.refresh_from_db()
    assert (document.title, document.folder) == ("Better", folder)


@pytest.mark.parametrize(
    ("kind", "form", "ending", "content"),
    [
        ("text", "markdown", "md", "# A <b>\n"),
        ("text", "plain", "txt", "# A <b>\n"),
        ("code", "plain", "py", "x = 1\n"),
        ("sheet", "csv", "csv", '=1+1,"a\nb"\n'),
    ],
)
def test_files_hold_what_was_written(client, write, kind, form, ending, content):
    document = write(content, kind=kind, language="python" if kind == "code" else "", title="Plan: “2027”/a")
    response = client.get(page(document, "export/"), {"as": form})
    assert response.content.decode() == content
    assert f".{ending}" in response["Content-Disposition"]
    assert "/" not in response["Content-Disposition"].partition("filename")[2]


def test_a_file_of_html_needs_nothing_else(client, write):
    document = write("# Head\n\n[site](https://example.org) <script>alert(1)</script>", title="<b>")
    text = client.get(page(document, "export/"), {"as": "html"}).content.decode()
    assert "default-src 'none'" in text
    assert 'href="https://example.org"' in text
    assert "<script" not in text
    assert "<title>&lt;b&gt;</title>" in text


def test_no_other_forms(client, write):
    assert client.get(page(write(kind="sheet"), "export/"), {"as": "markdown"}).status_code == 404


def test_a_document_is_deleted_and_taken_back(client, write):
    document = write(title="Beans")
    shown = client.post(page(document, "delete/"), follow=True).content.decode()
    assert "“Beans” has been deleted." in shown
    assert page(document, "restore/") in shown
    assert client.get(page(document)).status_code == 404
    assert "Beans" in html(client, "/app/deleted/")
    client.post(page(document, "restore/"))
    assert client.get(page(document)).status_code == 200


def test_a_folder_is_made_changed_and_deleted_with_what_lies_in_it(client, write, alice):
    client.post("/app/documents/folders/new/", {"name": "Work"})
    work = DocumentFolder.objects.get()
    client.post("/app/documents/folders/new/", {"name": "Coffee", "parent": work.pk})
    coffee = DocumentFolder.objects.get(parent=work)
    document = write(title="Beans", folder=coffee)
    base = f"/app/documents/folders/{coffee.pk}/"
    client.post(f"{base}rename/", {"name": "Tea"})
    assert "Tea" in html(client, f"/app/documents/folders/{work.pk}/")
    refused = client.post(f"/app/documents/folders/{work.pk}/move/", {"folder": coffee.pk})
    assert refused.status_code == 422
    client.post(f"{base}move/", {"folder": ""})
    assert "1 document goes with it." in html(client, f"{base}delete/")
    client.post(f"{base}delete/")
    assert client.get(page(document)).status_code == 404
    assert "Tea" in html(client, "/app/deleted/")
    client.post(f"{base}restore/")
    assert client.get(page(document)).status_code == 200


@pytest.mark.usefixtures("indonesian")
def test_pages_are_in_indonesian_too(client, alice, saved):
    alice.preferences = {"language": "id"}
    alice.save()
    for path, words in (("", "Sunting"), ("edit/", "Sunting dokumen"), ("versions/", "Yang berubah")):
        assert words in html(client, page(saved, path))
