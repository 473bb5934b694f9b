"""What a person was told: the bell's page."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chats.models import Chat
from chats.replies import approval_notices
from teams import access, profile
from teams.models import Notification
from teams.workspace import Workspace

SHOWN = 100  # the newest


@never_cache
@require_GET
def notifications(request):
    """The newest notifications, each with the way to its chat while that may still be read."""
    found = list(access.rows(request, Notification.objects.order_by("-created_at", "-id"))[:SHOWN])
    ids = {row.data["chat"] for row in found if "chat" in row.data}
    chats = access.rows(request.user, Chat.objects.filter(pk__in=ids).select_related("team"))
    urls = {str(chat.pk): Workspace(request.user, chat.team).url("chat", chat.pk) for chat in chats}
    told = [
        {"row": row, "url": urls.get(row.data.get("chat")), "is_waiting": row.kind == approval_notices.KIND}
        for row in found
    ]
    told.sort(key=lambda one: not one["is_waiting"])  # what a person must decide comes first
    has_mail = bool(request.user.preferences.get("mention_mail"))
    return render(request, "chats/notifications.html", {"told": told, "has_mail": has_mail})


@never_cache
@require_GET
def bell(request):
    """How many there are that have not been read: pages ask for it now and then."""
    return render(request, "chats/_bell.html", unread(request))


def unread(request) -> dict:
    """`notified`: how many notifications the person has not read."""
    return {"notified": access.rows(request, Notification.objects.filter(read_at=None)).count()}


@require_POST
def read(request):
    """All of them have been read; what waits for a decision goes on waiting."""
    unread = access.rows(request, Notification.objects.filter(read_at=None).exclude(kind=approval_notices.KIND))
    unread.update(read_at=timezone.now())
    return redirect("notifications")


@require_POST
def by_mail(request):
    """Whether mentions also come by mail."""
    profile.set_preferences(request.user, mention_mail="yes" if request.POST.get("mail") else "")
    messages.success(request, _("Saved."))
    return redirect("notifications")
