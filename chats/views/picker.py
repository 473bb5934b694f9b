"""Who answers: the list of models and agents to choose from, and the choice."""

from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from agents import catalog
from agents.catalog import Model, enabled
from agents.catalog.prices import price_words
from agents.models import Agent
from chats.filing.breadcrumbs import named_folder
from chats.forms.chats import AgentForm, ModelForm
from chats.models import Chat
from chats.replies import mentions, preview, responder
from chats.views import chat_page
from sambung.lib.errors import Refused
from teams import access

SHOWN = 60  # models, and agents, at once: the search narrows them


@never_cache
@require_GET
def picker(request):
    """The models and agents that fit the words asked for: of a chat, or of a new one."""
    chat = _chat_of(request)
    asked = request.GET.get("q", "").strip()[:200].casefold()
    chosen, agent = chat_page.who_answers(request, chat)
    liked = enabled.favourites(request.user)
    fitting = (model for model in catalog.offered(request.workspace) if _fits(model, asked))
    models = sorted(fitting, key=lambda model: model.value not in liked)
    agents = [found for found in _agents(request) if asked in f"{found.name} {found.description}".casefold()]
    context = {
        "chat": chat,
        "q": request.GET.get("q", ""),
        "chosen_agent": agent,
        "agents": [_agent_item(request, found, agent, chosen) for found in agents[:SHOWN]],
        "groups": _groups(request, models[:SHOWN], liked, chosen, agent),
        "more": max(len(models) - SHOWN, 0),
        "without_agent_url": _new_url(request, model=chosen),
    }
    return render(request, "chats/_picker_results.html" if request.htmx else "chats/picker_page.html", context)


def _chat_of(request) -> Chat | None:
    chat_id = chat_page.as_uuid(request.GET.get("chat", ""))
    return access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id) if chat_id else None


def _agents(request):
    return mentions.agents_of(request.user)


def _fits(model: Model, asked: str) -> bool:
    words = f"{model.label} {model.id} {catalog.source(model)}".casefold()
    return all(word in words for word in asked.split())


def _groups(request, models: list[Model], liked: frozenset[str], chosen: Model | None, agent: Agent | None):
    """The models by source, what a person likes first."""
    favourites = [model for model in models if model.value in liked]
    groups = [(_("Favourites"), favourites), *catalog.grouped([m for m in models if m.value not in liked])]
    return [
        {"label": label, "models": [_item(request, model, chosen, agent) for model in found]}
        for label, found in groups
        if found
    ]


def _item(request, model: Model, chosen: Model | None, agent: Agent | None) -> dict:
    return {
        "value": model.value,
        "label": model.label,
        "source": catalog.source(model),
        "model": model,
        "is_demo": model.is_bundled,
        "prices": price_words(model),
        "is_chosen": bool(chosen) and model.value == chosen.value,
        "url": _new_url(request, model=model, agent=agent),
    }


def _agent_item(request, agent: Agent, chosen: Agent | None, model: Model | None) -> dict:
    return {"agent": agent, "is_chosen": agent == chosen, "url": _new_url(request, agent=agent)}


def _new_url(request, *, model: Model | None = None, agent: Agent | None = None) -> str:
    """The address of a new chat with this choice, in the folder that it was to begin in."""
    folder = chat_page.as_uuid(request.GET.get("folder", ""))
    named = {"model": model and model.value, "agent": agent and agent.pk, "folder": folder}
    query = urlencode({name: value for name, value in named.items() if value})
    return f"{request.workspace.url('chat_new')}?{query}"


@require_POST
def chat_model(request, chat_id):
    """Choose the model that answers from the next reply on."""
    found = access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id)
    form = ModelForm(request.POST, workspace=request.workspace)
    to = request.workspace.url("chat", found.pk)
    if not form.is_valid():
        raise Refused(" ".join(form.errors["model"]))
    responder.set_model(chat=found, model=form.cleaned_data["model"])
    said = _("%(model)s answers from now on.") % {"model": form.cleaned_data["model"].label}
    return chat_page.toast(request, said, to, changed="who-answers")


@require_POST
def chat_agent(request, chat_id):
    """Choose the agent that answers from the next reply on, or none."""
    found = access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id)
    form = AgentForm(request.POST, workspace=request.workspace)
    to = request.workspace.url("chat", found.pk)
    if not form.is_valid():
        raise Refused(" ".join(form.errors["agent"]))
    agent = form.cleaned_data["agent"]
    model = responder.set_agent(chat=found, agent=agent, by=request.user)
    return chat_page.toast(request, _said(agent, model), to, changed="who-answers")


def _said(agent: Agent | None, model: Model | None) -> str:
    if agent is None:
        return _("The model answers without an agent from now on.")
    if model:
        return _("%(agent)s answers from now on, with %(model)s.") % {"agent": agent, "model": model.label}
    if agent.chat_model:
        return _("%(agent)s answers from now on. Its own model cannot be used here, so the chat's stays.") % {
            "agent": agent
        }
    return _("%(agent)s answers from now on.") % {"agent": agent}


@never_cache
@require_GET
def who_answers(request):
    """The button that names who answers."""
    chat = _chat_of(request)
    model, agent = chat_page.who_answers(request, chat)
    composer = {"model_label": chat_page.label(model, chat), "agent_name": agent.name if agent else ""}
    return render(request, "chats/_picker.html", {"chat": chat, "composer": composer})


@never_cache
@require_GET
def gauge(request):
    """What fills the window, and what sending costs, before sending."""
    chat = _chat_of(request)
    model, agent = chat_page.who_answers(request, chat)
    shown = model and preview.gauge(model, chat, agent, request.workspace, named_folder(request))
    return render(request, "chats/_gauge.html", {"gauge": shown, "model": model, "chat": chat})
