"""All chats of a workspace as a page: filtered, in pages, and ready for acts on many."""

from django.shortcuts import render

from chats.models import Chat
from chats.views import kept
from teams import access


def all_chats(request):
    """The chats that the filter means."""
    form = kept.asked(request, request.GET)
    chats = form.among(access.rows(request, Chat.objects.all()))
    filters = {name: value for name, value in form.cleaned_data.items() if value}
    context = {"form": form, "folders": form.folders, "filters": filters, **kept.listed(request, chats, **filters)}
    return render(request, "chats/list_page.html", context)
