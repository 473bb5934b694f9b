"""One's own profile."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from teams import profile


class ProfileForm(forms.Form):
    """Name, language and time zone; empty leaves the last two to the browser and the server."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("The browser's")), *settings.LANGUAGES],
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(profile.time_zones())]
        self.fields["time_zone"].choices = [("", _("The server's (%(zone)s)") % {"zone": settings.TIME_ZONE}), *zones]


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request):
    """Show and change it."""
    person = request.user
    form = ProfileForm(request.POST or None, initial={"name": person.name, **person.preferences})
    if request.method == "POST" and form.is_valid():
        profile.change(by=person, **form.cleaned_data)
        if language := form.cleaned_data["language"]:
            translation.activate(language)
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "teams/profile.html", {"form": form}, status=422 if form.errors else 200)
