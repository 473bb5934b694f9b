"""Addresses that are others than they seem."""

import pytest

from sambung.lib.lookalikes import has_unseen, mixed_label


@pytest.mark.parametrize(
    "address",
    [
        "https://api.open\u200bai.com/v1",
        "https://api.openai.com\u202e/v1",
        "https://api.openai.com/v1\u2060",
        "https://api.openai.com/\u3164v1",
        "https://api.open\xadai.com",
        "https://api.openai.com/\ufe0fv1",
    ],
)
def test_signs_that_nobody_sees(address):
    assert has_unseen(address)


@pytest.mark.parametrize("address", [" https://api.openai.com/v1\n", "https://bücher.example/é", "https://例え.テスト"])
def test_what_is_seen(address):
    assert not has_unseen(address)
    assert mixed_label(address) == ""


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://api.оpenai.com", "оpenai"),
        ("https://xn--penai-nye.com/v1", ""),
        ("https://аpi.openai.com", "аpi"),
        ("https://goοgle.com", "goοgle"),
    ],
)
def test_letters_of_two_scripts(address, label):
    found = mixed_label(address)
    assert found == label or (label == "" and found != "")


@pytest.mark.parametrize(
    "address",
    ["https://почта.рф", "https://東京tower.jp", "https://ひらがなカタカナ漢字.jp", "https://пример.example.com"],
)
def test_what_is_written_so(address):
    assert mixed_label(address) == ""
