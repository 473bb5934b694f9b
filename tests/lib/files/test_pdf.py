"""What is read out of PDFs that other programs wrote."""

import pytest

from sambung.lib.files.blocks import starts
from sambung.lib.files.readers import Unreadable
from tests.lib.files.reading import SAMPLES, found, sample


def test_each_block_knows_its_page():
    found = sample("catalogue.pdf")
    assert found.facts["pages"] == 4
    assert [block.page for block in found.blocks if block.kind == "table"] == [1, 2, 3, 4]
    assert found.of("page") == ["[page 1]", "[page 2]", "[page 3]", "[page 4]"]
    assert all(found.text[at:].startswith(block.text) for at, block in starts(found.blocks))


def test_one_page_has_no_mark_between_pages():
    assert sample("broken-words.pdf").of("page") == []


def test_large_letters_are_headings_and_bookmarks_say_their_level():
    assert sample("printed.pdf").of("heading") == ["# Harvest report", "# Outlook"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "catalogue.pdf",
            "| Bean | Harvest | Price |\n| --- | --- | --- |\n| Gayo | May | 12.50 |\n| Toraja | August |",
        ),
        (
            "printed.pdf",
            "| Month | Cherries | Parchment |\n| --- | --- | --- |\n| June | 1,200 kg | 240 kg |\n| July |",
        ),
    ],
)
def test_tables_keep_their_columns(name, rows):
    assert sample(name).of("table")[0].startswith(rows)


def test_what_stands_at_the_edge_of_every_page_is_read_once():
    text = sample("catalogue.pdf").text
    assert text.count("Kopi Nusantara") == 1
    assert text.count("of 4") == 1
    assert text.count("picked by hand") == 4


def test_words_that_were_broken_at_the_end_of_a_line_are_whole():
    text = sample("broken-words.pdf").text
    assert "means manipulating each" in text
    assert "\x02" not in text


def test_dots_that_lead_to_a_number_are_left_out():
    assert "Contents … 12\nIndex … 14" in sample("broken-words.pdf").text


def test_a_scan_says_that_it_is_one():
    found = sample("scan.pdf")
    assert (found.text, found.warnings) == ("", {"file_scanned": {}})


def test_scanned_pages_among_others_are_named():
    found = sample("half-scan.pdf")
    assert found.warnings == {"pages_scanned": {"pages": "2"}}
    assert found.text == "[page 1]\n\nThe letter that came with the invoice is typed, and so it can be read."


def test_letters_that_the_font_does_not_tell_are_no_text():
    found = sample("garbled.pdf")
    assert (found.text, found.warnings) == ("", {"pages_garbled": {"pages": "1, 2"}})


def test_filled_fields_are_read_with_their_names():
    assert sample("form.pdf").text == "Order\n\n- Customer: Warung Sari\n- Organic: ☑ Yes\n- Bean: Gayo"


def test_comments_are_read():
    assert sample("comments.pdf").of("note") == ["[comment: Is this still true?]", "[comment: Draft]"]


def test_a_form_of_another_kind_says_so():
    assert "form_unread" in sample("xfa.pdf").warnings


def test_broken_pages_leave_the_others():
    whole = (SAMPLES / "half-scan.pdf").read_bytes()
    broken = whole.replace(b"\n5 0 obj\n<<", b"\n5 0 obj\n[[")  # the second page
    inside = found(broken, "a.pdf")
    assert inside.warnings == {"pages_broken": {"pages": "2"}}
    assert "typed" in inside.text


def test_a_password_is_told():
    with pytest.raises(Unreadable, match="password"):
        sample("password.pdf")


def test_a_long_file_is_read_to_its_end_where_nothing_bounds_it():
    assert sample("catalogue.pdf").facts.keys() == {"pages", "thumbnail"}
    short = sample("catalogue.pdf", most=100)
    assert short.facts["is_cut"]
    assert len(short.text) <= 100
