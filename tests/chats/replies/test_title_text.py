"""What a chat is called."""

import pytest

from chats.replies import title_text as titles

MESSAGES = {
    "Fine. **Done.**": "Fine. Done",
    "Begin with **Bajawa**, which is the best of them all": "Begin with Bajawa, which is the best of",
    "# Plan for *May*\n\n- one\n- two": "Plan for May one two",
    "> quoted `code` ~~old~~": "quoted code old",
    "See [the list](https://a.b/c) now": "See the list now",
    "***All*** of it": "All of it",
    "__so it is__ said": "so it is said",
    "```python\nprint(1)\n```": "print(1)",
    "What is 2 * 3 * 4?": "What is 2 * 3 * 4?",
    "use *args and **kwargs": "use *args and **kwargs",
    "2**3 and 4**5": "2**3 and 4**5",
    "snake_case_name and __init__": "snake_case_name and __init__",
    "-5 degrees and C#": "-5 degrees and C#",
    "Wait...": "Wait...",
    "Selesai.": "Selesai",
    "完成。": "完成",
    "```": "```",
    "  spaces\n\tand lines ": "spaces and lines",
}


@pytest.mark.parametrize(("text", "title"), MESSAGES.items())
def test_of_a_message(text, title):
    assert titles.from_message(text) == title


def test_a_long_message_is_cut_at_a_word():
    title = titles.from_message("Internationalisation considerations, regarding multilingual documentation nowadays")

    assert title == "Internationalisation considerations, regarding multilingual…"


def test_a_long_word_is_cut_in_the_middle():
    assert titles.from_message("x" * 500) == "x" * 59 + "…"


ANSWERS = {
    "**Coffee prices in May**": "Coffee prices in May",
    "Title: Coffee prices.": "Coffee prices",
    "**Title:** *Coffee prices*": "Coffee prices",
    "**Title: Coffee prices**": "Coffee prices",
    "Judul: Harga kopi": "Harga kopi",
    "# Coffee prices": "Coffee prices",
    "“Coffee prices.”": "Coffee prices",
    '"Coffee prices"': "Coffee prices",
    "Here is a title:\n\nCoffee prices\n\nIt is short.": "Coffee prices",
    "\n\nCoffee: a history\n": "Coffee: a history",
    "Titles of nobility": "Titles of nobility",
    "Title insurance": "Title insurance",
    "C# and F#": "C# and F#",
    "**": "",
    "": "",
}


@pytest.mark.parametrize(("answer", "title"), ANSWERS.items())
def test_of_a_model(answer, title):
    assert titles.from_model(answer) == title


def test_a_hostile_message_is_read_in_time():
    assert titles.from_message("**a " * 100_000)
