"""Texts: which encoding they are in, and what they are parted into without a letter of them being changed."""

import codecs
from pathlib import Path

import pytest

from sambung.lib.files.readers.encodings import guessed
from tests.lib.files.reading import found

#: As programs of older days, or of other places, save a table.
TABLES = {
    "gb18030": "姓名,城市\n王伟,北京\n",
    "cp932": "名前,都市\n佐藤,東京\n",
    "big5": "姓名,城市\n王偉,臺北\n",
    "cp949": "이름,도시\n김철수,서울\n",
    "cp1251": "имя,город\nИван,Москва\n",
    "cp1250": "jméno,město\nJiří,Plzeň\n",
    "cp1252": "name,straße\nJörg,Köln\n",
    "cp1253": "όνομα,πόλη\nΓιώργος,Αθήνα\n",
    "cp1254": "şehir,İstanbul\nçay,ığdır\n",
    "cp1256": "الاسم,المدينة\nأحمد,القاهرة\n",
    "cp874": "ชื่อ,เมือง\nสมชาย,กรุงเทพ\n",
}
SENTENCES = {
    "cp1252": "Le café était fermé à midi, la façade était naïve.",
    "cp1250": "Zażółć gęślą jaźń, łódź",
    "cp1251": "Привет, мир! Как дела?",
    "cp932": "これは日本語の文章です。東京は日本の首都です。",
}


@pytest.mark.parametrize("encoding", TABLES)
def test_an_encoding_is_guessed_and_told(encoding):
    inside = found(TABLES[encoding].encode(encoding), "a.csv")
    assert inside.text == TABLES[encoding]
    assert inside.warnings.keys() == {"encoding_guessed"}


@pytest.mark.parametrize("encoding", SENTENCES)
def test_an_encoding_is_guessed_by_its_sentences(encoding):
    assert guessed(SENTENCES[encoding].encode(encoding)) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso2022_jp"])
@pytest.mark.parametrize("text", [TABLES["cp932"], "name,city\nAna,Rome\n"])
def test_what_says_its_encoding_is_no_guess(encoding, text):
    inside = found(text.encode(encoding), "a.csv")
    assert (inside.text, inside.warnings) == (text, {})


def test_utf16_with_another_mark_is_read():
    assert found(codecs.BOM_UTF16_BE + "Selamat\n".encode("utf-16-be"), "a.txt").text == "Selamat\n"


def test_an_encoding_that_somebody_names_is_taken():
    data = TABLES["cp1251"].encode("koi8-r")
    assert found(data, "a.csv", encoding="koi8_r").text == TABLES["cp1251"]
    wrong = found("été".encode("cp1252"), "a.txt", encoding="utf-8")
    assert wrong.warnings == {"encoding_wrong": {"encoding": "UTF-8"}}


# ---- blocks ---------------------------------------------------------------------------------------------
MARKDOWN = """---
title: Kopi
---

# Kôpi

Text *here*
and there

- one
  - two

- three

| a | b |
|---|---|
| 1 | 2 |

```py
x = 1


y = 2
```

Set
===
> quote
"""


def whole(inside) -> str:
    return "".join(block.text + block.gap for block in inside.blocks)


def test_markdown_is_parted_as_it_is_written():
    inside = found(MARKDOWN.encode(), "a.md")
    assert whole(inside) == MARKDOWN
    assert [(block.kind, block.level) for block in inside.blocks] == [
        ("paragraph", 0), ("heading", 1), ("paragraph", 0), ("list", 0), ("list", 0), ("table", 0), ("code", 0),
        ("heading", 1), ("paragraph", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n\n", "no end", "# A\n# B", "a\r\nb\n", "- x", "[a]: /b\n\ntext"])
def test_markdown_loses_nothing(text):
    assert whole(found(b"\n" + text.encode(), "a.md")) == "\n" + text.replace("\r\n", "\n")


def test_code_is_parted_between_its_pieces():
    source = Path(__file__).read_text(encoding="utf-8")
    inside = found(source.encode(), "a.py")
    assert whole(inside) == source
    assert {block.kind for block in inside.blocks} == {"code"}
    assert sum(block.text.startswith("def ") for block in inside.blocks) > 5


def test_rows_are_not_parted_in_a_quoted_value():
    rows = "id;note\n" + "".join(f'{n};"line\nbreak"\n' for n in range(450))
    inside = found(rows.encode(), "a.csv")
    assert whole(inside) == rows
    assert len(inside.of("table")) == 3
    assert all(block.text.count('"') % 2 == 0 for block in inside.blocks)


def test_a_table_whose_quotes_do_not_end_is_kept():
    rows = 'a,b\n"1,2\n' + "x,y\n" * 5
    assert whole(found(rows.encode(), "a.csv")) == rows


def test_paragraphs_of_a_text():
    inside = found(b"One\nstill one\n\n\nTwo\n", "a.txt")
    assert [block.text for block in inside.blocks] == ["One\nstill one", "Two\n"]


def test_a_log_that_was_written_for_a_terminal_is_read_as_it_is_seen():
    assert found(b"\x1b[32mINFO\x1b[0m started\n 10%\r100%\n", "run.log").text == "INFO started\n100%\n"
