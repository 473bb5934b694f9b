"""The process that reads files: what leaves it, and what it loads."""

import json
import subprocess
import sys
from contextlib import suppress

import pytest

from sambung.lib.files.blocks import Block, ReadWarning, Told, closed, starts, table, text_of
from sambung.lib.files.reader import bounded
from tests import corpus
from tests.lib.files.reading import SAMPLES, found
from tests.live import PROJECT

#: What only the child process may load.
LIBRARIES = [
    "lxml",
    "openpyxl",
    "pptx",
    "pypdfium2",
    "python_calamine",
    "oxmsg",
    "striprtf",
    "charset_normalizer",
    "PIL",
]


def block(text: str, **more) -> Block:
    return Block("paragraph", text, **more)


# ---- what leaves it -------------------------------------------------------------------------------------
def test_blocks_are_given_up_to_the_bound():
    pieces = [block("12345"), block("67890"), block("never"), Told({"pages": 3})]
    assert list(bounded(pieces, 9)) == [block("12345"), block("67"), Told({"is_cut": True})]
    assert list(bounded(pieces, 0)) == pieces
    assert list(bounded([block("12345")], 5)) == [block("12345")]


@pytest.mark.parametrize("most", range(1, 18))
def test_no_more_than_the_bound_is_read(most):
    pieces = list(bounded([block("12345"), block("67890")], most))
    text = text_of([piece for piece in pieces if isinstance(piece, Block)])
    assert text == "12345\n\n67890"[:most].rstrip()
    assert (Told({"is_cut": True}) in pieces) == (most < 12)


def test_what_no_database_holds_is_left_out():
    pieces = [block("a\0b\ud800", path="c\0"), ReadWarning("x_y", {"names": "d\0" + "e" * 500, "count": 3})]
    first, second = bounded(pieces, 0)
    assert (first.text, first.path) == ("ab?", "c")
    assert (second.params["names"], second.params["count"]) == ("d" + "e" * 298 + "…", 3)


def test_a_file_has_only_so_many_warnings():
    assert len(list(bounded([ReadWarning("x_y")] * 50, 0))) == 20


# ---- how it is started ----------------------------------------------------------------------------------
def test_it_writes_a_line_for_each_piece():
    command = [sys.executable, "-m", "sambung.lib.files.reader", "csv", "0", "a.csv", ""]
    done = subprocess.run(command, input="имя\n".encode("cp1251"), capture_output=True, cwd=PROJECT, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"warning": {"code": "encoding_guessed", "params": {"encoding": "Windows-1251"}}},
        {"told": {"encoding": "cp1251"}},
        {"block": {"kind": "table", "text": "имя\n", "gap": ""}},
    ]


def test_whoever_starts_it_loads_no_library():
    code = f"""
import sys
import sambung.lib.files.reader, sambung.lib.files.sniffing, sambung.lib.files.readers.encodings
print(sorted(set({LIBRARIES!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert done.stdout.strip() == "[]"


# ---- blocks ---------------------------------------------------------------------------------------------
def test_each_block_is_found_in_the_text_by_its_offset():
    blocks = [block("One"), block("Two", gap="\n"), block("Three")]
    assert [text_of(blocks)[at : at + len(one.text)] for at, one in starts(blocks)] == ["One", "Two", "Three"]
    assert text_of([]) == ""


def test_a_blank_line_ends_what_stands_line_by_line():
    lines = [Block("list", "- a", gap="\n"), Block("list", "- b", gap="\n"), block("After")]
    assert text_of(list(closed(lines))) == "- a\n- b\n\nAfter"


def test_rows_of_different_lengths_make_a_table():
    assert table([["a"], ["b", "c|d"]]).text == "| a |  |\n| --- | --- |\n| b | c\\|d |"


# ---- what would hurt ------------------------------------------------------------------------------------
PLACES = {
    "a.docx": (lambda: corpus.word("x"), "word/document.xml"),
    "a.xlsx": (lambda: corpus.sheet(One=[[1]]), "xl/worksheets/sheet1.xml"),
    "b.xlsx": (lambda: corpus.sheet(One=[[1]]), "xl/workbook.xml"),
    "a.pptx": (lambda: corpus.slides("x"), "ppt/slides/slide1.xml"),
    "a.odt": (lambda: (SAMPLES / "agreement.odt").read_bytes(), "content.xml"),
    "a.epub": (lambda: (SAMPLES / "agreement.epub").read_bytes(), "META-INF/container.xml"),
}


@pytest.mark.parametrize("name", PLACES)
def test_an_entity_brings_no_file(tmp_path, name):
    secret = tmp_path / "secret"
    secret.write_text("CANARY")
    make, place = PLACES[name]
    office = make()
    whole = corpus.member(office, place)
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://' + str(secret).encode() + b'">]>'
    body = whole[whole.index(b"?>") + 2 :] if whole.startswith(b"<?xml") else whole
    evil = corpus.repacked(office, place, head + body.replace(b"</", b"&e;</"))
    text = ""
    with suppress(Exception):  # a reader may refuse it
        text = found(evil, name).text
    assert "CANARY" not in text
