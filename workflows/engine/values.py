"""Values of steps: as JSON that can be stored; those of more than 64 kB lie in the storage, whole, with a preview."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import transaction

from sambung.lib.database import is_full
from sambung.lib.failures import Failed
from sambung.lib.files import store
from sambung.lib.jsonb import clean_json

INLINE = 64_000  # bytes of JSON in a row
PREVIEW = 2_000  # characters
FOLDER = "workflow-values"


@dataclass(slots=True)
class Packed:
    """A value as it is stored: `json` is all of it, or the preview where `file` is to hold it."""

    value: object
    json: bytes
    size: int
    file: str = ""
    whole: bytes = b""

    @property
    def is_large(self) -> bool:
        return bool(self.file)


def pack(value: object, run: UUID) -> Packed:
    """Return a value ready to be stored. What jsonb cannot hold is taken out of it. Raises Failed."""
    try:
        whole = orjson.dumps(value)
        if b"\\u0000" in whole:
            value = clean_json(value)
            whole = orjson.dumps(value)
    except TypeError as error:
        if "Recursion" in str(error):
            raise Failed("workflow_value_deep") from None
        value = clean_json(value)
        whole = orjson.dumps(value)
    if len(whole) <= INLINE:
        return Packed(value, whole, len(whole))
    digest = hashlib.sha256(whole).hexdigest()
    text = whole[: PREVIEW * 4].decode("utf-8", "ignore")[:PREVIEW]
    preview = orjson.dumps({"preview": text, "size": len(whole), "digest": digest})
    return Packed(value, preview, len(whole), f"{FOLDER}/{run.hex}/{digest}", whole)


def keep(packed: Iterable[Packed]) -> None:
    """Write large values to the storage; one that is there already is the same. Raises Failed without room for them."""
    for one in packed:
        if one.is_large and not store.exists(one.file):
            save(one.file, one.whole)


def kept(run: UUID, *given: object) -> list[Packed]:
    """Pack values and keep them. Raises Failed."""
    packed = [pack(value, run) for value in given]
    keep(packed)
    return packed


def save(key: str, data: bytes) -> None:
    """Write bytes to the storage. Raises Failed where its disk is full."""
    try:
        store.save(key, data)
    except OSError as error:
        if not is_full(error):
            raise
        raise Failed("workflow_no_room") from error


def shown(value: object, run: UUID) -> Packed | None:
    """A value that is stored to be looked at, of what did not work; None where it cannot be stored."""
    try:
        return kept(run, value)[0]
    except Failed:
        return None


def read(file: str, inline: object) -> object:
    """Return a value as it was; `inline` is what the row holds."""
    return orjson.loads(store.content(file)) if file else inline


def copy(file: str, run: UUID) -> str:
    """Store a large value of another run for this one as well; return its key."""
    key = f"{FOLDER}/{run.hex}/{file.rpartition('/')[2]}"
    if not store.exists(key):
        store.save(key, store.content(file))
    return key


def gone(sender: type, instance, **kwargs) -> None:
    """A run is removed for good: so is what it has stored, once that is sure."""
    folder = f"{FOLDER}/{instance.pk.hex}"
    transaction.on_commit(lambda: store.drop(store.stored_in(folder)))


def preview(packed: Packed) -> object:
    """What a row holds of a large value."""
    return orjson.loads(packed.json)


def plain(value: object) -> object:
    """Return a value as jsonb can hold it."""
    return orjson.Fragment(orjson.dumps(clean_json(value))) if value is not None else None
