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
    "**Title: Kopi Toraja**": "Kopi Toraja",
    'Sure! Here is a title for the conversation:\n\n"Kopi Toraja Prices"\n\nLet me know.': "Kopi Toraja Prices",
    'Sure! Here is a title: "Kopi Toraja"': "Kopi Toraja",
    'A good title would be "Kopi Toraja".': "Kopi Toraja",
    "Sure!\n\nKopi Toraja": "Kopi Toraja",
    "Hello, world!": "Hello, world!",
    '{"title": "Kopi Toraja"}': "Kopi Toraja",
    '```json\n{"emoji": "x", "title": "Kopi Toraja"}\n```': "Kopi Toraja",
    '["Kopi Toraja", "Kopi"]': "Kopi Toraja",
    "```\nKopi Toraja\n```": "Kopi Toraja",
    "<title>Kopi Toraja</title>": "Kopi Toraja",
    "Kopi Toraja.\n\nExplanation: it is short.": "Kopi Toraja",
    "# Kopi Toraja.": "Kopi Toraja",
    "「コーヒー」": "コーヒー",
    "« Café »": "Café",
    '"Kopi Toraja".': "Kopi Toraja",
    "1. Kopi Toraja\n2. Kopi": "Kopi Toraja",
    "- Kopi Toraja": "Kopi Toraja",
    "タイトル：コーヒー": "コーヒー",
    'Analysis of "Hamlet"': 'Analysis of "Hamlet"',
    '"One" and "Two"': '"One" and "Two"',
    '"Kopi Toraja': "Kopi Toraja",
    "[1, 2]": "[1, 2]",
    "The Title Insurance Act": "The Title Insurance Act",
    "The user asks what coffee costs in Toraja and the assistant answers at length that it depends on the season. "
    * 2: "",
}


@pytest.mark.parametrize(("answer", "title"), ANSWERS.items())
def test_of_a_model(answer, title):
    assert titles.from_model(answer) == title


def test_a_hostile_answer_is_read_in_time():
    assert titles.from_model("[" * 100_000 + "a title " * 10_000) == ""


def test_a_hostile_message_is_read_in_time():
    assert titles.from_message("**a " * 100_000)
