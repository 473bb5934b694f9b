"""What people call the device that a session is on."""

import ua_parser
from django.utils.translation import gettext as _

#: Names of the parser that people would not use.
_CALLED = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "HeadlessChrome": "Chrome",
    "Mobile Safari": "Safari",
    "Mac OS X": "macOS",
}


def words(user_agent: str) -> str:
    """Return such as “Firefox on Linux”, as far as a browser tells."""
    told = ua_parser.parse(user_agent)
    browser, system = (_CALLED.get(part.family, part.family) if part else "" for part in (told.user_agent, told.os))
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
