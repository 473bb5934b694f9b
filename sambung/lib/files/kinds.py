"""What a file is, with a sentence for what nobody could read here."""

from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from sambung.lib.files import unreadable
from sambung.lib.files.sniffing import Broken, Kind, PhonePicture, sniffed


def kind_of(data: bytes, name: str) -> Kind:
    """Return what the file is. Raises Refused for what nobody could read here."""
    if not data:
        raise Refused(_("“%(name)s” is empty.") % {"name": name}, status=400)
    try:
        kind = sniffed(data, name)
    except Broken:
        raise unreadable(_("“%(name)s” is broken and cannot be read.") % {"name": name}) from None
    except PhonePicture:
        said = _(
            "“%(name)s” is an image of a kind (HEIC or AVIF) that cannot be read here. Add it as JPEG, PNG, WebP or"
            " GIF; a phone can be set to take the most compatible kind, or sends JPEG when it shares a picture."
        )
        raise unreadable(said % {"name": name}) from None
    if kind is None:
        raise unknown(name)
    return kind


def unknown(name: str) -> Refused:
    """Return the error for a file of a kind that is not read."""
    said = _(
        "“%(name)s” is of a kind that cannot be read here. Add images, PDF, Office or OpenDocument files, books (EPUB),"
        " mails, pages, text, code, CSV or Parquet."
    )
    return unreadable(said % {"name": name})
