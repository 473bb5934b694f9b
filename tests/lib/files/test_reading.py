"""What is read out of files, and how hostile ones end. C28–C30."""

import asyncio
import io
import json
import signal
import struct
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from PIL import Image

from sambung.lib.errors import Refused
from sambung.lib.files import reader
from sambung.lib.files import reading as whole
from sambung.lib.files.kinds import kind_of
from sambung.lib.files.readers import pictures
from sambung.lib.files.reading import read
from sambung.lib.files.sniffing import Kind
from tests import corpus
from tests.lib.files.reading import SAMPLES


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
        (b"a,b\n1,2\n", "a.csv", "csv"),
        ("Selamat pagi, café".encode(), "a.png", "text"),
        ("Selamat".encode("utf-16"), "a.txt", "text"),
        ("Grüße".encode("cp1252"), "a.txt", "text"),
        (b"<svg onload=alert(1)></svg>", "a.svg", "code"),
        (b"<p>{{ name }}</p>", "a.html", "code"),
        (b"BMW is a car.", "a.txt", "text"),
        (b"A PDF begins with %PDF-1.7", "a.md", "markdown"),
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
    assert (
        reading(corpus.word("First", "Second"), "a.docx").text == "First\n\nSecond\n\n| Gayo | 40 kg |\n| --- | --- |"
    )
    found = reading(corpus.sheet(Orders=[["Bean", "kg"], ["Gayo", 40]], Rest=[[None, 1.5]]), "a.xlsx")
    assert (
        found.text == "# Orders\n\n| Bean | kg |\n| --- | --- |\n| Gayo | 40 |\n\n# Rest\n\n|  | 1.5 |\n| --- | --- |"
    )
    assert found.told == {"pages": 2}
    assert "# Slide 2\n\n## Two" in reading(corpus.slides("One", "Two"), "a.pptx").text


def test_text_is_kept_as_it_is():
    found = reading("Grüße\r\nZwei".encode(), "a.txt")
    assert found.told == {}
    assert (found.text, found.data) == ("Grüße\nZwei", "Grüße\r\nZwei".encode())


def test_long_text_is_cut_and_says_so():
    found = read(b"0123456789 and more", kind_of(b"x", "a.txt"), "a.txt", most=10)
    assert (found.text, found.told) == ("0123456789", {"is_cut": True})


def test_nothing_is_cut_where_nothing_bounds_it():
    whole = b"0123456789" * 100_001
    found = read(whole, kind_of(whole, "a.txt"), "a.txt", most=0)
    assert (len(found.text), found.told) == (len(whole), {})
    assert reading(whole, "a.txt").told == {"is_cut": True}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_images_are_drawn_anew(form):
    found = reading(corpus.picture(form, (3000, 1000)), "a")
    with Image.open(io.BytesIO(found.data)) as image:
        assert image.size == (pictures.SIDE, 683)
        assert image.format == {"PNG": "PNG", "GIF": "PNG"}.get(form, "JPEG")
    with Image.open(io.BytesIO(found.thumbnail)) as image:
        assert max(image.size) == pictures.THUMBNAIL


def test_nothing_that_is_not_seen_stays_in_an_image():
    exif = Image.Exif()
    exif[0x010E] = "CANARY place"
    hidden = corpus.picture("JPEG", exif=exif.tobytes()) + b"<script>CANARY</script>"
    assert b"CANARY" in hidden
    assert b"CANARY" not in reading(hidden, "a.jpg").data


@pytest.mark.parametrize(
    ("data", "name", "codes"),
    [
        (b" \n", "a.txt", ["nothing_read"]),
        (corpus.pdf(), "a.pdf", ["nothing_read"]),
        ((SAMPLES / "scan.pdf").read_bytes(), "a.pdf", ["file_scanned"]),
        ("имя\n".encode("cp1251"), "a.txt", ["encoding_guessed"]),
    ],
)
def test_a_file_without_a_word_says_so(data, name, codes):
    assert [one["code"] for one in reading(data, name).told["warnings"]] == codes


