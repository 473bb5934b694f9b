"""Documents by their addresses."""

import pytest

from workflows.nodes.addresses import document_id

KEY = "01980000-0000-7000-8000-00000000000a"


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f" {KEY} ",
        f"https://a.example/app/documents/{KEY}/",
        f"/team/x/documents/{KEY.upper()}",
        f"/documents/{KEY}?a",
    ],
)
def test_the_id_is_found(text):
    assert document_id(text) == KEY


@pytest.mark.parametrize("text", ["", "x", f"/chats/{KEY}/", f"/documents/{KEY}0/"])
def test_other_texts_stay(text):
    assert document_id(text) == text
