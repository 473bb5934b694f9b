"""Secrets in the database: sealed with the instance's ring of keys, and bound to their place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from sambung.lib import crypto
from sambung.lib.crypto import CryptoError

FILE = "encryption_keys"  # the data directory's ring, where the environment names none


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows that hold sealed values. `renew(row)` seals a locked row's values anew; it raises CryptoError."""

    rows: Callable[[], QuerySet]
    renew: Callable[[Model], bool]  # whether anything changed


#: Everything that a rotation goes through; apps register theirs.
kinds: list[Kind] = []


def register(rows: Callable[[], QuerySet], renew: Callable[[Model], bool]) -> None:
    """Have rotations seal these rows anew."""
    kinds.append(Kind(rows, renew))


def ring() -> crypto.Ring:
    """The keys as they are now: those in the data directory may be changed while the server runs."""
    return _parsed(settings.ENCRYPTION_KEYS or settings.HOME.secret(FILE, crypto.make_key))


_parsed = lru_cache(maxsize=2)(crypto.Ring.parse)


def seal(text: str, row: str) -> bytes:
    """Return the text encrypted and bound to `row` ("table:column:id")."""
    return crypto.seal(text, row=row, keys=ring())


def unseal(sealed: bytes, row: str) -> str:
    """Return the text of a sealed value. Raises UnknownKey, Tampered, or CryptoError for what was never sealed."""
    return crypto.unseal(sealed, row=row, keys=ring())


def renew(sealed: bytes, row: str) -> bytes | None:
    """Return the value sealed with the ring's first key, None where it is already. Raises CryptoError like `unseal`."""
    text = unseal(sealed, row)
    return None if crypto.is_current(sealed, ring()) else seal(text, row)


def renew_all() -> Iterator[tuple[str, bool | CryptoError]]:
    """Seal everything anew, row by row; yield each row's name with whether it changed, or why it cannot be opened."""
    for kind in kinds:
        for pk in kind.rows().values_list("pk", flat=True):
            with transaction.atomic():
                row = kind.rows().select_for_update().filter(pk=pk).first()
                if row is None:
                    continue
                try:
                    told = kind.renew(row)
                except CryptoError as error:
                    told = error
            yield f"{row._meta.db_table} {pk}", told
