"""What becomes of an uploaded picture."""

import io
import struct
import zlib

import pytest
from PIL import Image

from sambung.lib import pictures

RED, BLUE = (200, 20, 20), (20, 20, 200)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def drawn(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(pictures.square(io.BytesIO(data))))


def is_like(found: tuple, wanted: tuple) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(found, wanted, strict=True))


def png(width: int, height: int, *, pixels: bytes = b"") -> bytes:
    """A PNG whose head tells any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_middle_in_one_size(kind):
    wide = Image.new("RGB", (900, 300), BLUE)
    wide.paste(RED, (300, 0, 600, 300))
    found = drawn(encoded(wide, kind))
    assert (found.format, found.size, found.mode) == ("WEBP", (256, 256), "RGB")
    assert all(is_like(found.getpixel(at), RED) for at in ((8, 8), (248, 8), (8, 248), (248, 248)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_colours(mode):
    assert drawn(encoded(Image.new(mode, (40, 40)), "PNG")).mode == "RGB"


@pytest.mark.parametrize("form", [pictures.square, lambda file: pictures.bounded(file, side=64, most=100_000)])
def test_greys_of_sixteen_bits_stay_apart(form):
    grey = Image.new("I;16", (64, 64), 10_000)
    for y in range(64):
        for x in range(32, 64):
            grey.putpixel((x, y), 32_000)
    made = Image.open(io.BytesIO(form(io.BytesIO(encoded(grey, "PNG")))))
    sides = [made.getpixel((made.width * at // 8, made.height // 2)) for at in (1, 7)]
    assert is_like(sides[0], (39, 39, 39)) and is_like(sides[1], (125, 125, 125))


def test_cmyk():
    assert drawn(encoded(Image.new("CMYK", (40, 40)), "JPEG")).mode == "RGB"


def test_transparent_becomes_white():
    assert is_like(drawn(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG")).getpixel((20, 20)), (255, 255, 255))


def test_upright_and_without_what_it_told():
    turned = Image.new("RGB", (400, 400), BLUE)
    turned.paste(RED, (0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 3, "at home"  # upside down; a description
    data = encoded(turned, "JPEG", exif=exif, comment=b"at home")
    found = drawn(data)
    assert is_like(found.getpixel((128, 20)), BLUE)
    assert is_like(found.getpixel((128, 236)), RED)
    assert not found.getexif()
    assert b"at home" in data
    assert b"at home" not in pictures.square(io.BytesIO(data))


def test_an_animation_becomes_its_first_frame():
    frames = [Image.new("RGB", (60, 60), (n, n, 0)) for n in range(0, 200, 2)]
    found = drawn(encoded(Image.new("RGB", (60, 60), RED), "GIF", save_all=True, append_images=frames))
    assert getattr(found, "n_frames", 1) == 1
    assert is_like(found.getpixel((128, 128)), RED)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a/*<script>*/=1;alert(1)",
        b"%PDF-1.7\n",
        b"MZ" + bytes(200),
        encoded(Image.new("RGB", (40, 40)), "BMP"),
        encoded(Image.new("RGB", (40, 40)), "TIFF"),
        encoded(Image.effect_noise((300, 300), 90), "JPEG")[:4000],
        encoded(Image.effect_noise((300, 300), 90), "PNG")[:4000],
        png(40, 40, pixels=b"short"),
    ],
    ids=["nothing", "svg", "html", "gif+js", "pdf", "exe", "bmp", "tiff", "half-jpeg", "half-png", "short-png"],
)
def test_what_is_no_whole_picture_is_refused(data):
    with pytest.raises(pictures.Unreadable):
        pictures.square(io.BytesIO(data))


@pytest.mark.parametrize("side", [6_000, 50_000])
def test_a_bomb_is_refused_by_its_head(side, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(pictures.TooManyPixels):
        pictures.square(io.BytesIO(png(side, side)))


def test_a_frame_larger_than_its_animation_is_refused():
    data = bytearray(encoded(Image.new("P", (4, 4)), "GIF"))
    at = data.index(b"\x2c\x00\x00\x00\x00\x04\x00\x04\x00")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(pictures.TooManyPixels):
        pictures.square(io.BytesIO(bytes(data)))


def test_one_that_can_be_many_pixels_for_jpeg_alone():
    large = Image.new("L", (6_000, 5_000), 200)
    assert drawn(encoded(large, "JPEG")).size == (256, 256)
    with pytest.raises(pictures.TooManyPixels):
        pictures.square(io.BytesIO(encoded(large, "PNG", compress_level=1)))
