"""Citations find their passage again: after it was indexed anew, after edits, and when it is gone they say so."""

import pytest

from documents.actions import writing
from documents.knowledge import anchors, extraction, indexing
from documents.knowledge.search import Place, search
from sambung.lib.files.blocks import Block, text_of
from sambung.lib.files.readers.markdown import blocks_of
from sambung.lib.files.reading import Read
from teams.workspace import Workspace
from tests import factories

pytestmark = pytest.mark.django_db

TEXT = "# Ending\n\nEither side may end the agreement with notice of ninety days.\n\n# Price\n\nThe price is fixed.\n"


def cited(user, question: str) -> dict:
    """The anchor of the first passage that answers."""
    return anchors.anchor_of(search(question, Place(Workspace(user))).passages[0])


def located(document, anchor: dict) -> tuple[str, str] | None:
    read = extraction.of(document)
    blocks = extraction.blocks_of(read)
    found = anchors.locate(read, blocks, anchor)
    return found and (found.how, text_of(blocks)[found.start : found.end])


def changed(document, user, content: str) -> None:
    document.refresh_from_db()
    writing.save(by=user, document=document, content=content, base=document.current_version.number)
    document.refresh_from_db()
    indexing.keep_text(document, Read(b"", "text/markdown", tuple(blocks_of(content))))


def test_the_same_version_is_found_by_its_place(alice):
    made = factories.indexed(alice, content=TEXT)
    anchor = cited(alice, "notice")
    assert located(made, anchor) == ("same", TEXT[: TEXT.index("# Price")].strip())
    indexing.keep_text(made, Read(b"", "text/markdown", tuple(blocks_of(TEXT))))
    assert located(made, anchor)[0] == "same"


@pytest.mark.parametrize(
    "content",
    [
        f"A new paragraph.\n\n{TEXT}",
        TEXT.replace("Either side may end", "Either side  may\nend"),
        TEXT.replace("agreement", "agree\u00adment"),
        TEXT.upper(),
    ],
    ids=["moved", "spaces", "hyphen", "case"],
)
def test_an_edit_elsewhere_moves_the_passage(alice, content):
    made = factories.indexed(alice, content=TEXT)
    anchor = cited(alice, "notice")
    changed(made, alice, content)
    how, found = located(made, anchor)
    assert how == "moved"
    assert "ninety" in found.casefold()


def test_an_edit_of_the_passage_leads_to_what_is_most_like_it(alice):
    made = factories.indexed(alice, content=TEXT)
    anchor = cited(alice, "notice")
    changed(made, alice, TEXT.replace("ninety days", "sixty days, in writing"))
    how, found = located(made, anchor)
    assert how == "near"
    assert "sixty days" in found


def test_what_is_gone_is_said_to_be_gone(alice):
    made = factories.indexed(alice, content=TEXT)
    anchor = cited(alice, "notice")
    changed(made, alice, "Something else entirely.\n")
    assert located(made, anchor) is None


def test_a_file_is_known_by_its_bytes(alice):
    blocks = [Block("paragraph", "Notice is ninety days.", page=1), Block("page", "[page 2]", page=2)]
    made = factories.read_file(alice, blocks=blocks)
    anchor = cited(alice, "notice")
    assert anchor["sha256"] == made.sha256
    assert (anchor["page"], anchor["quote"]) == (1, "Notice is ninety days.")
    assert located(made, anchor) == ("same", "Notice is ninety days.")


def test_a_passage_over_a_page_break_is_found_again_by_its_words(alice):
    blocks = [
        Block("paragraph", "Notice is ninety", page=1),
        Block("page", "[page 2]", page=2),
        Block("paragraph", "days for either side.", page=2),
    ]
    made = factories.read_file(alice, blocks=blocks)
    anchor = cited(alice, "notice") | {"sha256": "0" * 64}
    assert located(made, anchor)[0] == "moved"


def test_a_quote_is_bounded(alice):
    factories.indexed(alice, content="Notice " * 500)
    assert len(cited(alice, "notice")["quote"]) <= anchors.QUOTE
