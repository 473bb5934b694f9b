"""What is taken out of others' words: secrets, however they are quoted."""

import base64
from urllib.parse import quote

import pytest

from sambung.lib.masking import without

KEY = "sk-ant-api03-Zq7TfR2mXw9LbV4nKc81"
BODY = "Zq7TfR2mXw9LbV4nKc81"


def masked(text: str, key: str = KEY) -> str:
    return without(text, [key], shortest=8)


@pytest.mark.parametrize(
    "quoted",
    [
        KEY,
        f"Bearer {KEY}",
        BODY,
        BODY[:12],
        BODY[5:17],
        BODY[-12:],
        base64.b64encode(KEY.encode()).decode(),
        base64.b64encode(f"user:{KEY}".encode()).decode(),
        base64.b64encode(f":{KEY}:".encode()).decode(),
        base64.urlsafe_b64encode(f"me{KEY}".encode()).decode().rstrip("="),
    ],
)
def test_a_key_is_not_told(quoted):
    told = masked(f"Wrong: {quoted}, sorry")
    assert told.startswith("Wrong: ")
    assert told.endswith(", sorry")
    assert "…" in told
    for form in (BODY, base64.b64encode(BODY.encode()).decode(), base64.b64encode(KEY.encode()).decode()):
        assert not any(form[at : at + 12] in told for at in range(len(form) - 11))


@pytest.mark.parametrize(
    "words",
    [
        "A key begins with sk-ant-api03-.",
        "Incorrect API key: sk-ant-a…Kc81",
        f"It ends in {BODY[-4:]}",
        BODY[:11],
        "",
    ],
)
def test_what_is_public_stays(words):
    assert masked(words) == words


def test_each_place_and_each_secret():
    assert without(f"{KEY} and other-secret-1, {KEY}.", [KEY, "other-secret-1"], shortest=8) == "… and …, …."


def test_a_short_one_is_a_placeholder():
    assert masked("none of it", "none") == "none of it"
    assert without("none of it", ["none"], shortest=4) == "… of it"
    assert masked("gsk_aZ19kQp2 was refused", "gsk_aZ19kQp2") == "… was refused"


def test_as_an_address_has_it():
    key = "a/b+c=d&e/f"
    assert masked(f"?key={quote(key, safe='')}&x", key) == "?key=…&x"


def test_a_long_text_takes_no_time_that_grows_with_the_key():
    text = "lorem ipsum " * 50_000
    assert masked(text + BODY) == f"{text}…"
