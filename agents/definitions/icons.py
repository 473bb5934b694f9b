"""The icons that an agent may have: lucide's names, in the sprite."""

from django.utils.translation import gettext_lazy as _

DEFAULT = "bot"
#: What a form offers, with what people call it; "default" is the first.
LABELS = {
    "default": _("Robot"),
    "lightbulb": _("Light bulb"),
    "pencil-line": _("Pencil"),
    "code": _("Code"),
    "book-open": _("Book"),
    "graduation-cap": _("Graduation cap"),
    "languages": _("Languages"),
    "calculator": _("Calculator"),
    "briefcase": _("Briefcase"),
    "scale": _("Scales"),
    "chart-no-axes-column": _("Chart"),
    "globe": _("Globe"),
    "search": _("Magnifying glass"),
    "stethoscope": _("Stethoscope"),
    "flask-conical": _("Flask"),
    "heart": _("Heart"),
    "leaf": _("Leaf"),
    "chef-hat": _("Chef's hat"),
    "music": _("Music"),
    "palette": _("Palette"),
    "rocket": _("Rocket"),
    "compass": _("Compass"),
    "wrench": _("Wrench"),
    "shield": _("Shield"),
}
ICONS = tuple(LABELS)


def name_of(icon_id: str) -> str:
    """The icon's name in the sprite; one that is not known is the default."""
    return icon_id if icon_id in ICONS[1:] else DEFAULT
