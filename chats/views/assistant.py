"""What the assistant knows: about the person, and in one chat."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chats.forms.chats import AssistantForm
from chats.models import Chat
from chats.replies import about_person, preview
from chats.views import chat_page
from teams import access, profile


@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request):
    """What a person wants the assistant to know, and the model of their new chats."""
    form = AssistantForm(request.POST or None, initial=request.user.preferences, workspace=request.workspace)
    if request.method == "POST" and form.is_valid():
        profile.set_preferences(request.user, **form.cleaned_data)
        messages.success(request, _("Saved. It counts from the next message on."))
        return redirect(request.workspace.url("assistant"))
    context = {"form": form, "about": about_person.about(request.user)}
    return render(request, "chats/assistant.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def chat_told(request, chat_id):
    """Exactly what the model would be told with the next message."""
    chat = access.get(request, Chat.objects.all(), access.READ, pk=chat_id)
    context = {"chat": chat, "told": preview.next_question(chat, request.workspace)}
    return chat_page.form(request, "chats/_told.html", _("What the model is told"), context)
