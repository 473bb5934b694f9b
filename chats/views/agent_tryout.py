"""An agent's editor with a chat beside it."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from agents.views.agents import editor, find
from chats.models import Chat
from chats.views import chat_page
from teams import access


@never_cache
@require_GET
def agent_try(request, agent_id):
    """Change an agent and talk with it: in a temporary chat, which its first message makes."""
    agent = find(request, agent_id, access.WRITE)
    chat_id = chat_page.as_uuid(request.GET.get("chat", ""))
    chat = access.get(request, Chat.objects.filter(agent=agent), access.WRITE, pk=chat_id) if chat_id else None
    context = chat_page.conversation_context(request, chat, agent=agent)
    return render(request, "chats/agent_try.html", context | editor(request, agent) | {"is_trial": True})
