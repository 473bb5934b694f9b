"""Keys and addresses of search services: of a person, of a team, or of the instance."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agents import tool_keys
from agents.models import SearchService, ToolKey
from agents.views.keys import Place
from teams.limits import limited
from teams.views import answers


class ToolKeyForm(forms.Form):
    """A service with its key, or with its address. No key is ever filled in again."""

    service = forms.ChoiceField(label=gettext_lazy("Service"), choices=SearchService.choices)
    secret = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Brave, Exa and Tavily need one; SearXNG needs none."),
    )
    base_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text=gettext_lazy("Of your SearXNG, such as https://search.example.org. Empty for the others."),
    )

    def clean(self) -> dict:
        values = super().clean()
        if values.get("service") == SearchService.SEARXNG and not values.get("base_url"):
            self.add_error("base_url", _("SearXNG is reached at an address of its own."))
        if values.get("service") not in (None, SearchService.SEARXNG) and not values.get("secret"):
            self.add_error("secret", _("This service needs a key."))
        return values

    def clean_secret(self) -> str:
        secret = self.cleaned_data["secret"]
        if not all("!" <= character <= "~" for character in secret):
            raise forms.ValidationError(_("A key has no spaces, line breaks or accents. Copy it anew, without more."))
        return secret


@never_cache
@require_http_methods(["GET", "POST"])
@limited("key")
def tool_key_list(request, is_instances: bool = False):
    """The services of a place; a posted form adds one, in the place of what it had."""
    place = Place(request, is_instances, ToolKey)
    form = ToolKeyForm(request.POST or None)
    if request.method == "POST":
        scope = place.scope
        if form.is_valid():
            with answers.told_by(form, "base_url"):
                kept = tool_keys.save(by=request.user, scope=scope, **form.cleaned_data)
                messages.success(request, _("%(service)s is connected.") % {"service": kept})
                return redirect(place.url("tool_key_list"))
    rows = [{"key": key, "delete_url": place.url("tool_key_delete", key.pk)} for key in place.rows()]
    context = {"form": form, "rows": rows, "is_managed": place.is_managed, "is_instances": is_instances}
    frame = "instance/base.html" if is_instances else "agents/frame.html"
    return render(request, "agents/tool_keys.html", context | {"frame": frame}, status=422 if form.errors else 200)


@require_POST
def tool_key_delete(request, key_id, is_instances: bool = False):
    """Disconnect a service."""
    place = Place(request, is_instances, ToolKey)
    found = place.get(key_id)
    tool_keys.delete(by=request.user, key=found)
    said = _("%(service)s is disconnected; its key is gone.") % {"service": found}
    return answers.done(request, said, place.url("tool_key_list"))
