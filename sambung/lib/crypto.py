"""Sealing of short secrets for the database: AES-256-GCM, bound to the place where they are stored.

A sealed value is one byte of version, the key's id with its length in front, a nonce of 12 bytes, and the
ciphertext with its tag. The place ("table:column:id") is authenticated with it, so that a value copied to
another row does not open there.
"""

import base64
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES, NONCE_BYTES = 32, 12
LONGEST_ID = 255


class CryptoError(Exception):
    """A value that cannot be sealed or opened. The message holds no secret."""


class UnknownKey(CryptoError):
    """The value was sealed with a key that the ring no longer holds."""


class Tampered(CryptoError):
    """The value was changed, or belongs to another place."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys by their ids. The first one seals; all of them open."""

    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Ring":
        """Read "id:base64,id:base64"; the first is the one to seal with. Raises CryptoError."""
        keys: dict[str, bytes] = {}
        for entry in filter(None, (entry.strip() for entry in text.split(","))):
            name, _, encoded = entry.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError:
                key = b""
            if not name or len(name.encode()) > LONGEST_ID or len(key) != KEY_BYTES:
                raise CryptoError(f"Key {len(keys) + 1} of the ring is not of the form id:base64 of 32 bytes.")
            if name in keys:
                raise CryptoError(f"The ring holds two keys with the id {name!r}.")
            keys[name] = key
        if not keys:
            raise CryptoError("The ring holds no key.")
        return cls(keys)

    @property
    def text(self) -> str:
        """Return the ring as `parse` reads it."""
        return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in self.keys.items())

    @property
    def primary(self) -> str:
        """Return the id of the key that seals."""
        return next(iter(self.keys))


def make_key(name: str = "1") -> str:
    """Return a fresh ring of one key, as text for Ring.parse."""
    return f"{name}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def seal(plaintext: str, *, row: str, keys: Ring) -> bytes:
    """Return the text encrypted with the ring's first key and bound to `row` ("table:column:id")."""
    name = keys.primary.encode()
    head = bytes((VERSION, len(name))) + name
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(keys.keys[keys.primary]).encrypt(nonce, plaintext.encode(), _bound(head, row))


def unseal(sealed: bytes, *, row: str, keys: Ring) -> str:
    """Return the text of a sealed value. Raises UnknownKey, Tampered and, for what is no sealed value,
    CryptoError.
    """
    sealed = bytes(sealed)  # PostgreSQL gives a memoryview
    name, head, rest = _opened(sealed)
    if (key := keys.keys.get(name)) is None:
        raise UnknownKey(f"The value was sealed with the key {name!r}, which the ring does not hold.")
    try:
        plain = AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound(head, row))
    except InvalidTag:
        raise Tampered("The value was changed, or belongs to another row.") from None
    return plain.decode()


def is_current(sealed: bytes, keys: Ring) -> bool:
    """Return whether a value is sealed with the ring's first key; if not, it should be sealed anew."""
    return _opened(bytes(sealed))[0] == keys.primary


def _opened(sealed: bytes) -> tuple[str, bytes, bytes]:
    """Return the key's id, the head and what follows it."""
    end = 2 + sealed[1] if len(sealed) > 2 else 0
    if not end or sealed[0] != VERSION or len(sealed) < end + NONCE_BYTES + 16:
        raise CryptoError("This is not a sealed value.")
    return sealed[2:end].decode("utf-8", "replace"), sealed[:end], sealed[end:]


def _bound(head: bytes, row: str) -> bytes:
    """Return what is authenticated beside the text."""
    return head + row.encode()
