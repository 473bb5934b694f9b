"""What every page shows around its content."""

from django.contrib.messages import get_messages

from chats.views.chats import rail


def shell(request) -> dict:
    """The theme and workspace; for whole pages also notices, and inside a workspace the socket and the rail's list."""
    user, workspace = getattr(request, "user", None), getattr(request, "workspace", None)
    is_signed_in = user is not None and user.is_authenticated
    context = {"theme": user.preferences.get("theme", "system") if is_signed_in else "system", "workspace": workspace}
    if request.htmx:
        return context
    context["toasts"] = [{"text": str(message)} for message in get_messages(request)]
    if workspace is not None and request.resolver_match.namespaces[:1] in (["app"], ["team"]):
        context |= {"socket_url": "/ws/"} | rail(request)
    return context
