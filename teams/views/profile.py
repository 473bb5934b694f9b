"""One's own profile."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sambung.lib import pictures
from sambung.lib.waiting import PICTURES, Busy
from teams import access, profile
from teams.forms.accounts import name_field
from teams.models import User

LARGEST = 10 * 1024 * 1024  # bytes of an uploaded picture


class ProfileForm(forms.Form):
    """Picture, name, language and time zone; empty leaves the last two to the browser and the server."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=gettext_lazy("JPEG, PNG, WebP or GIF. The middle is shown."),
    )
    without_picture = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)
    name = name_field()
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

    def clean_picture(self) -> bytes | None:
        """The picture as it will be shown."""
        file = self.cleaned_data["picture"]
        if file is None:
            return None
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": filesizeformat(LARGEST)})
        try:
            with PICTURES.slot():
                return pictures.square(file)
        except Busy as busy:
            raise forms.ValidationError(busy.words) from None
        except pictures.TooManyPixels:
            raise forms.ValidationError(_("The picture has too many pixels. Make it smaller first.")) from None
        except pictures.Unreadable:
            raise forms.ValidationError(_("The file is not a picture that can be read. Choose another.")) from None


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request):
    """Show and change it."""
    person = request.user
    form = ProfileForm(request.POST or None, request.FILES or None, initial={"name": person.name, **person.preferences})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        data, is_removed = given.pop("picture"), given.pop("without_picture")
        profile.change(by=person, **given)
        if data or is_removed:
            profile.change_picture(by=person, data=data)
        if language := given["language"]:
            translation.activate(language)
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "teams/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def picture(request, person_id):
    """Somebody's picture, for those who may see the person."""
    data = profile.picture(access.get(request, User.objects.all(), pk=person_id))
    if data is None:
        raise Http404("No such picture.")
    headers = {"Content-Security-Policy": settings.FILE_POLICY, "Cache-Control": "private, max-age=3600"}
    return HttpResponse(data, content_type=pictures.MIME_TYPE, headers=headers)
