from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    """People, teams, and the one place that decides who may do what."""

    name = "teams"
    verbose_name = _("People and teams")

    def ready(self):
        from teams import policies, signals  # noqa: F401  this app's access policies, and what the audit log listens to
