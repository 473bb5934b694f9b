"""ZIP files that nobody has looked at."""

import struct
import zipfile
from typing import BinaryIO

_END, _LOCATOR = b"PK\x05\x06", b"PK\x06\x07"


def refuse_long_directory(file: BinaryIO, most: int) -> None:
    """Raise BadZipFile where the list of members, all of which is read at once, is longer than so many bytes.

    The form for huge files is refused as well: nothing here needs it.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    end = file.read()
    at = end.rfind(_END)
    if at < 0 or len(end) < at + 22 or end[max(0, at - 20) : at].startswith(_LOCATOR):
        raise zipfile.BadZipFile
    if struct.unpack_from("<L", end, at + 12)[0] > most:
        raise zipfile.BadZipFile
