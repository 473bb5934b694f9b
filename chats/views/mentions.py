"""Whom a message can name, for the composer."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chats import mentions
from teams import access
from teams.models import TeamMember


@never_cache
@require_safe
def entries(request):
    """The others of the team, as options of the composer's list; at home there is nobody."""
    others = TeamMember.objects.filter(team=request.workspace.team, user__is_active=True).exclude(user=request.user)
    places = access.rows(request, others).select_related("user").order_by("user__name", "id")
    return render(request, "chats/_mentions.html", {"entries": mentions.entries(place.user for place in places)})
