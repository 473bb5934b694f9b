"""Whom and what a message can name, for the composer."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agents import tools
from chats.replies import mentions
from teams import access
from teams.models import TeamMember

AGENTS = 200  # that the list offers at most


@never_cache
@require_safe
def entries(request):
    """The others of the team, agents, collections, tools and documents, as options of the composer's list."""
    others = TeamMember.objects.filter(team=request.workspace.team, user__is_active=True).exclude(user=request.user)
    places = access.rows(request, others).select_related("user").order_by("user__name", "id")
    named = mentions.entries(place.user for place in places)
    named += mentions.of_agents(mentions.agents_of(request.user)[:AGENTS])
    named += mentions.of_collections(request.workspace)
    named += mentions.of_tools(tools.sources(request.workspace))
    named += mentions.of_documents(request.workspace)
    return render(request, "chats/_mentions.html", {"entries": named})
