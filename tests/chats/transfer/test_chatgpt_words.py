"""What ChatGPT's messages say, without what only its own pages can show."""

import json

import pytest

from chats.transfer.readers import chatgpt_words
from tests.chats.transfer.test_chatgpt import conversation, node, read, shape

CITE = "\ue200cite\ue202turn0search0\ue202turn0search3\ue201"
NEWS = "\ue200navlist\ue202News\ue202turn0news1\ue201"
PLACE = '\ue200entity\ue202["place","Takengon"]\ue201'


def said(text: object, **message) -> str:
    """The words of one message as they come."""
    return shape(read(conversation(node("a", "root", "assistant", text, **message))).chat)[0][3]


@pytest.mark.parametrize(("said", "fence"), [("x", "```"), ("a ``` b", "````"), ("`" * 1_000_000, "`" * 1_000_001)])
def test_the_fence_of_code_is_longer_than_any_in_it(said, fence):
    assert chatgpt_words.code(said) == f"{fence}\n{said}\n{fence}"


def test_marks_become_what_they_stand_for():
    known = [
        {"matched_text": CITE, "type": "grouped_webpages", "alt": "([Gayo coffee](https://example.com/gayo))"},
        {"matched_text": " ", "type": "sources_footnote", "alt": "Sources"},
        {"matched_text": "peaks", "alt": "no mark"},
        {"matched_text": None},
        7,
    ]
    text = said(
        f"It peaks in October. {CITE} Prices {NEWS} rise. See {PLACE} too.", metadata={"content_references": known}
    )
    assert text == (
        "It peaks in October. ([Gayo coffee](https://example.com/gayo)) Prices News rise. See Takengon too."
    )


def test_marks_of_which_nothing_is_known_go():
    assert said(f"It peaks.{CITE} And【4:0†source】 so on.") == "It peaks. And so on."


def test_citations_of_older_exports():
    source = {"title": "A [page]", "url": "https://a.example"}
    about = {"citations": [{"start_ix": 2, "end_ix": 14, "metadata": source}, {"start_ix": 0, "end_ix": "x"}, {}]}
    assert said("So【4:0†source】.", metadata=about) == r"So([A \[page\]](<https://a.example>))."


def test_files_of_the_sandbox_keep_their_words():
    assert said("[Load it](sandbox:/mnt/data/a.csv), ![plot](sandbox:/mnt/data/b.png)") == "Load it, plot"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"name": "Plan", "type": "document", "content": "One\n\nTwo"}, "**Plan**\n\nOne\n\nTwo"),
        ({"name": "a.py", "type": "code/python", "content": "x = 1\ny"}, "**a.py**\n\n```python\nx = 1\ny\n```"),
        ({"updates": [{"pattern": ".*", "replacement": "New\nwords"}]}, "New\nwords"),
        ({"comments": [{"pattern": "x", "comment": "Why?"}]}, "Why?"),
        ({"odd": 1}, '```\n{"odd": 1}\n```'),
        ([], "```\n[]\n```"),
    ],
)
def test_documents_of_the_canvas_can_be_read(told, text):
    content = {"content_type": "code", "language": "unknown", "text": json.dumps(told)}
    assert said(content, recipient="canmore.create_textdoc") == text


def test_a_message_of_marks_alone_says_nothing():
    assert chatgpt_words.plain(CITE, {}, "all") == ""
    assert read(conversation(node("a", "root", "assistant", CITE))).chat["messages"] == []
