"""The models of a workspace: found, compared, liked; which of them it offers, and who answers first."""

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents import catalog, keys
from agents.catalog import Model, enabled
from agents.catalog.prices import price_words
from agents.views import rights
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from teams.limits import limited
from teams.views import answers

ABILITIES = ("vision", "tools", "reasoning")
FALLBACKS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A model in the list. `id` is empty where it is the label; `price` is empty where nobody knows it."""

    SLOTS: ClassVar = ("value", "label", "id", "window_label", "price")

    value: str
    label: str
    id: str
    window_label: str
    is_window_guessed: bool
    price: str
    vision: bool
    tools: bool
    reasoning: bool
    is_liked: bool
    is_offered: bool
    is_managed: bool


class DefaultsForm(forms.Form):
    """Which model answers first, and which ones when it cannot."""

    default = forms.ChoiceField(
        label=gettext_lazy("Model of new chats"),
        required=False,
        help_text=gettext_lazy("People may choose another one for themselves."),
    )

    def __init__(self, *args, workspace, **kwargs):
        chosen = enabled.offers_of(workspace)
        super().__init__(*args, initial={"default": chosen.default}, **kwargs)
        offered = catalog.choices([model for model in catalog.shared(workspace) if chosen.has(model.value)])
        self.fields["default"].choices = [("", _("A usual one")), *offered]
        for n in range(FALLBACKS):
            label = _("When it cannot answer") if n == 0 else _("Then")
            field = forms.ChoiceField(label=label, required=False, choices=[("", _("Nobody")), *offered])
            field.initial = chosen.fallbacks[n] if n < len(chosen.fallbacks) else ""
            self.fields[f"fallback_{n}"] = field

    @property
    def fallbacks(self) -> list[str]:
        """The models to fall back on, in order, each once."""
        chosen = (self.cleaned_data[f"fallback_{n}"] for n in range(FALLBACKS))
        return list(dict.fromkeys(filter(None, chosen)))


@never_cache
@require_GET
def model_list(request):
    """The models that fit the words and abilities asked for. Whoever manages the workspace sees all, ticked or not."""
    is_managed = rights.is_manager(request)
    chosen = enabled.offers_of(request.workspace)
    found = catalog.shared(request.workspace) if is_managed else catalog.offered(request.workspace)
    fitting = [model for model in found if _fits(model, request.GET)]
    liked = enabled.favourites(request.user)
    context = {
        "groups": [
            (source, [_row(model, liked, chosen, is_managed) for model in models])
            for source, models in catalog.grouped(fitting)
        ],
        "q": request.GET.get("q", ""),
        "abilities": [(name, label, name in request.GET.getlist("can")) for name, label in _ability_labels()],
        "is_managed": is_managed,
        "is_all": chosen.offered is None,
        "is_any": bool(found),
        "n": len(fitting),
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "agents/_models.html", context)
    context |= {"default": catalog.default(request.workspace), "fallbacks": _named(request, chosen.fallbacks)}
    return render(request, "agents/models.html", context)


@require_POST
@limited("key")
def model_refresh(request):
    """Ask the providers anew which models there are: those of keys, and the server's own."""
    found = list(keys.usable(request.user, request.workspace.team))
    problems = keys.refresh_all(found) if found else {}
    told = [(key.label, problem) for key in found if (problem := problems[key.pk])]
    told += [(catalog.named(provider), problem) for provider, problem in catalog.ask_anew().items()]
    for name, problem in told:
        messages.warning(request, f"{name}: {problem.sentence}")
    n = len(catalog.usable(request.workspace))
    said = ngettext("%(n)s model can be used here.", "%(n)s models can be used here.", n) % {"n": n}
    return answers.done(request, said, request.workspace.url("model_list"))


@require_POST
def model_offered(request):
    """Offer all models, or those that are ticked; what the page did not show stays as it is."""
    rights.manage(request)
    workspace, to = request.workspace, request.workspace.url("model_list")
    models, chosen = catalog.shared(workspace), enabled.offers_of(workspace)
    shown = {model.value for model in models if _fits(model, request.POST)}
    before = {model.value for model in models if chosen.has(model.value)}
    ticked = shown.intersection(request.POST.getlist("offered"))
    offered = None if request.POST.get("are") == "all" else (before - shown) | ticked
    if offered == set():
        raise Refused(_("Offer one model at least."))
    enabled.offer(by=request.user, workspace=workspace, offered=offered, among=[model.value for model in models])
    return answers.done(request, _("The choice of models is kept."), to)


@never_cache
@require_http_methods(["GET", "POST"])
def model_defaults(request):
    """Who answers first, and who when that model cannot."""
    rights.manage(request)
    form = DefaultsForm(request.POST if request.method == "POST" else None, workspace=request.workspace)
    if request.method == "POST" and form.is_valid():
        default, fallbacks = form.cleaned_data["default"], form.fallbacks
        enabled.set_order(by=request.user, workspace=request.workspace, default=default, fallbacks=fallbacks)
        return answers.done(request, _("The order of models is kept."), request.workspace.url("model_list"))
    status = 422 if form.errors else 200
    return answers.form(request, "agents/_model_defaults.html", _("Who answers"), {"form": form}, status=status)


@require_POST
def model_favourite(request):
    """Like a model, or no more."""
    value = request.POST.get("add") or request.POST.get("remove") or ""
    is_liked = "add" in request.POST
    if is_liked and catalog.parse(value, request.workspace) is None:
        raise Refused(Failure("model_not_offered", {"model": value.partition(":")[2]}))
    enabled.set_favourite(user=request.user, value=value, is_on=is_liked)
    if request.htmx:
        return render(request, "agents/_model_star.html", {"model": {"value": value, "is_liked": is_liked}})
    return redirect(request.workspace.url("model_list"))


def _fits(model: Model, asked: QueryDict) -> bool:
    """Whether a model has all words and abilities asked for."""
    text = f"{model.label} {model.id} {catalog.source(model)}".casefold()
    able = all(getattr(model, name) for name in asked.getlist("can") if name in ABILITIES)
    return able and all(word in text for word in asked.get("q", "")[:200].casefold().split())


def _row(model: Model, liked: frozenset[str], chosen: enabled.Offers, is_managed: bool) -> Row:
    return Row(
        value=model.value,
        label=model.label,
        id="" if model.id == model.label else model.id,
        window_label=model.window_label,
        is_window_guessed=model.is_window_guessed,
        price=price_words(model),
        vision=bool(model.vision),
        tools=bool(model.tools),
        reasoning=bool(model.reasoning),
        is_liked=model.value in liked,
        is_offered=chosen.has(model.value),
        is_managed=is_managed,
    )


def _ability_labels() -> list[tuple[str, str]]:
    return list(zip(ABILITIES, (_("Sees images"), _("Uses tools"), _("Reasons")), strict=True))


def _named(request, values: tuple[str, ...]) -> list[Model]:
    """The models behind stored values that can be used now."""
    return [model for value in values if (model := catalog.parse(value, request.workspace))]
