"""Forms of teams: their name and settings, their address, their end, the roles in them."""

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from sambung.lib.errors import Refused
from teams import groups
from teams.mails import check_plain
from teams.models import Team, TeamRole

FEWEST_DAYS = 7  # for which chats stay, where they go by themselves: people are told a week before


def _slug_field(**options) -> forms.CharField:
    """A team's address, looked up while it is typed."""
    check = {
        "hx-get": reverse_lazy("teams:slug"),
        "hx-trigger": "input changed delay:250ms",
        "hx-target": "#slug-state",
    }
    plain = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "aria-describedby": "slug-state"}
    widget = forms.TextInput(attrs=check | plain | {"hx-sync": "closest form:replace"})
    return forms.CharField(label=_("Address"), max_length=groups.SLUG_LONGEST, widget=widget, **options)


def checked_slug(slug: str, team: Team | None) -> str:
    """The slug, which `team` or one that is to come can have. Raises ValidationError."""
    try:
        groups.check_slug(slug, team)
    except Refused as refused:
        raise forms.ValidationError(str(refused)) from None
    return slug


def retention_field() -> forms.IntegerField:
    """After how many days without activity chats go by themselves; empty = never."""
    return forms.IntegerField(
        label=_("Delete chats after so many days without activity"),
        required=False,
        min_value=FEWEST_DAYS,
        max_value=36_500,
        help_text=_("Empty keeps them. People are told a week before, and can take them back for 30 days."),
    )


class TeamForm(forms.Form):
    """What a team is called and what it is for, and its settings."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        validators=[check_plain],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the team is for. Optional."),
    )
    retention_days = retention_field()
    public_links = forms.BooleanField(
        label=_("Chats can be shared by public links"),
        required=False,
        help_text=_("Without it no link of this team opens."),
    )

    def clean_public_links(self) -> bool | None:
        """Allowed is what a team without this setting is."""
        return None if self.cleaned_data["public_links"] else False


class SlugForm(forms.Form):
    """The address of `team`, or of one that is to come."""

    slug = _slug_field()

    def __init__(self, *args, team: Team | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team
        if team:
            self.fields["slug"].widget.attrs["hx-vals"] = f'{{"team": "{team.slug}"}}'

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        return checked_slug(slug, self.team) if slug else slug


class NewTeamForm(SlugForm):
    """A team to be made. Without an address it gets one like its name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        validators=[check_plain],
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "hx-get": reverse_lazy("teams:slug"),
                "hx-trigger": "input changed delay:250ms",
                "hx-target": "#slug-field",
                "hx-swap": "outerHTML",
                "hx-include": "[name=slug], [name=proposed]",
                "hx-sync": "closest form:replace",
            }
        ),
    )
    slug = _slug_field(required=False)
    field_order = ("name", "slug")


class DeleteTeamForm(forms.Form):
    """Typing the team's name says that it is meant."""

    name = forms.CharField(
        label=_("Name of the team"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args, team: Team, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_name(self):
        if self.cleaned_data["name"] != self.team.name:
            raise forms.ValidationError(_("This is not the name of the team."))
        return self.cleaned_data["name"]


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=TeamRole)
