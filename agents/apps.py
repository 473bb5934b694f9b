from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    """Models, keys, and runs: everything that makes an answer."""

    name = "agents"
    verbose_name = _("Models and runs")

    def ready(self):
        from agents import keys, leaving, policies  # noqa: F401  policies registers this app's access
        from teams import accounts, sealing

        accounts.on_delete(leaving.delete_personal)
        accounts.exporter(leaving.export)
        sealing.register(keys.sealed_rows, keys.renew)
