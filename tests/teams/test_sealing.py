"""Rotation of the keys that seal secrets: what was sealed opens, before, during and after. C58."""

from base64 import b64decode
from io import StringIO

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection

from sambung.home import Home
from sambung.lib import crypto
from sambung.lib.crypto import Ring
from teams import sealing
from teams.management.commands.rotate_encryption_keys import LOCK

PLACE = "table:column:1"
APP_SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def home(tmp_path, settings) -> Home:
    """A data directory with a ring of its own."""
    settings.HOME, settings.ENCRYPTION_KEYS = Home.open(str(tmp_path / "home")), ""
    return settings.HOME


@pytest.fixture
def factors(alice) -> tuple[TOTP, RecoveryCodes]:
    return TOTP.activate(alice, APP_SECRET), RecoveryCodes.activate(alice)


def rotate(*options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("rotate_encryption_keys", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def names() -> list[str]:
    return list(sealing.ring().keys)


def test_the_ring_is_read_again_when_it_has_changed(home):
    sealed = sealing.seal("word", PLACE)
    old = sealing.ring()
    (home.secrets / sealing.FILE).write_text(f"{crypto.make_key('2')},{old.text}")
    assert sealing.unseal(sealed, PLACE) == "word"
    assert not crypto.is_current(sealed, sealing.ring())
    assert crypto.is_current(sealing.seal("word", PLACE), sealing.ring())


def test_a_ring_of_the_environment_stands_above_the_file(settings):
    settings.ENCRYPTION_KEYS = crypto.make_key("env")
    assert names() == ["env"]


def test_new_then_drop(alice, factors):
    app, codes = factors
    before = codes.generate_codes()
    first = Authenticator.objects.get(pk=app.instance.pk).data["secret"]
    assert "Sealed anew: 2" in rotate("--new")[0]
    assert names() == ["2", "1"]
    assert "Sealed anew: 0. Already so: 2" in rotate()[0], "a second time changes nothing"
    assert "alone; taken out: 1" in rotate("--drop")[0]
    assert names() == ["2"]
    app, codes = (Authenticator.objects.get(pk=found.instance.pk) for found in factors)
    assert app.data["secret"] != first
    assert sealing.unseal(b64decode(app.data["secret"]), "mfa_authenticator:data") == APP_SECRET
    assert RecoveryCodes(codes).generate_codes() == before


def test_an_interrupted_rotation_goes_on(factors, monkeypatch):
    class Power(Exception):
        """It went."""

    whole, seen = sealing.seal, []

    def cut(text, row):
        seen.append(row)
        if len(seen) == 2:
            raise Power
        return whole(text, row)

    monkeypatch.setattr(sealing, "seal", cut)
    with pytest.raises(Power):
        rotate("--new")
    monkeypatch.setattr(sealing, "seal", whole)
    assert "Sealed anew: 1. Already so: 1." in rotate()[0]


def test_what_cannot_be_opened_is_named_and_keeps_the_ring(factors):
    app, codes = (found.instance for found in factors)
    app.data["secret"] = codes.data["seed"][:-8] + "AAAAAAA="
    app.save()
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="cannot be opened: 1") as caught:
        call_command("rotate_encryption_keys", "--drop", stdout=out, stderr=err)
    assert caught.value.returncode == 1
    assert f"mfa_authenticator {app.pk}" in err.getvalue()
    assert app.data["secret"] not in err.getvalue()
    assert names() == ["1"]


def test_a_ring_without_the_key_names_every_row(factors, home):
    (home.secrets / sealing.FILE).write_text(crypto.make_key("7"))
    with pytest.raises(CommandError, match="cannot be opened: 2"):
        rotate("--drop")
    assert names() == ["7"]


@pytest.mark.parametrize("option", ["--new", "--drop"])
def test_the_environments_ring_is_changed_there(db, settings, option):
    settings.ENCRYPTION_KEYS = crypto.make_key("env")
    with pytest.raises(CommandError, match="set in the environment"):
        rotate(option)


def test_a_ring_of_the_environment_is_rotated_by_hand(factors, settings, home):
    settings.ENCRYPTION_KEYS = f"{crypto.make_key('new')},{home.secret(sealing.FILE, crypto.make_key)}"
    assert "Sealed anew: 2" in rotate()[0]
    settings.ENCRYPTION_KEYS = Ring({"new": sealing.ring().keys["new"]}).text
    assert "Already so: 2" in rotate()[0]


def test_one_rotation_at_a_time(transactional_db):
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(CommandError, match="under way"):
            rotate("--new")
    assert names() == ["1"]
