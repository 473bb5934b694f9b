"""Keys of a person, of a team, or of the instance: listed, added, changed, tested, removed."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents import keys, learned
from agents.catalog import servers
from agents.forms.keys import KeyForm
from agents.models import ApiKey, Provider
from agents.views import rights
from teams import access
from teams.limits import limited
from teams.models import Instance
from teams.views import answers
from teams.workspace import Workspace

#: What a provider is, in one line, for whoever chooses one.
ABOUT = {
    Provider.OPENAI: gettext_lazy("GPT models. The key comes from platform.openai.com."),
    Provider.ANTHROPIC: gettext_lazy("Claude models. The key comes from console.anthropic.com."),
    Provider.GOOGLE: gettext_lazy("Gemini models. The key comes from aistudio.google.com."),
    Provider.GROQ: gettext_lazy("Open models, answered fast. The key comes from console.groq.com."),
    Provider.OLLAMA: gettext_lazy("Models on a machine of yours. It needs no key."),
    Provider.OPENAI_COMPATIBLE: gettext_lazy("OpenRouter, vLLM, LM Studio, llama.cpp and others, by their address."),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose keys a page is about: of the request's workspace, or of the instance."""

    request: HttpRequest
    is_instances: bool
    model: type[Model] = ApiKey

    @property
    def scope(self) -> dict:
        """Field values of a new key. Raises Http404 for whoever may not add one."""
        if self.is_instances:
            access.everything(self.request, Instance.objects.all())
            return {"user": None, "team": None}
        rights.manage(self.request)
        return self.request.workspace.scope

    @property
    def is_managed(self) -> bool:
        """Whether the person may add and change keys here."""
        return self.is_instances or rights.is_manager(self.request)

    def rows(self):
        """The keys that lie here. Raises Http404 for the instance's, unless an admin of it asks."""
        if self.is_instances:
            return access.everything(self.request, self.model.objects.filter(user=None, team=None))
        return access.rows(self.request, self.model.objects.all())

    def get(self, key_id) -> Model:
        """One of them that the person may change, or Http404."""
        if self.is_instances:
            return access.one_of_all(self.request, self.rows(), pk=key_id)
        return access.get(self.request, self.model.objects.all(), access.MANAGE, pk=key_id)

    def url(self, name: str, *args) -> str:
        return reverse(f"instance_{name}", args=args) if self.is_instances else self.request.workspace.url(name, *args)

    @property
    def context(self) -> dict:
        """What every page of keys takes: its frame, and the way back."""
        frame = "instance/base.html" if self.is_instances else "agents/frame.html"
        return {"frame": frame, "is_instances": self.is_instances, "list_url": self.url("key_list")}


@dataclass(frozen=True, slots=True)
class Row:
    """A key in a list, with the addresses of what can be done to it."""

    key: ApiKey
    is_managed: bool
    place: Place

    @property
    def problem(self) -> str:
        return self.key.last_problem if self.key.is_failing else ""

    @property
    def urls(self) -> dict[str, str]:
        names = {"change": "key", "test": "key_test", "active": "key_active", "delete": "key_delete"}
        return {act: self.place.url(name, self.key.pk) for act, name in names.items()}


@never_cache
@require_GET
def key_list(request, is_instances: bool = False):
    """The keys of a place, and which others can be used in it."""
    place = Place(request, is_instances)
    is_managed = place.is_managed
    rows = [Row(key, is_managed, place) for key in place.rows().defer("encrypted_key")]
    context = {
        "rows": rows,
        "is_managed": is_managed,
        "new_url": place.url("key_new"),
        "others": [] if is_instances else _others(request),
        "servers": _servers() if is_instances else [],
    }
    return render(request, "agents/keys.html", place.context | context)


def _others(request) -> list[dict]:
    """Keys from elsewhere that can be used here: one's own, in a team, and the instance's."""
    found = keys.usable(request.user, request.workspace.team).filter(team=None).defer("encrypted_key")
    if not request.workspace.team:
        found = found.filter(user=None)
    own = Workspace(request.user).url("key_list")
    return [{"key": key, "url": own if key.user_id else ""} for key in found]


def _servers() -> list[dict]:
    """What the environment names; it is changed there."""
    listed = [model.provider for model in servers.models()]
    return [
        {
            "label": Provider(provider).label,
            "address": address,
            "last4": keys.last4(key),
            "n": listed.count(provider),
            "learned": learned.rows(learned.of_server(provider)),
            "forget_url": reverse("instance_server_forget", args=[provider]),
        }
        for provider, (address, key) in settings.MODEL_SERVERS.items()
    ]


