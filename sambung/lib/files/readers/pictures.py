"""Images: drawn anew, so that nothing but what is seen is kept."""

import base64
import io
from collections.abc import Iterator

from PIL import Image, ImageOps

from sambung.lib.files.blocks import Piece, ReadWarning, Told
from sambung.lib.files.readers import File, Unreadable
from sambung.lib.pictures import MOST_PIXELS, eight_bits

SIDE, THUMBNAIL = 2048, 320  # pixels
LONGEST = 3  # times as long as wide, beyond which letters get lost when it is made smaller
_LARGE = 3_000_000  # bytes


def read(file: File) -> Iterator[Piece]:
    """Facts: mime_type, data, thumbnail, width, height."""
    with Image.open(io.BytesIO(file.data), formats=tuple(MOST_PIXELS)) as found:
        if found.width * found.height > MOST_PIXELS[found.format]:
            raise Unreadable("pixels")
        is_drawn = found.format in {"PNG", "GIF"}  # letters and lines, which JPEG blurs
        found.draft("RGB", (2 * SIDE, 2 * SIDE))
        whole = ImageOps.exif_transpose(eight_bits(found))
    before = max(whole.size)
    whole.thumbnail((SIDE, SIDE))
    encoded, mime_type = drawn(whole, "PNG"), "image/png"
    if not is_drawn or len(encoded) > _LARGE:
        encoded, mime_type = drawn(whole, "JPEG"), "image/jpeg"
    facts = {"mime_type": mime_type, "data": written(encoded), "thumbnail": written(thumbnail(whole))}
    yield Told(facts | {"width": whole.width, "height": whole.height})
    if before > max(whole.size) and max(whole.size) > LONGEST * min(whole.size):
        yield ReadWarning("picture_shrunk", {"width": whole.width, "height": whole.height})


def drawn(picture: Image.Image, form: str) -> bytes:
    """Encode it on white where it is transparent; a new image, since the old one carries what else was in the file."""
    canvas = Image.new("RGB", picture.size, "white")
    canvas.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    file = io.BytesIO()
    canvas.save(file, form, quality=88)
    return file.getvalue()


def thumbnail(picture: Image.Image) -> bytes:
    """A small WebP."""
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return drawn(small, "WEBP")


def written(data: bytes) -> str:
    """Bytes as JSON holds them."""
    return base64.b64encode(data).decode()
