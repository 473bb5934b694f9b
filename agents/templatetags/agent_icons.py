"""The icon of an agent."""

from django import template
from django.utils.safestring import SafeString

from agents.definitions import icons
from teams.templatetags.icons import icon

register = template.Library()


@register.simple_tag
def agent_icon(icon_id: str) -> SafeString:
    """Return the icon that an agent's `icon_id` names: `{% agent_icon agent.icon_id %}`."""
    return icon(icons.name_of(icon_id))
