"""The app of people and teams: what it registers with others at the start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    """People, teams, and the one place that decides who may do what."""

    name = "teams"
    verbose_name = _("People and teams")

    def ready(self):
        from allauth.mfa.models import Authenticator

        from teams import policies, sealing, signals  # noqa: F401  this app's access policies, and what the log listens to
        from teams.adapter import FactorAdapter

        sealed = Authenticator.objects.filter(data__has_any_keys=["secret", "seed"])
        sealing.register(sealed.all, FactorAdapter.renew)
