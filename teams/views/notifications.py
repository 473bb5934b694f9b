"""What a person was told: the bell's page."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from teams import access, notifications, profile
from teams.models import Notification

SHOWN = 100  # the newest


@never_cache
@require_GET
def notification_list(request):
    """The newest notifications, each with the way to its chat while that may still be read."""
    found = list(access.rows(request, Notification.objects.order_by("-created_at", "-id"))[:SHOWN])
    told = notifications.told(request.user, found)
    has_mail = bool(request.user.preferences.get("mention_mail"))
    return render(request, "teams/notifications.html", {"told": told, "has_mail": has_mail})


@never_cache
@require_GET
def bell(request):
    """How many there are that have not been read: pages ask for it now and then."""
    return render(request, "teams/_bell.html", unread(request))


def unread(request) -> dict:
    """`notified`: how many notifications the person has not read."""
    return {"notified": access.rows(request, Notification.objects.filter(read_at=None)).count()}


@require_POST
def read(request):
    """All of them have been read; what waits for a decision goes on waiting."""
    unread = access.rows(request, Notification.objects.filter(read_at=None).exclude(kind__in=notifications.kept()))
    unread.update(read_at=timezone.now())
    return redirect("notifications")


@require_POST
def by_mail(request):
    """Whether mentions also come by mail."""
    profile.set_preferences(request.user, mention_mail="yes" if request.POST.get("mail") else "")
    messages.success(request, _("Saved."))
    return redirect("notifications")
