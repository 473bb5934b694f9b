"""Whatever allauth shows or mails comes from our templates; what cannot be reached is listed with its reason."""

from pathlib import Path

import allauth
import pytest
from django.conf import settings

THEIRS = Path(allauth.__file__).parent / "templates"
OURS = settings.PROJECT / "templates"
#: Beginnings of templates that no address or act leads to here, and why.
UNREACHED = {
    "account/base_": "frames of pages that are ours",
    "account/snippets/": "parts of pages that are ours",
    "account/email.html": "one address for each person: email_change.html",
    "account/email_confirm.html": "addresses are confirmed by codes, not links",
    "account/verification_sent.html": "the same",
    "account/verified_email_required.html": "no view asks for it: nobody is in without a verified address",
    "account/confirm_password_reset_code.html": "passwords are reset by links",
    "account/email/password_reset_code_": "the same",
    "account/confirm_phone_verification_code.html": "there are no phone numbers",
    "account/phone_change.html": "the same",
    "account/messages/phone_": "the same",
    "account/signup_by_passkey.html": "a passkey is added later",
    "mfa/webauthn/signup_form.html": "the same",
    "account/email/email_deleted_": "the one address is changed, never removed",
    "account/messages/cannot_delete_primary_email.txt": "the same",
    "account/messages/email_deleted.txt": "the same",
    "account/messages/primary_email_set.txt": "the same",
    "account/messages/unverified_primary_email.txt": "the same",
    "mfa/base_": "frames of pages that are ours",
    "mfa/recovery_codes/base.html": "the same",
    "mfa/totp/base.html": "the same",
    "mfa/webauthn/base.html": "the same",
    "mfa/webauthn/snippets/": "parts of pages that are ours",
    "mfa/trust.html": "no browser is trusted instead of a factor",
    "socialaccount/base_": "frames of pages that are ours",
    "socialaccount/snippets/": "parts of pages that are ours",
    "socialaccount/login_redirect.html": "cookies are Lax, not Strict",
    "usersessions/base_": "frames of pages that are ours",
}
APPS = ("account", "mfa", "socialaccount", "usersessions")


def _templates() -> list[str]:
    return sorted(str(path.relative_to(THEIRS)) for app in APPS for path in (THEIRS / app).rglob("*.*"))


@pytest.mark.parametrize("name", _templates())
def test_page_or_mail_is_ours(name):
    is_listed = any(name.startswith(beginning) for beginning in UNREACHED)
    assert (OURS / name).exists() != is_listed


def test_list_is_not_stale():
    names = _templates()
    assert [beginning for beginning in UNREACHED if not any(name.startswith(beginning) for name in names)] == []
