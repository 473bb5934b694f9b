"""The pages of prompts."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chats.models import Prompt
from chats.prompts import prompts
from tests.factories import ChatFactory, exchange
from tests.guards.world import SCRIPT

pytestmark = pytest.mark.django_db
LIST, NEW, IMPORT, EXPORT = "/app/prompts/", "/app/prompts/new/", "/app/prompts/import/", "/app/prompts/export/"
HOSTILE = "</template><script>alert(1)</script>{x}\"'>"


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


@pytest.fixture
def prompt(write, alice) -> Prompt:
    return write(alice)


def at(prompt: Prompt, act: str = "", base: str = "/app") -> str:
    return f"{base}/prompts/{prompt.pk}/{act}"


def html(response) -> str:
    return response.content.decode()


def filled(**fields) -> dict:
    return {"name": "Review", "content": "Review {code}", "category": "coding"} | fields


# ---- found ----------------------------------------------------------------------------------------------
def test_the_list_is_searched_and_narrowed(page, write, alice):
    write(alice, name="Plan", content="Plan {week}", category="business")
    write(alice, name="Review")
    assert [row.name for row, _place in page.get(LIST).context["rows"]] == ["Plan", "Review"]
    part = page.get(LIST, {"q": "WEEK", "category": "business"}, headers=SCRIPT)
    assert [row.name for row, _place in part.context["rows"]] == ["Plan"]
    assert "<html" not in html(part)
    assert "No prompt here fits." in html(page.get(LIST, {"q": "week", "category": "coding"}))
    odd = {"tab": "none", "q": "\x00", "category": "none", "page": "x"}
    assert len(page.get(LIST, odd).context["rows"]) == 2


def test_the_list_has_pages_that_keep_the_search(page, alice):
    Prompt.objects.bulk_create(Prompt(user=alice, name=f"Plan {n:03}", content="x") for n in range(51))
    assert "?q=plan&amp;page=2" in html(page.get(LIST, {"q": "plan"}))
    assert [row.name for row, _ in page.get(LIST, {"q": "plan", "page": "2"}).context["rows"]] == ["Plan 050"]


@pytest.mark.parametrize(("tab", "word"), [("mine", "Write the first prompt"), ("public", "Nobody has made")])
def test_an_empty_list_says_what_to_do(page, tab, word):
    assert word in html(page.get(LIST, {"tab": tab}))


def test_queries_do_not_grow_with_prompts(page, write, alice):
    counts = {}
    for many in (1, 20):
        for _ in range(many):
            write(alice, is_public=True)
        for path in (LIST, f"{LIST}?tab=public", "/app/prompts/entries/"):
            with CaptureQueriesContext(connection) as seen:
                page.get(path, headers=SCRIPT)
            counts.setdefault(path, set()).add(len(seen))
    assert {path: len(found) for path, found in counts.items()} == dict.fromkeys(counts, 1), counts


def test_own_prompts_in_a_team_lead_home(sign_in, alice, team, write):
    own, here = write(alice, name="Own"), write(alice, team, name="Here")
    client = sign_in(alice)
    shown = html(client.get(f"/team/{team.slug}/prompts/entries/"))
    assert f'data-url="{at(own, "use/")}"' in shown
    assert f'data-url="{at(here, "use/", f"/team/{team.slug}")}"' in shown
    assert client.get(at(own, base=f"/team/{team.slug}")).status_code == client.get(at(here)).status_code == 404


# ---- one ------------------------------------------------------------------------------------------------
def test_variables_are_marked(page, prompt):
    shown = html(page.get(at(prompt)))
    assert "Review <mark>{code}</mark> in <mark>{language}</mark>." in shown


def test_hostile_words_stay_words(page, write, alice):
    prompt = write(alice, name=HOSTILE[:60], content=HOSTILE, is_public=True)
    prompts.change(by=alice, prompt=prompt, content={"content": f"{HOSTILE} {HOSTILE}"})
    paths = (LIST, "/app/prompts/entries/", *(at(prompt, act) for act in ("", "use/", "edit/", "versions/")))
    for path in paths:
        for headers in ({}, SCRIPT):
            shown = html(page.get(path, headers=headers))
            assert "<script>alert" not in shown, path
            assert "&lt;script&gt;" in shown, path


def test_public_ones_are_read_by_all_and_changed_by_nobody_else(sign_in, write, carol, alice, team):
    prompt = write(carol, name="For all", is_public=True)
    client = sign_in(alice)
    for base in ("/app", f"/team/{team.slug}"):
        shown = html(client.get(at(prompt, base=base)))
        assert "By Carol Stranger" in shown
        assert "Copy to mine" in shown
        assert "/delete/" not in shown
        for act in ("edit/", "public/", "delete/", "restore/"):
            assert client.post(at(prompt, act, base), filled()).status_code == 404
        assert client.get(at(prompt, "versions/", base)).status_code == 404
    prompts.set_public(by=carol, prompt=prompt, is_public=False)
    assert client.get(at(prompt)).status_code == 404


def test_copies_go_where_one_says(sign_in, write, carol, alice, team):
    prompt = write(carol, is_public=True)
    client = sign_in(alice)
    answer = client.post(at(prompt, "copy/", f"/team/{team.slug}"))
    mine = Prompt.objects.get(user=alice, team=None)
    assert (answer.url, mine.is_public) == (at(mine), False)
    client.post(at(prompt, "copy/", f"/team/{team.slug}"), {"here": "1"})
    assert Prompt.objects.get(user=alice, team=team).content == prompt.content


def test_only_admins_of_a_team_publish(sign_in, write, bob, alice, team):
    prompt = write(bob, team)
    base = f"/team/{team.slug}"
    assert "Make it public" not in html(sign_in(bob).get(at(prompt, base=base)))
    assert sign_in(bob).post(at(prompt, "public/", base)).status_code == 404
    assert "Make it public" in html(sign_in(alice).get(at(prompt, base=base)))
    assert "can read and copy" in html(sign_in(alice).post(at(prompt, "public/", base), follow=True))
    prompt.refresh_from_db()
    assert prompt.is_public


def test_deleting_can_be_taken_back(page, prompt):
    answer = page.post(at(prompt, "delete/"), follow=True)
    assert at(prompt, "restore/") in html(answer)
    assert page.get(at(prompt)).status_code == 404
    assert page.post(at(prompt, "restore/")).url == at(prompt)
    assert page.get(at(prompt)).status_code == 200


# ---- used -----------------------------------------------------------------------------------------------
def test_without_scripts_a_form_leads_to_a_chat(page, prompt):
    asked = html(page.get(at(prompt, "use/")))
    assert 'name="value-code"' in asked
    assert 'name="value-language"' in asked
    answer = page.post(at(prompt, "use/"), {"value-code": "{language} <b>", "value-language": "Go"})
    assert answer.context["composer"]["text"] == "Review {language} <b> in Go."
    assert "Review {language} &lt;b&gt; in Go.</textarea>" in html(answer)


@pytest.mark.parametrize("name", ["kalimat", "audience", "文章", "code"])
def test_a_value_keeps_its_lines(page, write, alice, name):
    prompt = write(alice, content=f"Improve {{{name}}} now.")
    assert f'<textarea name="value-{name}"' in html(page.get(at(prompt, "use/")))
    answer = page.post(at(prompt, "use/"), {f"value-{name}": "one\r\ntwo\r\n\r\n- item"})
    assert answer.context["composer"]["text"] == "Improve one\ntwo\n\n- item now."


def test_without_variables_the_chat_is_there_at_once(page, write, alice):
    prompt = write(alice, content="Tell a joke. {{x}}")
    assert page.get(at(prompt, "use/")).context["composer"]["text"] == "Tell a joke. {{x}}"


def test_a_script_gets_the_pieces(page, write, alice):
    prompt = write(alice, content="A {code}\n{code}")
    shown = html(page.get(at(prompt, "use/"), headers=SCRIPT))
    piece = '<span data-variable="code"></span>'
    assert f"<template><span>A </span>{piece}<span>\n</span>{piece}<span></span></template>" in shown
    assert '<textarea name="value-code"' in shown
    assert shown.count('name="value-') == 1


# ---- written --------------------------------------------------------------------------------------------
def test_written_and_changed(page, alice):
    answer = page.post(NEW, filled(content="A {b}\r\n"))
    prompt = Prompt.objects.get()
    assert answer.url == at(prompt)
    assert (prompt.user, prompt.content, prompt.variables) == (alice, "A {b}\n", ["b"])
    form = page.get(at(prompt, "edit/")).context["form"]
    assert page.post(at(prompt, "edit/"), filled(seen=form["seen"].value())).url == at(prompt)
    prompt.refresh_from_db()
    assert prompt.variables == ["code"]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"name": "a" * 101},
        {"content": " \n"},
        {"content": "a" * 100_001},
        {"content": "".join(f"{{v{n}}}" for n in range(51))},
        {"category": "other"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_is_no_prompt_is_given_back(page, fields):
    answer = page.post(NEW, filled(**fields))
    assert answer.status_code == 422
    assert "field-error" in html(answer)
    assert not Prompt.objects.exists()


def test_the_second_editor_keeps_their_text(page, prompt, alice):
    seen = page.get(at(prompt, "edit/")).context["form"]["seen"].value()
    prompts.change(by=alice, prompt=prompt, content={"content": "The first one's"})
    answer = page.post(at(prompt, "edit/"), filled(content="The second one's", seen=seen))
    assert answer.status_code == 409
    assert "The first one&#x27;s</pre>" in html(answer)
    assert "The second one&#x27;s</textarea>" in html(answer)
    again = answer.context["form"]["seen"].value()
    assert page.post(at(prompt, "edit/"), filled(content="The second one's", seen=again)).status_code == 302
    prompt.refresh_from_db()
    assert prompt.content == "The second one's"


@pytest.mark.parametrize("seen", ["", "never", "2026-99-99T00:00"])
def test_a_state_that_is_none_is_not_compared(page, prompt, seen):
    assert page.post(at(prompt, "edit/"), filled(seen=seen)).status_code == 302


def test_variables_are_told_while_typing(page):
    shown = html(page.post("/app/prompts/variables/", {"content": "{b} {<i>} {c}"}))
    assert "<code>b</code> <code>c</code>" in shown
    assert "No variables." in html(page.post("/app/prompts/variables/"))


def test_versions_are_compared_and_come_back(page, prompt, alice):
    prompts.change(by=alice, prompt=prompt, content={"name": "Look", "content": "Look at it."})
    shown = html(page.get(at(prompt, "versions/")))
    assert "<del>Review {code} in {language}.</del><ins>Look at it.</ins>" in shown
    assert "<del>Review</del><ins>Look</ins>" in shown
    version = prompt.versions.get()
    assert page.post(f"/app/prompts/versions/{version.pk}/restore/").url == at(prompt)
    prompt.refresh_from_db()
    assert prompt.name == "Review"


def test_a_message_becomes_a_prompt(page, alice, bob):
    chat = ChatFactory(user=alice)
    answer = exchange(chat, "Explain {topic}\nin short.")
    form = page.get(NEW, {"message": answer.parent_id}, headers=SCRIPT)
    assert form.context["form"].initial == {"content": "Explain {topic}\nin short.", "name": "Explain {topic}"}
    saved = page.post(NEW, filled(), headers=SCRIPT)
    assert saved.status_code == 204
    assert {"toast", "prompts-changed"} <= json.loads(saved["HX-Trigger"]).keys()
    foreign = exchange(ChatFactory(user=bob)).parent_id
    for named in (answer.pk, foreign, "nothing"):
        assert page.get(NEW, {"message": named}).status_code == 404


# ---- files ----------------------------------------------------------------------------------------------
def test_files_of_one_and_of_all(page, write, alice, carol):
    prompt = write(alice, name="Ä <b>")
    write(alice, name="Other")
    write(carol, name="Carol's", is_public=True)
    one = page.get(at(prompt, "export/"))
    assert one["Content-Disposition"] == 'attachment; filename="a-b.prompt.json"'
    assert [row["name"] for row in json.loads(one.content)["prompts"]] == ["Ä <b>"]
    assert [row["name"] for row in json.loads(page.get(EXPORT).content)["prompts"]] == ["Other", "Ä <b>"]


def test_a_file_is_imported_once(page, write, alice, sign_in, carol):
    write(alice)
    write(alice, name="Other")
    text = page.get(EXPORT).content
    client = sign_in(carol)
    given = {"file": SimpleUploadedFile("prompts.json", text)}
    assert "2 prompts are imported." in html(client.post(IMPORT, given, follow=True))
    again = html(client.post(IMPORT, {"text": text.decode()}, follow=True))
    assert "0 prompts are imported. 2 were here already." in again
    assert Prompt.objects.filter(user=carol).count() == 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose a file"),
        ({"text": "{"}, "This is not JSON"),
        ({"file": b" " * (4 * 1024 * 1024 + 1)}, "larger than 4 MB"),
        (
            {
                "text": '{"format": "sambung.prompts", "version": 1,'
                '"prompts": [{"name": "a", "content": "a"}, {"name": 1, "content": "a"}]}'
            },
            "$.prompts[1].name does not hold",
        ),
    ],
    ids=["nothing", "broken", "large", "one of two"],
)
def test_what_cannot_be_read_brings_nothing(page, given, sentence):
    if "file" in given:
        given = {"file": SimpleUploadedFile("x.json", given["file"])}
    answer = page.post(IMPORT, given)
    assert answer.status_code == 422
    assert sentence in html(answer)
    assert not Prompt.objects.exists()
