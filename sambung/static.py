"""Static files, served before Django sees the request: with a hash in the name they never change."""

from django.conf import settings
from servestatic import ServeStaticASGI


class StaticFiles:
    """Serves `STATIC_ROOT` under `STATIC_URL`. The folder is read at the first request, when it has been made."""

    def __init__(self, application):
        self._application = application
        self._files = None

    async def __call__(self, scope, receive, send):
        if not scope["path"].startswith(settings.STATIC_URL):
            await self._application(scope, receive, send)
            return
        if self._files is None:
            self._files = ServeStaticASGI(
                self._application,
                root=settings.STATIC_ROOT,
                prefix=settings.STATIC_URL,
                immutable_file_test=r"^.+\.[0-9a-f]{12}\..+$",
                allow_all_origins=False,
                add_headers_function=_headers,
            )
        await self._files(scope, receive, send)


def _headers(headers, path, url):
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = settings.FILE_POLICY
    headers["Cross-Origin-Opener-Policy"] = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
    headers["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return True
