"""Models write documents: with the rights of whoever asks, exactly, as versions, and together with people."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from agents import tools
from agents.tools import Caller, Written
from documents import tools as document_tools
from documents.actions import deleting, versions, writing
from documents.models import CONTENT_LENGTH, Document
from documents.tools import toolkit
from teams.workspace import Workspace
from tests import factories

pytestmark = pytest.mark.django_db
FENCED = "# Notes\n\n```python\nprint('`')\n```\n\n:::note\n````\n```\n````\n:::\n"


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Tools wait for the database in the thread of the test, whose transaction they see."""
    monkeypatch.setattr(document_tools, "in_thread", lambda act, *args: sync_to_async(act)(*args))


@pytest.fixture
def caller(alice) -> Caller:
    return Caller(Workspace(alice), "chat:x", "Nusantara Large")


@pytest.fixture
def plan(write) -> Document:
    return write("one\ntwo\nthree\n")


def run(caller: Caller, name: str, **args):
    """Call a tool as a reply does: through the registry, which checks the arguments."""
    (tool,) = [tool for tool in toolkit.source(caller.workspace).tools if tool.name == name]
    return async_to_sync(tools.call)(tool, args, caller, lambda text: None)


def replace(caller, document, old, new, version=1, **args):
    given = {"document_id": str(document.pk), "version": version, "old_text": old, "new_text": new}
    return run(caller, "replace_in_document", **given | args)


def content(document) -> str:
    document.refresh_from_db()
    return document.content


def test_it_is_offered_and_asks_for_nothing(alice):
    (source,) = [one for one in tools.sources(Workspace(alice)) if one.ref == "toolkit:documents"]
    assert {tool.asks for tool in source.tools} == {tools.Asks.NEVER}
    assert len(source.tools) == 6


def test_a_document_is_made_letter_by_letter(caller, alice):
    result = run(caller, "create_document", title="Notes", content=FENCED)
    made = Document.objects.select_related("current_version__created_by").get()
    assert (made.title, made.content, made.kind) == ("Notes", FENCED, "text")
    assert made.current_version.author == f"Nusantara Large for {alice}"
    assert result.written == (Written(made.pk, 1),)
    assert result.content == {"documentId": str(made.pk), "title": "Notes", "version": 1}


def test_code_has_a_language_and_nothing_else_has(caller):
    for kind, told, language in (("code", "Python", "python"), ("code", "brainfuck", ""), ("text", "python", "")):
        run(caller, "create_document", title=f"{kind} {told}", content="x", kind=kind, language=told)
        assert (Document.objects.get(title=f"{kind} {told}")).language == language


def test_it_is_read_with_lines_and_version(caller, plan):
    result = run(caller, "read_document", document_id=str(plan.pk))
    head, *lines = result.content.split("\n")
    assert head == f"“Plan” (text, documentId {plan.pk}), version 1, lines 1 to 3 of 3."
    assert lines == ["1\tone", "2\ttwo", "3\tthree"]
    beyond = run(caller, "read_document", document_id=str(plan.pk), from_line=4)
    assert (beyond.is_error, beyond.content) == (True, "The document has 3 lines.")


def test_what_was_read_stays_known_while_a_person_writes_on(caller, plan, alice):
    run(caller, "read_document", document_id=str(plan.pk))
    for n in range(writing.MOST_FOLDED + 5):
        save(alice, plan, f"one\ntwo\nthree\n{n}\n", n + 1)
    assert not (replace(caller, plan, "one", "ONE")).is_error
    assert (content(plan)).startswith("ONE\ntwo\n")


def save(by, document, text, base):
    return writing.save(by=by, document=document, content=text, base=base)


def test_a_change_is_a_version_and_is_merged_with_what_a_person_typed(caller, plan, alice):
    save(alice, plan, "one\ntwo\nthree\nfour\n", 1)
    result = replace(caller, plan, "one", "ONE")
    assert content(plan) == "ONE\ntwo\nthree\nfour\n"
    assert result.content["version"] == 3
    assert "both changes" in result.content["merged"]


def test_a_version_that_is_restored_while_the_model_writes_keeps_what_it_wrote(caller, plan, alice):
    first = plan.current_version
    save(alice, plan, "one\ntwo\nthree\nfour\n", 1)
    versions.restore(by=alice, version=first)
    assert "kept aside" in replace(caller, plan, "four", "FOUR", version=2).content
    assert (plan.versions.get(is_aside=True)).content == "one\ntwo\nthree\nFOUR\n"
    assert not replace(caller, plan, "one", "ONE", version=2).is_error
    assert content(plan).startswith("ONE\ntwo\nthree\n")


def test_where_a_person_typed_at_the_same_place_theirs_stays(caller, plan, alice):
    save(alice, plan, "1\ntwo\nthree\n", 1)
    result = replace(caller, plan, "one", "ONE")
    assert (result.is_error, result.written) == (True, ())
    assert "kept aside" in result.content
    assert content(plan) == "1\ntwo\nthree\n"
    assert (plan.versions.get(is_aside=True)).content == "ONE\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("old", "told"),
    [
        ("", "The old text is empty."),
        ("four", "The old text is not in the document."),
        ("thre\n", "The nearest lines are: 3: three"),
        ("e\n", "The old text is 2 times in the document, at: 1: one; 3: three"),
    ],
)
def test_what_is_not_there_once_is_refused(caller, plan, old, told):
    result = replace(caller, plan, old, "x")
    assert result.is_error
    assert told in result.content
    assert content(plan) == "one\ntwo\nthree\n"


