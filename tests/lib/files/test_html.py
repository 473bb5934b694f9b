"""What is read out of pages: one that Python's own documentation tool writes, and the habits of many others."""

import pydoc
import textwrap

import pytest

from tests.lib.files.reading import found


def page(body: str, head: str = "") -> str:
    """What is read of a page with this body."""
    return found(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "a.html").text


def test_a_page_of_pydoc_has_its_headings_and_words():
    text = found(pydoc.HTMLDoc().page("textwrap", pydoc.HTMLDoc().document(textwrap)).encode(), "a.html").text
    assert "Text wrapping and filling." in text
    assert "<" not in text.replace("<=", "").replace("<a", "")


def test_scripts_styles_navigation_and_what_is_hidden_are_left_out():
    said = "<nav>Home</nav><script>alert(1)</script><style>p{}</style><p hidden>a</p><p style='display: none'>b</p>Seen"
    assert page(said) == "Seen"


def test_words_in_a_line_stay_together_and_lines_are_kept():
    assert page("<p>All <b>prices</b>\n in <i>euros</i>.<br>More</p>After") == "All prices in euros.\nMore\n\nAfter"


def test_links_and_pictures_are_words():
    assert page('<p><a href="https://kopi.example/a">List</a> <a href="/b">Own</a> <img alt="A farm" src=x></p>') == (
        "[List](https://kopi.example/a) Own [picture: A farm]"
    )


def test_lists_keep_their_levels_and_numbers():
    assert page("<ul><li>One<ul><li>Deep</li></ul></li><li><p>Two</p></li></ul><ol start=3><li>Three</ol>") == (
        "- One\n  - Deep\n- Two\n3. Three"
    )


def test_tables_say_cells_once_that_take_several_columns_or_rows():
    said = "<table><tr><th rowspan=2>Bean<th colspan=2>Price</tr><tr><td>A<td>B | C</tr></table>"
    assert page(said) == "| Bean | Price |  |\n| --- | --- | --- |\n|  | A | B \\| C |"


def test_tables_that_only_lay_out_are_no_tables():
    assert page("<table><tr><td>One</td></tr><tr><td>Two</td></tr></table>") == "One\n\nTwo"


def test_code_keeps_its_lines():
    assert page("<pre>x = 1\n  y</pre>") == "```\nx = 1\n  y\n```"


@pytest.mark.parametrize(("body", "text"), [("<p>x", "# Prices\n\nx"), ("<h1>Own</h1>x", "# Own\n\nx")])
def test_the_title_is_a_heading_where_there_is_no_other(body, text):
    assert page(body, "<title>Prices</title>") == text


def test_a_page_says_how_its_letters_are_written():
    source = '<html><meta charset="windows-1251"><body>Привет'
    inside = found(source.encode("cp1251"), "a.html")
    assert (inside.text, inside.warnings) == ("Привет", {})
    assert found(source.encode(), "a.html").text == "Привет"
    unsaid = found("<html><body>Привет, мир! Как дела?".encode("cp1251"), "a.html")
    assert (unsaid.text, unsaid.warnings.keys()) == ("Привет, мир! Как дела?", {"encoding_guessed"})


def test_what_is_nested_too_deep_is_told():
    inside = found(("<html><body>First" + "<div>" * 5000 + "deep").encode(), "a.html")
    assert (inside.text, inside.warnings) == ("First", {"nested_unread": {}})


def test_a_piece_of_a_page_is_code():
    piece = b"<p>{{ name }}</p>\n"
    assert found(piece, "a.html").text == piece.decode()
