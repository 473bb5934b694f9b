"""How passwords are kept. Hashing one is slow on purpose, so it is waited for aside."""

from django.contrib.auth import hashers

from sambung.lib.waiting import HASHING


class Aside:
    """A hasher that whoever waits for it has a slot for. Raises Busy where there is none."""

    def encode(self, *args, **kwargs) -> str:
        with HASHING.slot():
            return super().encode(*args, **kwargs)


class Scrypt(Aside, hashers.ScryptPasswordHasher):
    """The one in use."""


class PBKDF2(Aside, hashers.PBKDF2PasswordHasher):
    """What older passwords were kept by."""
