"""Files that people gave, in the storage: under keys of ours, whole or not at all. What a person calls one is data."""

import re
import secrets
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from sambung.lib.database import is_full
from sambung.lib.errors import Refused

_LONGEST = 200  # characters of a name
#: Controls, and marks that turn the direction of letters: a name is what it looks like.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@contextmanager
def room():
    """Around what writes a file and its row. Raises Refused where a disk has no room for them; nothing is kept then."""
    try:
        yield
    except Exception as error:
        if not is_full(error):
            raise
        told = _("The server's disk has no room for this. Nothing of it was kept; tell whoever runs the server.")
        raise Refused(told, status=507, code="no_room") from error


def plain_name(name: str) -> str:
    """The last part of what the person's system calls the file, without what is not seen of it."""
    last = PurePosixPath(_HIDDEN.sub("", name).replace("\\", "/")).name.strip()
    if len(last) > _LONGEST:
        suffix = PurePosixPath(last).suffix[:20]
        last = last[: _LONGEST - len(suffix)] + suffix
    return last if last.strip(".") else _("file")


def refuse_large(name: str, size: int) -> None:
    """Raises Refused for a file of more bytes than one may have."""
    if size > settings.ATTACHMENT_MAX_BYTES:
        told = {"name": name, "most": filesizeformat(settings.ATTACHMENT_MAX_BYTES)}
        raise Refused(_("“%(name)s” is larger than %(most)s.") % told, code="file_too_large", status=413)


def new_key(folder: str, ending: str = "") -> str:
    """Return a key in a folder of the storage that nothing has."""
    return f"{folder}/{secrets.token_hex(16)}{ending}"


def save(key: str, data: bytes) -> str:
    """Write the bytes; return the key under which they lie."""
    return default_storage.save(key, ContentFile(data))


def content(key: str) -> bytes:
    """The bytes. Raises FileNotFoundError where they are lost."""
    with default_storage.open(key) as file:
        return file.read()


def drop(keys: Iterable[str]) -> None:
    """Remove the bytes under these keys; "" is none."""
    for key in filter(None, keys):
        default_storage.delete(key)


def stored_before(folder: str, moment: datetime) -> list[str]:
    """The keys below a folder of the storage whose bytes have not changed since."""
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    keys = (f"{folder}/{name}" for name in names)
    return [key for key in keys if default_storage.get_modified_time(key) < moment]


def exists(key: str) -> bool:
    """Whether there are bytes under this key."""
    return default_storage.exists(key)


def stored_in(folder: str) -> list[str]:
    """The keys of a folder of the storage."""
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in names]
