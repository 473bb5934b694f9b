"""Forms of second factors: codes of an app, and adding one."""

from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal import auth
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

#: Steps of a clock that are looked through for one that is off: an hour each way, such as of summer time.
_FAR = 60 * 60 // app_settings.TOTP_PERIOD + app_settings.TOTP_TOLERANCE


class _CodeOnce:
    """A code of an app serves once for as long as it counts; allauth remembers it for a single step."""

    def clean_code(self) -> str:
        key = f"factor-code:{self.user.pk}:{normalize_user_code(self.cleaned_data['code'])[:20]}"
        if cache.get(key):
            raise get_adapter().validation_error("incorrect_code")
        code = super().clean_code()
        seconds = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD
        if self.authenticator.type == Authenticator.Type.TOTP and not cache.add(key, True, seconds):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_CodeOnce, mfa_forms.AuthenticateForm):
    """The second factor at sign-in."""


class ReauthenticateForm(_CodeOnce, mfa_forms.ReauthenticateForm):
    """The same by somebody who is signed in."""


class AddAppForm(totp_forms.ActivateTOTPForm):
    """The first code of an app. Its secret stands beside the form, so one whose clock is off may be told."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except forms.ValidationError as error:
            steps = _steps_off(self.secret, self.cleaned_data["code"]) if error.code == "incorrect_code" else None
            if steps is None:
                raise
            raise forms.ValidationError(_clock_told(steps), code=error.code) from None


def _steps_off(secret: str, code: str) -> int | None:
    """By how many steps a clock is ahead of ours (below 0: behind) that shows this code; None where none does."""
    counters = list(auth.yield_hotp_counters_from_time())
    now = counters[len(counters) // 2]
    shown = (n for n in sorted(range(-_FAR, _FAR + 1), key=abs) if _is_shown(secret, now + n, code))
    return next(shown, None)


def _is_shown(secret: str, counter: int, code: str) -> bool:
    return compare_user_code(actual=code, expected=auth.format_hotp_value(auth.hotp_value(secret, counter)))


def _clock_told(steps: int) -> str:
    n = max(1, round(abs(steps) * app_settings.TOTP_PERIOD / 60))
    slow = ngettext("Your app’s clock is about %(n)s minute slow.", "Your app’s clock is about %(n)s minutes slow.", n)
    fast = ngettext("Your app’s clock is about %(n)s minute fast.", "Your app’s clock is about %(n)s minutes fast.", n)
    remedy = _("Have its device set the time by itself, then give the code that it shows.")
    return f"{(slow if steps < 0 else fast) % {'n': n}} {remedy}"
