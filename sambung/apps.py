from django.apps import AppConfig


class SambungConfig(AppConfig):
    """The wiring."""

    name = "sambung"
