"""The ASGI application: lifespan, static files, sockets, and Django in one hop to a thread."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sambung.settings")

import django

django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware, SessionMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from agents.runs.consumer import FollowConsumer  # noqa: E402
from sambung.handler import OneHopHandler  # noqa: E402
from sambung.lifespan import Lifespan  # noqa: E402
from sambung.static import StaticFiles  # noqa: E402

sockets = URLRouter([path("ws/", FollowConsumer.as_asgi())])

application = Lifespan(
    ProtocolTypeRouter(
        {
            "http": StaticFiles(OneHopHandler()),
            "websocket": OriginValidator(CookieMiddleware(SessionMiddleware(sockets)), settings.SOCKET_ORIGINS),
        }
    )
)
