"""Sealed secrets."""

import base64

import pytest

from sambung.lib import crypto
from sambung.lib.crypto import Ring, seal, unseal

ROW = "agents_apikey:secret:0190"


@pytest.fixture
def keys() -> Ring:
    return Ring.parse(crypto.make_key())


@pytest.mark.parametrize("text", ["sk-secret", "", "é漢😀", "x" * 10_000])
def test_what_is_sealed_opens(keys, text):
    assert unseal(seal(text, row=ROW, keys=keys), row=ROW, keys=keys) == text


def test_postgresqls_form_opens(keys):
    assert unseal(memoryview(seal("a", row=ROW, keys=keys)), row=ROW, keys=keys) == "a"


def test_neither_text_nor_key_shows(keys):
    sealed = seal("sk-secret", row=ROW, keys=keys)

    assert b"secret" not in sealed
    assert repr(keys.keys["1"]) not in repr(keys)


def test_the_same_text_is_never_sealed_alike(keys):
    assert seal("a", row=ROW, keys=keys) != seal("a", row=ROW, keys=keys)


@pytest.mark.parametrize("row", ["agents_apikey:secret:0191", "agents_apikey:other:0190", "", ROW + " "])
def test_a_value_moved_to_another_place_stays_shut(keys, row):
    with pytest.raises(crypto.Tampered):
        unseal(seal("a", row=ROW, keys=keys), row=row, keys=keys)


def test_any_changed_byte_is_noticed(keys):
    sealed = seal("sk-secret", row=ROW, keys=keys)

    for at in range(len(sealed)):
        changed = sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]
        with pytest.raises(crypto.CryptoError):
            unseal(changed, row=ROW, keys=keys)


def test_a_changed_key_id_is_noticed_even_if_both_keys_are_the_same(keys):
    ring = Ring({"1": keys.keys["1"], "2": keys.keys["1"]})
    sealed = seal("a", row=ROW, keys=ring)

    with pytest.raises(crypto.Tampered):
        unseal(sealed[:2] + b"2" + sealed[3:], row=ROW, keys=ring)


def test_a_new_first_key_seals_and_the_old_one_still_opens(keys):
    old = seal("a", row=ROW, keys=keys)
    ring = Ring.parse(f"{crypto.make_key('2')}, 1:{base64.b64encode(keys.keys['1']).decode()}")

    assert unseal(old, row=ROW, keys=ring) == "a"
    assert not crypto.is_current(old, ring)
    assert crypto.is_current(seal("a", row=ROW, keys=ring), ring)


def test_a_key_that_is_gone(keys):
    with pytest.raises(crypto.UnknownKey, match="'1'"):
        unseal(seal("a", row=ROW, keys=keys), row=ROW, keys=Ring.parse(crypto.make_key("2")))


@pytest.mark.parametrize(
    "value", [b"", b"\x01", b"plain text that is long enough to be something", b"\x01\xff" + b"x" * 40]
)
def test_what_is_no_sealed_value(keys, value):
    with pytest.raises(crypto.CryptoError):
        unseal(value, row=ROW, keys=keys)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ,",
        "1",
        "1:",
        ":" + "A" * 43 + "=",
        "1:short",
        "1:" + base64.b64encode(b"x" * 31).decode(),
        "1:ä",
    ],
)
def test_a_ring_that_cannot_be_used(text):
    with pytest.raises(crypto.CryptoError) as caught:
        Ring.parse(text)

    assert "short" not in str(caught.value)


def test_a_ring_with_one_id_twice():
    with pytest.raises(crypto.CryptoError, match="two keys"):
        Ring.parse(f"{crypto.make_key('a')},{crypto.make_key('a')}")


def test_a_ring_as_text_is_read_as_the_same_ring(keys):
    ring = Ring({"new": b"n" * crypto.KEY_BYTES, **keys.keys})
    assert Ring.parse(ring.text) == ring
    assert Ring.parse(ring.text).primary == "new"
