from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """People, teams, and the one place that decides who may do what."""

    name = "teams"
    verbose_name = "People and teams"

    def ready(self):
        from teams import policies  # noqa: F401  registers this app's access policies
