"""What is read of a mail server's address: where it is, and when TLS begins."""

import pytest

from sambung.lib import mail_url
from sambung.lib.env import EnvError

IMPLICIT, STARTTLS, NONE = (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("url", "port", "encryption"),
    [
        ("smtps://me:pw@mail.example.org:465", 465, IMPLICIT),
        ("smtps://me:pw@mail.example.org", 465, IMPLICIT),
        ("smtps://me:pw@mail.example.org:1465", 1465, IMPLICIT),
        ("smtps://me:pw@mail.example.org:587", 587, STARTTLS),
        ("smtp+ssl://me:pw@mail.example.org:465", 465, IMPLICIT),
        ("smtp+ssl://me:pw@mail.example.org", 465, IMPLICIT),
        ("smtp+tls://me:pw@mail.example.org:587", 587, STARTTLS),
        ("smtp+tls://me:pw@mail.example.org", 587, STARTTLS),
        ("smtp+tls://me:pw@mail.example.org:465", 465, IMPLICIT),
        ("smtp://me:pw@mail.example.org:465", 465, IMPLICIT),
        ("smtp://me:pw@mail.example.org", 25, NONE),
        ("smtp://me:pw@mail.example.org:1025/", 1025, NONE),
    ],
)
def test_encryption(url, port, encryption):
    found = mail_url.read(url)
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == encryption
    assert found["EMAIL_PORT"] == port
    assert (found["EMAIL_HOST"], found["EMAIL_HOST_USER"]) == ("mail.example.org", "me")
    assert found["EMAIL_HOST_PASSWORD"] == "pw"


@pytest.mark.parametrize("written", ["me@example.org:p#a@s%s", "me%40example.org:p%23a%40s%25s"])
def test_signs_in_user_and_password(written):
    found = mail_url.read(f"smtp+tls://{written}@mail.example.org:587")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@example.org", "p#a@s%s")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "must read like smtp+tls://"),
        ("submission://me:sesame@mail.example.org", "must read like"),
        ("smtp://", "must read like"),
        ("smtp://me:ses/ame@mail.example.org", "%2F"),
        ("smtp://me:sesame@mail.example.org:25/x", "nothing may follow"),
        ("smtp://me:sesame@mail.example.org:25?timeout=5", "nothing may follow"),
    ],
)
def test_what_cannot_work_is_told_in_one_line_without_the_password(url, told):
    with pytest.raises(EnvError) as refused:
        mail_url.read(url)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "ses" not in str(refused.value)
