"""Moving a chat between its person's own workspace and a team's."""

from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chats.actions import housekeeping
from chats.forms.chats import MoveForm
from chats.models import Chat
from chats.views import chat_page
from teams import access
from teams.models import Team
from teams.views import answers
from teams.workspace import Workspace


@never_cache
@require_http_methods(["GET", "POST"])
def chat_move(request, chat_id):
    """Say what goes with the chat, and take it there."""
    found = access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id)
    places = places_of(request)
    form = MoveForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        to = places[form.cleaned_data["to"]]
        housekeeping.move_chat(chat=found, by=request.user, to=to)
        text = _("The chat has been moved to %(place)s.") % {"place": _label(to)}
        return answers.done(request, text, to.url("chat", found.pk))
    context = {"chat": found, "form": form, "places": places, "team": request.workspace.team}
    return chat_page.form(request, "chats/_move.html", _("Move chat"), context, status=422 if form.is_bound else 200)


def places_of(request) -> dict[str, Workspace]:
    """Where the chat can go, by what the form calls it: out of a team home, from home into a team."""
    if request.workspace.team:
        return {"personal": Workspace(request.user)}
    return teams_of(request)


def teams_of(request) -> dict[str, Workspace]:
    """The teams in which the person may write."""
    writable = Team.objects.filter(pk__in=access.teams_of(request.user, access.WRITE))
    return {str(team.pk): Workspace(request.user, team) for team in access.rows(request, writable)}


def _label(place: Workspace) -> str:
    return place.label if place.team else _("your personal chats")
