"""The command `rotate_encryption_keys`: what is sealed is sealed anew."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from sambung.lib.crypto import CryptoError, Ring, make_key
from teams import sealing

LOCK = 0x5EA1  # one rotation at a time: two that make a key at once would lose one of them


class Command(BaseCommand):
    """Safe to run twice, and to interrupt: each row is sealed by itself, and every key of the ring opens."""

    help = "Seal all secrets of the database anew with the first of ENCRYPTION_KEYS."

    def add_arguments(self, parser):
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--new", action="store_true", help="put a fresh key in front of the ring first")
        ways.add_argument("--drop", action="store_true", help="take the other keys out of the ring at the end")

    def handle(self, *args, new: bool, drop: bool, **options):
        if (new or drop) and settings.ENCRYPTION_KEYS:
            raise CommandError("ENCRYPTION_KEYS is set in the environment: change the ring there, then run this alone.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise CommandError("Another rotation is under way.")
            try:
                self._rotate(new, drop)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _rotate(self, new: bool, drop: bool) -> None:
        ring = sealing.ring()
        if new:
            fresh = str(max((int(name) for name in ring.keys if name.isdecimal()), default=0) + 1)
            settings.HOME.keep(sealing.FILE, f"{make_key(fresh)},{ring.text}")
            self.stdout.write(f"The ring has a new first key, {fresh}.")
        if unopened := self._renew():
            raise CommandError(f"Rows that cannot be opened: {unopened}. The ring keeps its keys.")
        if drop:
            settings.HOME.keep(sealing.FILE, Ring({ring.primary: ring.keys[ring.primary]}).text)
            self.stdout.write(f"The ring holds the key {ring.primary} alone; taken out: {len(ring.keys) - 1}.")

    def _renew(self) -> int:
        """Seal everything anew; return how many rows could not be opened."""
        renewed = current = unopened = 0
        for name, told in sealing.renew_all():
            if isinstance(told, CryptoError):
                unopened += 1
                self.stderr.write(f"{name}: {told}")
            elif told:
                renewed += 1
            else:
                current += 1
        self.stdout.write(f"Sealed anew: {renewed}. Already so: {current}.")
        return unopened
