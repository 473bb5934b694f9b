"""Forms of public links: how a thing is shared, and the password before it."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from teams.models import Link, LinkMode

LONGEST = timedelta(days=3660)  # until a day that is chosen
EXPIRIES = {
    "never": (_("Never"), None),
    "day": (_("After a day"), timedelta(days=1)),
    "week": (_("After a week"), timedelta(days=7)),
    "month": (_("After 30 days"), timedelta(days=30)),
    "date": (_("At the end of a day…"), None),
}


class LinkForm(forms.Form):
    """The options of a link of whatever kind; `link` is the one that the thing has, or None."""

    mode = forms.ChoiceField(label=_("What it shows"), choices=LinkMode, widget=forms.RadioSelect)
    with_attachments = forms.BooleanField(label=_("With its files"), required=False)
    expires = forms.ChoiceField(
        label=_("The link ends"), choices=[(name, told) for name, (told, _) in EXPIRIES.items()]
    )
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: none, or the one that it has."),
    )
    without_password = forms.BooleanField(label=_("Remove the password"), required=False)

    def __init__(self, *args, link: Link | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.link = link
        self.fields["expires"].choices = [*self._kept_expiry(), *self.fields["expires"].choices]
        if not link or not link.password:
            del self.fields["without_password"]
        self.initial = self._initial() | self.initial

    def _kept_expiry(self) -> list[tuple[str, str]]:
        """A link that has an end can keep it."""
        if not self.link or not self.link.expires_at:
            return []
        date = timezone.localtime(self.link.expires_at)
        return [("kept", gettext("On %(date)s") % {"date": date.strftime("%Y-%m-%d %H:%M")})]

    def _initial(self) -> dict:
        link = self.link
        if link is None:
            return {"mode": LinkMode.SNAPSHOT, "expires": "never"}
        expires = "kept" if link.expires_at else "never"
        return {"mode": link.mode, "with_attachments": link.with_attachments, "expires": expires}

    def clean(self) -> dict:
        given = super().clean()
        if given.get("expires") == "date" and "ends_on" in given:
            day = given["ends_on"]
            if day is None:
                self.add_error("ends_on", gettext("Choose the last day."))
            elif not timezone.localdate() <= day <= timezone.localdate() + LONGEST:
                self.add_error("ends_on", gettext("Choose a day from today on, within ten years."))
        return given

    def options(self) -> dict:
        """What `links.set_options` takes, with the password as it was typed."""
        given = self.cleaned_data
        return {
            "mode": given["mode"],
            "with_attachments": given.get("with_attachments", False),
            "expires_at": self._expires_at(),
            "password": "" if given.get("without_password") else (given["password"] or None),
        }

    def _expires_at(self) -> datetime | None:
        match self.cleaned_data["expires"]:
            case "kept":
                return self.link.expires_at
            case "date":
                after = self.cleaned_data["ends_on"] + timedelta(days=1)
                return timezone.make_aware(datetime.combine(after, time.min))
            case name:
                life = EXPIRIES[name][1]
                return life and timezone.now() + life


class PasswordForm(forms.Form):
    """What opens a link that has a password."""

    WRONG = _("This is not the password.")

    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