def test_greys_of_sixteen_bits_stay_apart():
    grey, file = Image.new("I;16", (4, 1)), io.BytesIO()
    for at, value in enumerate((0, 10_000, 32_000, 63_000)):
        grey.putpixel((at, 0), value)
    grey.save(file, "PNG")
    with Image.open(io.BytesIO(reading(file.getvalue(), "a.png").data)) as image:
        assert [image.getpixel((at, 0))[0] for at in range(4)] == [0, 39, 125, 246]


def test_a_long_picture_that_was_made_smaller_says_so():
    told = reading(corpus.picture("PNG", (100, 4000)), "a.png").told
    assert told["warnings"] == [{"code": "picture_shrunk", "params": {"width": 51, "height": 2048}}]
    assert "warnings" not in reading(corpus.picture("PNG", (3000, 3000)), "a.png").told


@pytest.mark.parametrize("brand", [b"heic", b"avif"])
def test_pictures_of_phones_say_how_to_add_them(brand):
    with pytest.raises(Refused, match="HEIC or AVIF"):
        kind_of(b"\0\0\0\x18ftyp" + brand + bytes(200), "a.heic")


def test_a_password_is_told():
    with pytest.raises(Refused, match="protected with a password"):
        reading((SAMPLES / "password.pdf").read_bytes(), "a.pdf")


def test_what_was_read_of_a_file_before_its_time_was_over_is_kept(monkeypatch):
    begun = json.dumps({"block": {"kind": "paragraph", "text": "Begun"}}).encode() + b'\n{"block": {"ki'
    done = subprocess.CompletedProcess([], -signal.SIGKILL, begun, b"")
    monkeypatch.setattr(subprocess, "run", lambda command, **given: done)
    found = reading(b"x", "a.txt")
    assert (found.text, found.told["warnings"][0]["code"]) == ("Begun", "file_out_of_time")


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
    "1,000 tables in one another": lambda: corpus.repacked(
        corpus.word("x"),
        "word/document.xml",
        _WORD.partition(b"<w:p>")[0]
        + b"<w:tbl><w:tr><w:tc>" * 1000
        + b"</w:tc></w:tr></w:tbl>" * 1000
        + b"</w:body></w:document>",
    ),
    "a book that unpacks to gigabytes": lambda: corpus.packed(
        {"mimetype": b"application/epub+zip", "META-INF/container.xml": b" " * 400_000_000}
    ),
    "a sheet of OpenDocument that never ends": lambda: corpus.repacked(
        (SAMPLES / "orders.ods").read_bytes(), "content.xml", b"<a>" * 100_000
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
from sambung.lib.files import reader, readers
readers.read = lambda family, file: [open({str(place)!r}, "wb", 0).write(b"x")]
sys.argv, sys.stdin = ["reader", "image", "0", "a.png", ""], open("/dev/null")
reader.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "File too large" in done.stderr
    assert place.read_bytes() == b""


# ---- read whole -----------------------------------------------------------------------------------------
async def _deaf(piece: dict) -> None:
    """Nobody wants to know."""


def test_a_file_of_any_length_is_read_whole():
    text = "A line of a very long text.\n\n" * 50_000
    made = asyncio.run(whole.read_whole(text.encode(), Kind("text", "text/plain"), "long.txt", _deaf))
    assert made.text == text
    assert "is_cut" not in made.told


def test_what_is_heard_comes_piece_by_piece_and_may_end_the_process(monkeypatch):
    started, heard = [], []
    create = asyncio.create_subprocess_exec

    async def noted(*command, **given):
        started.append(await create(*command, **given))
        return started[0]

    async def hear(piece: dict) -> None:
        heard.append(piece)
        raise InterruptedError

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    data = b"Beans.\n\n" * 200_000
    with pytest.raises(InterruptedError):
        asyncio.run(whole.read_whole(data, Kind("text", "text/plain"), "long.txt", hear))
    assert len(heard) == 1
    assert started[0].returncode == -signal.SIGKILL


def test_each_page_gives_a_file_time(monkeypatch):
    limits = []
    monkeypatch.setattr(reader.resource, "setrlimit", lambda what, bounds: limits.append(bounds))
    for pages in (0, 300, 1_000_000):
        reader._give_time(pages)
    assert limits == [(30, 900), (90, 900), (900, 900)]
