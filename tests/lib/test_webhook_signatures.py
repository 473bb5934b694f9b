"""Signatures of webhooks: ours and those of the package that the standard's authors wrote agree, both ways."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpHeaders
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import webhooks
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from sambung.lib import webhook_signatures as signatures
from sambung.lib.webhook_signatures import Scheme, Unverified

NOW = 1_800_000_000  # for both
SECRET, FORMER = signatures.new_secret(), signatures.new_secret()
BODY = b'{"total": 12, "who": "\xc3\x80sa"}'


class Clock(datetime):
    """The clock of the package."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(NOW, tz)


@pytest.fixture(scope="module", autouse=True)
def stopped():
    """The package looks at the clock by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webhooks, "datetime", Clock)
        yield


def _headers(**told: str) -> HttpHeaders:
    """Headers as a request has them."""
    return HttpHeaders({f"HTTP_{name.upper()}": value for name, value in told.items()})


def _sent(headers: dict[str, str]) -> HttpHeaders:
    return _headers(**{name.replace("-", "_"): value for name, value in headers.items()})


def _signed(secret: str = SECRET, body: bytes = BODY, at: int = NOW, message_id: str = "msg_1") -> HttpHeaders:
    return _sent(signatures.sign(secret, message_id, at, body))


def _verified(headers, body: bytes = BODY, secrets=(SECRET,), scheme=Scheme.STANDARD) -> str:
    return signatures.verify(scheme, secrets, headers, body, NOW)


# ---- Standard Webhooks, as its own package sees it ------------------------------------------------------
@given(body=st.text(max_size=200), message_id=st.text("abc123_-.", min_size=1, max_size=40))
def test_theirs_verifies_ours(body, message_id):
    sent = json.dumps(body)
    headers = signatures.sign(SECRET, message_id, NOW, sent.encode())

    assert Webhook(SECRET).verify(sent, headers) == body


@given(body=st.text(max_size=200), message_id=st.text("abc123_-.", min_size=1, max_size=40))
def test_ours_verifies_theirs(body, message_id):
    signature = Webhook(SECRET).sign(message_id, datetime.fromtimestamp(NOW, UTC), body)
    told = _headers(webhook_id=message_id, webhook_timestamp=str(NOW), webhook_signature=signature)

    assert _verified(told, body.encode()) == message_id


@pytest.mark.parametrize("seconds", [-signatures.TOLERANCE - 60, signatures.TOLERANCE + 60])
def test_both_refuse_what_is_old_or_to_come(seconds):
    headers = signatures.sign(SECRET, "msg_1", NOW + seconds, b"{}")

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify("{}", headers)
    with pytest.raises(Unverified, match="webhook_time_far"):
        _verified(_sent(headers), b"{}")


@pytest.mark.parametrize("seconds", [-signatures.TOLERANCE, signatures.TOLERANCE])
def test_five_minutes_are_near(seconds):
    assert _verified(_signed(at=NOW + seconds)) == "msg_1"


def test_a_secret_is_taken_without_its_prefix():
    bare = SECRET.removeprefix(signatures.PREFIX)

    assert (
        Webhook(bare).sign("m", datetime.fromtimestamp(NOW, UTC), "x")
        == signatures.sign(bare, "m", NOW, b"x")[signatures.SIGNATURE]
    )


def test_a_new_secret_has_32_bytes_and_is_another_each_time():
    assert len(base64.b64decode(SECRET.removeprefix("whsec_"))) == 32
    assert SECRET != FORMER


# ---- Standard Webhooks, what is refused -----------------------------------------------------------------
def test_any_of_several_signatures_is_enough():
    wrong, right = _signed(FORMER)["webhook-signature"], _signed()["webhook-signature"]
    told = {"webhook_id": "msg_1", "webhook_timestamp": str(NOW)}

    assert _verified(_headers(**told, webhook_signature=f"v1a,xyz {wrong} {right}")) == "msg_1"


def test_both_secrets_hold_while_one_replaces_the_other():
    assert _verified(_signed(FORMER), secrets=[SECRET, FORMER]) == "msg_1"
    with pytest.raises(Unverified, match="webhook_signature_wrong"):
        _verified(_signed(FORMER), secrets=[SECRET, ""])


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("webhook_id", "", "webhook_header_missing"),
        ("webhook_timestamp", "", "webhook_header_missing"),
        ("webhook_signature", " ", "webhook_header_missing"),
        ("webhook_timestamp", "soon", "webhook_time_unreadable"),
        ("webhook_timestamp", f"-{NOW}", "webhook_time_unreadable"),
        ("webhook_timestamp", "٣" * 10, "webhook_time_unreadable"),
        ("webhook_timestamp", "9" * 5000, "webhook_time_unreadable"),
        ("webhook_timestamp", f"{NOW}.5", "webhook_time_unreadable"),
        ("webhook_id", "msg_2", "webhook_signature_wrong"),
        ("webhook_timestamp", str(NOW - 1), "webhook_signature_wrong"),
        ("webhook_signature", "v1,AAAA", "webhook_signature_wrong"),
        ("webhook_signature", "v1,é", "webhook_signature_wrong"),
    ],
)
def test_what_was_changed_is_refused(name, value, code):
    told = {key.lower().replace("-", "_"): kept for key, kept in _signed().items()}

    with pytest.raises(Unverified, match=code):
        _verified(_headers(**told | {name: value}))


def test_a_changed_body_is_refused():
    with pytest.raises(Unverified, match="webhook_signature_wrong"):
        _verified(_signed(), BODY + b" ")


def test_no_secret_verifies_nothing():
    for scheme, headers in _of_all_schemes("").items():
        with pytest.raises(Unverified):
            _verified(headers, secrets=["", ""], scheme=scheme)


def test_an_id_that_could_not_be_kept_is_refused():
    with pytest.raises(Unverified, match="webhook_id_too_long"):
        _verified(_signed(message_id="x" * (signatures.LONGEST_ID + 1)))


# ---- the other two --------------------------------------------------------------------------------------
def test_githubs_own_example():
    """The secret, body and signature of GitHub's documentation."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    told = _headers(x_hub_signature_256=signature, x_github_delivery="72d3162e")

    assert signatures.sign_as_github("It's a Secret to Everybody", b"Hello, World!") == signature
    found = _verified(told, b"Hello, World!", ["It's a Secret to Everybody"], Scheme.GITHUB)
    assert found == "72d3162e"


