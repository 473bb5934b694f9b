"""Text as a terminal shows it in the end."""

import random

import pytest

from sambung.lib import terminal

WRITTEN = {
    "\x1b[31mFAILED\x1b[0m test_a": "FAILED test_a",
    "\x1b[1;38;5;196mred\x1b[m and \x9b32mgreen\x9b0m": "red and green",
    " 50%\r100%\n": "100%\n",
    "a\n10%\r 50%\r100%\nb": "a\n100%\nb",
    "Loading...\r\x1b[KDone": "Done",
    "Loading...\r\x1b[2KDone\r\n": "Done\n",
    "a long line\rshort\n": "shortg line\n",
    "\x1b]8;;http://x\x07link\x1b]8;;\x07": "link",
    "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ and": "link and",
    "\x1b]0;title\x07words": "words",
    "\x1b]0;never ended\nwords": "\nwords",
    "ab\x08c": "ac",
    "B\x08Bo\x08ol\x08ld\x08d": "Bold",
    "\x1b(B\x1b[?25lhidden cursor\x1b[?25h\x1b=": "hidden cursor",
    "ab\x1b[5Gc": "ab  c",
    "abc\x1b[2DX": "aXc",
    "a\x1b[Cb": "a b",
    "\x1bPq#0\x1b\\after a picture": "after a picture",
    "cut \x1b[3": "cut ",
    "bell\x07 \x1b[0mtab\there": "bell tab\there",
    "\x1b[31m日本\x1b[0m": "日本",
    "\x1b[31m keeps blanks \x1b[0m": " keeps blanks ",
    "\x1b[999999999999Gx": " " * 499 + "x",
}
AS_IT_IS = ["", "words", "a\r\nb\r\n", "old\rMac\rlines", "[31mno code", "tab\tand\nline", "é 日本 \u200b"]


@pytest.mark.parametrize(("text", "seen"), WRITTEN.items())
def test_what_is_seen_in_the_end(text, seen):
    assert terminal.plain(text) == seen


@pytest.mark.parametrize("text", AS_IT_IS)
def test_what_was_not_written_for_a_terminal_stays(text):
    assert terminal.plain(text) == text


def test_every_text_of_a_value_is_made_plain():
    value = {"stdout": "\x1b[1mok\x1b[0m", "lines": ["1%\r2%\n", 3, None], "code": True}
    assert terminal.plain_json(value) == {"stdout": "ok", "lines": ["2%\n", 3, None], "code": True}


def test_no_code_is_left_of_any_text():
    found = random.Random(7)
    for _n in range(300):
        text = "".join(found.choices("ab1;[]m\x1b\x07\x08\r\n\\\x9b?KGP", k=40))
        assert not set(terminal.plain(f"{text}\x1b[m")) & set("\x1b\x07\x08\x9b\r")


def test_hostile_texts_are_read_in_time():
    for piece in ("\x1b", "\x1b[", "\x1b]", "\x1b]8;;", "\x1b[1", "\r\x1b[9999Gx", "\x08x", "\x1b[400Cx"):
        terminal.plain(piece * 20_000 + "\n")
