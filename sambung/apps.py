"""The app of the wiring: it has no models, but commands, templates and words."""

from django.apps import AppConfig


class SambungConfig(AppConfig):
    """The wiring."""

    name = "sambung"