def _of_all_schemes(secret: str) -> dict[Scheme, HttpHeaders]:
    return {
        Scheme.STANDARD: _headers(webhook_id="a", webhook_timestamp=str(NOW), webhook_signature="v1,"),
        Scheme.GITHUB: _headers(x_hub_signature_256=signatures.sign_as_github(secret, BODY)),
        Scheme.BEARER: _headers(authorization=f"Bearer {secret}"),
    }


@pytest.mark.parametrize("scheme", [Scheme.GITHUB, Scheme.BEARER])
def test_another_secret_is_refused(scheme):
    with pytest.raises(Unverified, match="webhook_signature_wrong"):
        _verified(_of_all_schemes(FORMER)[scheme], scheme=scheme)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_no_header_is_refused(scheme):
    with pytest.raises(Unverified, match="webhook_header_missing"):
        _verified(_headers(), scheme=scheme)


@pytest.mark.parametrize(
    ("told", "found"),
    [({}, ""), ({"webhook_id": "m1"}, "m1"), ({"idempotency_key": "k1"}, "k1")],
)
def test_a_bearer_names_its_message_if_it_likes(told, found):
    headers = _headers(authorization=f"bEaReR {SECRET}", **told)

    assert _verified(headers, scheme=Scheme.BEARER) == found


def test_other_ways_to_authorize_are_no_bearer():
    with pytest.raises(Unverified, match="webhook_header_missing"):
        _verified(_headers(authorization=f"Basic {SECRET}"), scheme=Scheme.BEARER)


def test_times_that_are_read_once_are_seconds():
    at = datetime.fromtimestamp(NOW, UTC) - timedelta(seconds=10)

    assert _verified(_signed(at=int(at.timestamp()))) == "msg_1"
