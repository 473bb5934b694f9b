"""What is read out of files, and how hostile ones end. C28–C30."""

import io
import json
import subprocess
import sys
from contextlib import suppress

import pytest
from PIL import Image

from sambung.lib.errors import Refused
from sambung.lib.files import reader
from sambung.lib.files.kinds import kind_of
from sambung.lib.files.reading import read
from tests.chats.files import corpus


def reading(data: bytes, name: str):
    return read(data, kind_of(data, name), name)


# ---- what it is -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "name", "family"),
    [
        (corpus.picture("PNG"), "a.png", "image"),
        (corpus.picture("JPEG"), "a.txt", "image"),
        (corpus.picture("WEBP"), "a", "image"),
        (corpus.picture("GIF"), "a.gif", "image"),
        (corpus.pdf("Hello"), "a.docx", "pdf"),
        (corpus.word("Hello"), "a.zip", "word"),
        (corpus.sheet(One=[[1]]), "a.xlsx", "sheet"),
        (corpus.slides("Hello"), "a.pptx", "slides"),
        (b"a,b\n1,2\n", "a.csv", "text"),
        ("Selamat pagi, café".encode(), "a.png", "text"),
        ("Selamat".encode("utf-16"), "a.txt", "text"),
        ("Grüße".encode("cp1252"), "a.txt", "text"),
        (b"<svg onload=alert(1)></svg>", "a.svg", "text"),
        (b"<html><script>alert(1)</script></html>", "a.html", "text"),
        (b"BMW is a car.", "a.txt", "text"),
        (b"A PDF begins with %PDF-1.7", "a.md", "text"),
    ],
)
def test_a_file_is_what_it_holds_whatever_its_name(data, name, family):
    assert kind_of(data, name).family == family


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), "holiday.png"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "notes.txt"),
        (corpus.packed({"a.txt": b"x"}), "letter.docx"),
        (b"PK\x03\x04 and then nothing", "letter.docx"),
        (b"BM" + bytes(300), "picture.bmp"),
        (bytes(100), "zeros.txt"),
        (b"", "empty.txt"),
    ],
)
def test_what_lies_about_itself_is_refused(data, name):
    with pytest.raises(Refused, match=name):
        kind_of(data, name)


# ---- what is read ---------------------------------------------------------------------------------------
def test_documents_give_their_text():
    assert "Roast on Monday" in reading(corpus.pdf("Roast on Monday", "Rest"), "a.pdf").text
    assert reading(corpus.word("First", "Second"), "a.docx").text == "First\nSecond\nGayo | 40 kg"
    found = reading(corpus.sheet(Orders=[["Bean", "kg"], ["Gayo", 40]], Rest=[[None, 1.5]]), "a.xlsx")
    assert found.text == "# Orders\nBean | kg\nGayo | 40\n# Rest\n | 1.5"
    assert found.told == {"pages": 2}
    assert "# 2\nTwo" in reading(corpus.slides("One", "Two"), "a.pptx").text


def test_text_is_kept_as_it_is():
    found = reading("Grüße\r\nZwei".encode("cp1252"), "a.txt")
    assert (found.text, found.data) == ("Grüße\nZwei", "Grüße\r\nZwei".encode("cp1252"))


def test_long_text_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr("sambung.lib.files.reading.TEXT", 10)
    found = reading(b"0123456789 and more", "a.txt")
    assert (found.text, found.told) == ("0123456789", {"is_cut": True})


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_images_are_drawn_anew(form):
    found = reading(corpus.picture(form, (3000, 1000)), "a")
    with Image.open(io.BytesIO(found.data)) as image:
        assert image.size == (reader.SIDE, 683)
        assert image.format == {"PNG": "PNG", "GIF": "PNG"}.get(form, "JPEG")
    with Image.open(io.BytesIO(found.thumbnail)) as image:
        assert max(image.size) == reader.THUMBNAIL


def test_nothing_that_is_not_seen_stays_in_an_image():
    exif = Image.Exif()
    exif[0x010E] = "CANARY place"
    hidden = corpus.picture("JPEG", exif=exif.tobytes()) + b"<script>CANARY</script>"
    assert b"CANARY" in hidden
    assert b"CANARY" not in reading(hidden, "a.jpg").data


# ---- what would hurt ------------------------------------------------------------------------------------
def _entity(target: bytes) -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "' + target + b'">]>'


_WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>'


def test_an_entity_brings_no_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("CANARY")
    evil = corpus.repacked(corpus.word("x"), "word/document.xml", _entity(f"file://{secret}".encode()) + _WORD)
    with suppress(Refused):
        assert "CANARY" not in reading(evil, "a.docx").text


def _wide(width: int, height: int) -> bytes:
    """A PNG that says it is so large."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


BOMBS = {
    "a document that unpacks to gigabytes": lambda: corpus.repacked(
        corpus.word("x"), "word/document.xml", b"<a>" + b" " * 400_000_000
    ),
    "a sheet with 100,000 members": lambda: corpus.packed(
        {"xl/workbook.xml": b"", **{f"xl/{n}.xml": b"" for n in range(20_000)}}
    ),
    "an image of 50,000 by 50,000": lambda: _wide(50_000, 50_000),
    "an image that is cut": lambda: corpus.picture("PNG", (300, 300))[:200],
    "a PDF whose pages are its own parents": lambda: corpus.pdf("x").replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
    "entities of entities": lambda: corpus.repacked(
        corpus.word("x"),
        "word/document.xml",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 100) for n in range(8))
        + b"<!ENTITY e '&i;'>]>"
        + _WORD,
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_in_words(name):
    data = BOMBS[name]()
    with pytest.raises(Refused, match=r"a\.bin"):
        reading(data, "a.bin")


def test_a_reader_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr("sambung.lib.files.reading.WITHIN", 0.2)
    run, hanging = subprocess.run, [sys.executable, "-c", "import signal; signal.pause()"]
    monkeypatch.setattr(subprocess, "run", lambda command, **given: run(hanging, **given))
    with pytest.raises(Refused, match="could not be read"):
        reading(corpus.pdf("x"), "a.pdf")


def test_the_reader_has_no_secrets_and_writes_no_files(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "CANARY")
    seen = {}
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **given: seen.update(given) or run(command, **given))
    reading(corpus.pdf("x"), "a.pdf")
    assert "CANARY" not in json.dumps(seen["env"])
    place = tmp_path / "written"
    code = f"""
import sys
from sambung.lib.files import reader
reader.READERS["image"] = lambda data: open({str(place)!r}, "wb", 0).write(b"x")
sys.argv, sys.stdin = ["reader", "image"], open("/dev/null")
reader.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "File too large" in done.stderr
    assert place.read_bytes() == b""
