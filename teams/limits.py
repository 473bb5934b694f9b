"""How often people may do things. Counted in the memory of the one web process.

Signing in, codes, resets and sign-up are counted by django-allauth (`ACCOUNT_RATE_LIMITS`); both answer 429.
"""

import ipaddress
import math
import time
from functools import wraps

from django.conf import settings
from limits import RateLimitItem, parse, storage, strategies

from teams import audit

#: What is counted -> how often a person, a team, and one address may do it.
RATES: dict[str, dict[str, RateLimitItem]] = {
    "send": {"person": parse(settings.SEND_RATE), "team": parse("3000/minute"), "address": parse("3000/minute")},
    "key": {"person": parse("60/hour"), "team": parse("200/hour"), "address": parse("2000/hour")},
    "tool": {"person": parse("30/minute"), "team": parse("300/minute"), "address": parse("300/minute")},
    "file": {"person": parse("120/minute"), "team": parse("1000/minute"), "address": parse("1000/minute")},
    "guess": {"person": parse("120/minute"), "address": parse("120/minute")},
    "view": {"address": parse("600/minute")},
    "hook": {"address": parse("600/minute")},
    "form": {"address": parse("20/minute")},
    "invite": {"person": parse("60/hour"), "team": parse("200/day"), "address": parse("120/hour")},
}
_window = strategies.MovingWindowRateLimiter(storage.MemoryStorage())


class TooMany(Exception):
    """Somebody does something too often; `seconds` until it may be done again."""

    def __init__(self, seconds: int):
        super().__init__(f"Again in {seconds} seconds.")
        self.seconds = seconds


def count(what: str, request, cost: int = 1) -> None:
    """Count an act of the request's person, in their workspace and from their address. Raises TooMany."""
    team = request.workspace and request.workspace.team
    who = {"person": request.user.pk, "team": team and team.pk, "address": _household(audit.client_address.get())}
    asked = [(rate, (what, kind, str(who[kind]))) for kind, rate in RATES[what].items() if who[kind]]
    for rate, key in asked:
        if not _window.test(rate, *key, cost=cost):
            raise TooMany(max(1, math.ceil(_window.get_window_stats(rate, *key).reset_time - time.time())))
    for rate, key in asked:
        _window.hit(rate, *key, cost=cost)


def _household(address: str | None) -> str:
    """What counts as one address: of IPv6 a /64, which a single household has to itself, as allauth's limits have it.

    All of whom no address is known count as one.
    """
    if address is None:
        return "unknown"
    found = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((found.packed, 64 if found.version == 6 else 32), strict=False))


def limited(what: str):
    """Count each POST to a view."""

    def decorate(view):
        @wraps(view)
        def counted(request, *args, **kwargs):
            if request.method == "POST":
                count(what, request)
            return view(request, *args, **kwargs)

        return counted

    return decorate