@never_cache
@require_http_methods(["GET", "POST"])
@limited("key")
def key_new(request, is_instances: bool = False):
    """Choose a provider, then add a key to it."""
    place = Place(request, is_instances)
    scope = place.scope
    provider = request.POST.get("provider") or request.GET.get("provider")
    if provider not in Provider.values:
        choices = [{"value": value, "label": label, "about": ABOUT[value]} for value, label in Provider.choices]
        return render(request, "agents/key_providers.html", place.context | {"providers": choices})
    form = KeyForm(request.POST or None, provider=provider, label=keys.free_label(scope, provider))
    return _form(request, place, form, scope=scope)


@never_cache
@require_http_methods(["GET", "POST"])
@limited("key")
def key(request, key_id, is_instances: bool = False):
    """Change a key. It is never shown."""
    place = Place(request, is_instances)
    found = place.get(key_id)
    form = KeyForm(request.POST or None, provider=found.provider, key=found)
    return _form(request, place, form, scope={})


def _form(request, place: Place, form: KeyForm, *, scope: dict):
    """The form of a key, or the way to the list once it is kept and tested."""
    if request.method == "POST" and form.is_valid():
        values = {"secret": "", **form.cleaned_data}
        with answers.told_by(form):
            kept = keys.save(by=request.user, key=form.key, scope=scope, provider=form.provider, **values)
            _say(request, kept, _("“%(label)s” is kept."))
            return redirect(place.url("key_list"))
    context = {"form": form, "key": form.key, "about": ABOUT[form.provider]}
    if form.key:
        forget_url = place.url("key_forget", form.key.pk)
        context |= {"learned": learned.rows(form.key.learned), "forget_url": forget_url}
    return render(request, "agents/key.html", place.context | context, status=422 if form.errors else 200)


def _say(request, found: ApiKey, before: str = "") -> None:
    """Test a key, and tell what came back."""
    label = {"label": found.label}
    if problem := keys.refresh(found):
        said = _("“%(label)s” does not work yet: %(problem)s") % (label | {"problem": problem.sentence})
        messages.warning(request, " ".join(filter(None, (before % label, said))))
        return
    found.refresh_from_db(fields=["model_cache"])
    n = found.n_models
    said = ngettext("“%(label)s” works and offers %(n)s model.", "“%(label)s” works and offers %(n)s models.", n)
    messages.success(request, said % (label | {"n": n}))


@require_POST
@limited("key")
def key_test(request, key_id, is_instances: bool = False):
    """Ask the provider now."""
    place = Place(request, is_instances)
    _say(request, place.get(key_id))
    return redirect(place.url("key_list"))


@require_POST
def key_active(request, key_id, is_instances: bool = False):
    """Rest a key, or use it again."""
    place = Place(request, is_instances)
    found = place.get(key_id)
    keys.set_active(by=request.user, key=found, is_active=not found.is_active)
    said = _("“%(label)s” is in use again.") if found.is_active else _("“%(label)s” rests: nobody can use it now.")
    return answers.done(request, said % {"label": found.label}, place.url("key_list"))


@require_POST
def key_forget(request, key_id, is_instances: bool = False):
    """Ask a model of the key in full again."""
    place = Place(request, is_instances)
    found = place.get(key_id)
    learned.forget(found, request.POST.get("model", ""))
    return _forgotten(request, place.url("key", found.pk))


@require_POST
def server_forget(request, provider):
    """Ask the models of a server of the environment in full again."""
    access.everything(request, Instance.objects.all())
    learned.forget_server(provider)
    return _forgotten(request, reverse("instance_key_list"))


def _forgotten(request, url: str):
    messages.success(request, _("It is asked in full again with the next message."))
    return redirect(url)


@never_cache
@require_http_methods(["GET", "POST"])
def key_delete(request, key_id, is_instances: bool = False):
    """Remove a key, after asking."""
    place = Place(request, is_instances)
    found = place.get(key_id)
    if request.method == "GET":
        title = _("Delete “%(label)s”?") % {"label": found.label}
        return answers.form(request, "agents/_key_delete.html", title, place.context | {"key": found, "title": title})
    keys.delete(by=request.user, key=found)
    return answers.done(request, _("“%(label)s” is deleted.") % {"label": found.label}, place.url("key_list"))
