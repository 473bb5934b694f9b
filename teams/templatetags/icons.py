"""Icons of the sprite."""

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one icon: `{% icon 'x' %}`. Its name comes from a template or from code, never from a person."""
    sprite = static("icons.svg")
    return mark_safe(f'<svg class="icon" aria-hidden="true"><use href="{sprite}#{name}"></use></svg>')  # noqa: S308
