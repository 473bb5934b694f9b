"""The tools of a chat, or of a new one: the button that tells them, the choice, and presets."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.models import ToolChoice, ToolPreset
from agents.tools import presets
from chats.forms.tools import ABOUT, PresetForm, ToolsForm
from chats.models import Chat
from chats.replies import tool_choice
from chats.replies.tool_choice import Chosen
from chats.views import chat_page
from teams import access
from teams.views import answers


def _chat_of(request) -> Chat | None:
    """The chat that the address names; None for a new one."""
    chat_id = chat_page.as_uuid(request.GET.get("chat", ""))
    return access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id) if chat_id else None


def _to(request, chat: Chat | None) -> str:
    return request.workspace.url("chat", chat.pk) if chat else f"{request.workspace.url('chat_new')}?{_query(request)}"


def _query(request) -> str:
    return request.GET.urlencode()


@never_cache
@require_GET
def tools_button(request):
    """The button that tells how many tools the model has."""
    chat = _chat_of(request)
    model, agent = chat_page.who_answers(request, chat)
    found = tool_choice.chosen(chat, request.user)
    n_away = len(tool_choice.away(found, request.workspace))
    label = tool_choice.told(found, model, tool_choice.offered(request.workspace, agent), n_away)
    context = {"chat": chat, "picker_query": _query(request), "chosen": found, "tools_label": label}
    return render(request, "chats/_tools_button.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def chat_tools(request):
    """Choose the tools of a chat from the next reply on; without a chat, those of the next new one."""
    chat, form = _chat_and_form(request)
    if request.method == "POST" and form.is_valid():
        return _chosen(request, chat, form.chosen)
    return _dialog(request, chat, form)


def _chat_and_form(request) -> tuple[Chat | None, ToolsForm]:
    chat = _chat_of(request)
    _model, agent = chat_page.who_answers(request, chat)
    sources = tool_choice.offered(request.workspace, agent)
    before = tool_choice.chosen(chat, request.user)
    form = ToolsForm(request.POST or None, sources=sources, before=before, initial={"tool_choice": before.tool_choice})
    return chat, form


def _missing(request, chat: Chat | None) -> list[dict]:
    """What was chosen before and cannot be used now."""
    found = tool_choice.away(tool_choice.chosen(chat, request.user), request.workspace)
    return [{"title": one.title, "why": one.why} for one in found]


def _dialog(request, chat: Chat | None, form: ToolsForm):
    model, agent = chat_page.who_answers(request, chat)
    context = {
        "chat": chat,
        "form": form,
        "picker_query": _query(request),
        "back_url": _to(request, chat),
        "choices": [{"value": value, "label": label, "about": ABOUT[value]} for value, label in ToolChoice.choices],
        "presets": access.rows(request, ToolPreset.objects.all()),
        "agent": agent,
        "missing": _missing(request, chat),
        "is_useless": model is not None and model.tools is False,
    }
    status = 422 if form.errors else 200
    return chat_page.form(request, "chats/_tools_dialog.html", _("Tools"), context, status=status)


def _chosen(request, chat: Chat | None, to: Chosen):
    tool_choice.choose(chat=chat, by=request.user, to=to)
    said = {
        ToolChoice.AUTO: _("These tools are used from now on."),
        ToolChoice.MANUAL: _("From now on you are asked before each call."),
        ToolChoice.NONE: _("No tools are used from now on."),
    }[to.tool_choice]
    return chat_page.toast(request, said, _to(request, chat), changed="who-answers")


# ---- presets --------------------------------------------------------------------------------------------
@require_POST
def preset_keep(request):
    """Keep the choice under a name, and use it."""
    chat, form = _chat_and_form(request)
    if form.is_valid() and not form.cleaned_data["preset_name"]:
        form.add_error("preset_name", _("Give it a name first."))
    if not form.errors:
        found, name = form.chosen, form.cleaned_data["preset_name"]
        with answers.told_by(form, "preset_name"):
            presets.keep(by=request.user, name=name, tool_choice=found.tool_choice, tools=found.tools)
    if form.errors:
        return _dialog(request, chat, form)
    tool_choice.choose(chat=chat, by=request.user, to=found)
    said = _("“%(name)s” is kept and used from now on.") % {"name": name}
    return chat_page.toast(request, said, _to(request, chat), changed="who-answers")


@require_POST
def preset_use(request, preset_id):
    """Use a preset in the chat."""
    chat = _chat_of(request)
    preset = access.get(request, ToolPreset.objects.all(), pk=preset_id)
    to = Chosen(preset.tool_choice, None if preset.tools is None else tuple(preset.tools))
    return _chosen(request, chat, to)


@never_cache
@require_http_methods(["GET", "POST"])
def preset(request, preset_id):
    """Rename a preset."""
    found = access.get(request, ToolPreset.objects.all(), access.WRITE, pk=preset_id)
    form = PresetForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form, "name"):
            presets.rename(preset=found, name=form.cleaned_data["name"])
            return chat_page.toast(request, _("The preset has been renamed."), _back(request), changed="who-answers")
    context = {"preset": found, "form": form, "picker_query": _query(request), "back_url": _back(request)}
    status = 422 if form.is_bound else 200
    return chat_page.form(request, "chats/_tool_preset.html", _("Preset"), context, status=status)


@require_POST
def preset_delete(request, preset_id):
    """Forget a preset; chats keep the tools that they have."""
    found = access.get(request, ToolPreset.objects.all(), access.WRITE, pk=preset_id)
    presets.delete(preset=found)
    said = _("“%(name)s” is deleted.") % {"name": found.name}
    return chat_page.toast(request, said, _back(request), changed="who-answers")


def _back(request) -> str:
    return f"{request.workspace.url('chat_tools')}?{_query(request)}"
