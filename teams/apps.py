"""The app of people and teams: what it registers with others at the start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    """People, teams, and the one place that decides who may do what."""

    name = "teams"
    verbose_name = _("People and teams")

    def ready(self):
        from allauth.mfa.models import Authenticator

        from teams import mails, policies, sealing, signals  # noqa: F401  access policies, and what the log listens to
        from teams.adapter import FactorAdapter
        from teams.models import Mail

        sealed = Authenticator.objects.filter(data__has_any_keys=["secret", "seed"])
        sealing.register(sealed.all, FactorAdapter.renew)
        sealing.register(Mail.objects.exclude(encrypted_letter=b"").all, mails.renew)
