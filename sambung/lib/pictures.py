"""Pictures of people and tools: decoded within limits and drawn anew, smaller, so that nothing else is kept."""

import io
import threading
from collections.abc import Callable

from PIL import Image, ImageOps

SIDE = 256  # pixels
FORMAT, MIME_TYPE, SUFFIX = "WEBP", "image/webp", ".webp"
#: What is read, whatever a file is called -> the most pixels of it. JPEG is decoded at a smaller scale.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000, "GIF": 25_000_000}

#: A picture within the limits takes some hundred megabytes while it is decoded, so there is one at a time.
_decoding = threading.Lock()


class Unreadable(Exception):
    """The file is no picture, or not a whole one."""


class TooManyPixels(Exception):
    """The picture would take too much memory."""


def square(file) -> bytes:
    """Return the middle of a picture, upright and small, without its metadata. Of an animation the first frame.

    Raises Unreadable and TooManyPixels.
    """
    return _drawn_anew(file, lambda image: _encoded(_fitted(image)))


def bounded(file, *, side: int, most: int) -> bytes:
    """Return a whole picture within `side` pixels each way and `most` bytes, upright and without its metadata.

    Raises Unreadable and TooManyPixels.
    """
    return _drawn_anew(file, lambda image: _encoded_within(image, side, most))


def eight_bits(picture: Image.Image) -> Image.Image:
    """The picture in colours of a byte each. Of greys with more bits the whole range is kept."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L").convert("RGB")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _drawn_anew(file, draw: Callable[[Image.Image], bytes]) -> bytes:
    try:
        with _decoding, Image.open(file, formats=tuple(MOST_PIXELS)) as image:
            if image.width * image.height > MOST_PIXELS[image.format]:
                raise TooManyPixels
            return draw(image)
    except (TooManyPixels, Image.DecompressionBombError):
        raise TooManyPixels from None
    except Exception as error:  # what a broken file raises is not documented, and comes from many decoders
        raise Unreadable from error


def _fitted(image: Image.Image) -> Image.Image:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    small = ImageOps.fit(eight_bits(image), (SIDE, SIDE))
    return ImageOps.exif_transpose(small)  # of the small one, which knows the orientation still


def _encoded_within(image: Image.Image, side: int, most: int) -> bytes:
    image.draft("RGB", (2 * side, 2 * side))
    whole = ImageOps.exif_transpose(eight_bits(image))
    while True:
        whole.thumbnail((side, side))
        if len(encoded := _encoded(whole)) <= most:
            return encoded
        side = side * 3 // 4


def _encoded(image: Image.Image) -> bytes:
    """On white where it is transparent; a new image, since the old one carries the metadata."""
    drawn = Image.new("RGB", image.size, "white")
    drawn.paste(image, mask=image if image.mode == "RGBA" else None)
    file = io.BytesIO()
    drawn.save(file, FORMAT, quality=85)
    return file.getvalue()
