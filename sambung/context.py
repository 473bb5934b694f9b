"""What every page of a signed-in person shows around its content."""

from django.conf import settings

from chats.views.chats import rail


def shell(request) -> dict:
    """The theme; inside a workspace also the socket's address and, for whole pages, the rail's list."""
    user = getattr(request, "user", None)
    workspace = getattr(request, "workspace", None)
    if user is None or not user.is_authenticated:
        return {"theme": "system"}
    context = {"theme": user.preferences.get("theme", "system"), "workspace": workspace}
    if workspace is not None and not request.htmx and request.resolver_match.namespaces[:1] in (["app"], ["team"]):
        context |= {"socket_url": f"{settings.PUBLIC_URL.replace('http', 'ws', 1)}/ws/"} | rail(request)
    return context
