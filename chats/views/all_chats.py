"""All chats of a workspace as a page: filtered, in pages, and ready for acts on many."""

from django.shortcuts import render

from chats.models import Chat
from chats.views import chat_lists
from teams import access


def all_chats(request):
    """The chats that the filter means."""
    form = chat_lists.asked(request, request.GET)
    chats = form.among(access.rows(request, Chat.objects.all()))
    filters = {name: value for name, value in form.cleaned_data.items() if value}
    listed = chat_lists.listed(request, chats, **filters)
    context = {"form": form, "folders": form.folders, "filters": filters, **listed}
    return render(request, "chats/list_page.html", context)
