"""What templates say of people's devices."""

from django import template

from teams import devices

register = template.Library()
register.filter("device", devices.words)
