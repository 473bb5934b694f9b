"""The application with a provider on a port of this machine, which the environment may not name: it asks for TLS."""

import os

from sambung.asgi import application  # isort: skip  sets Django up
from django.conf import settings

from tests.teams.provider import CLIENT_ID, CLIENT_SECRET

__all__ = ["application"]

_app = {"name": "Local", "provider_id": "local", "client_id": CLIENT_ID, "secret": CLIENT_SECRET}
_app["settings"] = {"server_url": os.environ["LOCAL_PROVIDER"]}
settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [_app]}}
