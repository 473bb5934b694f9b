"""Addresses inside the present workspace."""

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def ws_url(context, name: str, *args) -> str:
    """Return the path of a workspace's view: `{% ws_url 'chat' chat.id %}`."""
    return context["workspace"].url(name, *args)