def test_a_change_names_a_version_that_is_known(caller, plan):
    result = replace(caller, plan, "one", "ONE", version=7)
    assert (result.is_error, result.content) == (True, "Version 7 is not known any more. Read the document again.")


def test_no_change_is_no_version(caller, plan):
    result = replace(caller, plan, "one", "one")
    assert result.is_error
    assert plan.versions.count() == 1


def test_text_is_added_to_what_is_there_now(caller, plan, alice):
    save(alice, plan, "one\ntwo\nthree\nfour", 1)
    run(caller, "append_to_document", document_id=str(plan.pk), text="five\n")
    assert content(plan) == "one\ntwo\nthree\nfour\nfive\n"


def test_all_of_it_is_rewritten(caller, plan):
    result = run(caller, "rewrite_document", document_id=str(plan.pk), version=1, content=FENCED)
    assert result.written == (Written(plan.pk, 2),)
    assert content(plan) == FENCED


def test_what_is_too_long_is_refused(caller, plan):
    added = run(caller, "append_to_document", document_id=str(plan.pk), text="x" * CONTENT_LENGTH)
    assert added.content == "A document holds 1000000 characters at most."


def test_letters_that_cannot_be_stored_are_left_out(caller, plan):
    replace(caller, plan, "one", "o\x00n\r\ne")
    assert content(plan) == "on\ne\ntwo\nthree\n"


def test_documents_are_found_by_their_words(caller, plan, write):
    found = run(caller, "find_documents", words="three")
    assert [row["documentId"] for row in found.content] == [str(plan.pk)]
    assert (run(caller, "find_documents", words="nowhere")).content == "There is no such document."


@pytest.mark.parametrize("name", ["read_document", "append_to_document", "rewrite_document", "replace_in_document"])
def test_what_is_not_the_askers_is_not_there(name, plan, alice, bob, team, document):
    args = {
        "read_document": {},
        "append_to_document": {"text": "x"},
        "rewrite_document": {"version": 1, "content": "x"},
        "replace_in_document": {"version": 1, "old_text": "one", "new_text": "x"},
    }[name]
    gone = [Caller(Workspace(bob), model="m"), Caller(Workspace(alice, team), model="m"), Caller(None, model="m")]
    for caller in gone:
        result = run(caller, name, document_id=str(plan.pk), **args)
        assert (result.is_error, result.content) == (True, "There is no such document here.")
    outside = run(gone[0], name, document_id=str(document.pk), **args)
    assert outside.is_error
    assert content(plan) == content(document) == "one\ntwo\nthree\n"


def test_whoever_left_the_team_finds_nothing(team, carol, document):
    left = Caller(Workspace(carol, team), model="m")
    assert (run(left, "find_documents")).content == "There is no such document."
    assert (run(left, "read_document", document_id=str(document.pk))).is_error


def test_what_was_deleted_is_not_there(caller, plan):
    deleting.delete_document(document=plan)
    assert (run(caller, "read_document", document_id=str(plan.pk))).is_error
    assert (run(caller, "read_document", document_id="no id")).is_error


def test_an_agent_is_named(alice, plan):
    agent = factories.agent(alice, name="Buyer")
    replace(Caller(Workspace(alice), "", "m", agent), plan, "one", "ONE")
    version = plan.versions.get(number=2)
    assert (version.agent_id, version.author_name) == (agent.pk, "Buyer")


def test_a_person_who_tries_it_is_the_author(alice, plan):
    result = replace(Caller(Workspace(alice)), plan, "one", "ONE")
    assert not result.is_error
    assert (plan.versions.get(number=2)).author_kind == "person"


# ---- calls that were cut off -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "args", "wanted"),
    [
        ("replace_in_document", {"version": 1, "old_text": "two", "new_text": "tw"}, "one\ntw\nthree\n"),
        ("append_to_document", {"text": "fo"}, "one\ntwo\nthree\nfo"),
        ("rewrite_document", {"version": 1, "content": "on"}, "on"),
    ],
)
def test_what_had_come_is_a_partial_version(caller, plan, name, args, wanted):
    result = tools.keep(f"toolkit:documents:{name}", {"document_id": str(plan.pk)} | args, caller)
    assert result.written == (Written(plan.pk, 2),)
    assert content(plan) == wanted
    version = plan.versions.get(number=2)
    assert (version.is_partial, version.author_kind) == (True, "model")


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("replace_in_document", {"version": 1, "old_text": "tw"}),  # perhaps not all of it
        ("replace_in_document", {"old_text": "two", "new_text": "2"}),
        ("replace_in_document", {"version": 1, "old_text": "o", "new_text": "2"}),  # it stands there twice
        ("append_to_document", {"text": ""}),
        ("rewrite_document", {"version": "1", "content": "x"}),
        ("create_document", {"title": "x"}),
        ("find_documents", {"words": "x"}),
        ("no_such_tool", {}),
    ],
)
def test_what_says_too_little_changes_nothing(caller, plan, name, args):
    result = tools.keep(f"toolkit:documents:{name}", {"document_id": str(plan.pk)} | args, caller)
    assert result is None or result.is_error
    assert content(plan) == "one\ntwo\nthree\n"
    assert Document.objects.count() == 1
