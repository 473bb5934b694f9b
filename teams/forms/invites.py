"""Forms of invites: whom to ask to come, and the account of who comes."""

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sambung.lib import addresses
from teams.forms.accounts import SetupForm
from teams.mails import check_plain
from teams.models import TeamRole


class InviteForm(forms.Form):
    """Whom to ask to come, as what."""

    MOST = 50  # addresses at once

    addresses = forms.CharField(
        label=_("Addresses"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Several are separated by commas, spaces or new lines. A list from a mail program does, too."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=TeamRole,
        initial=TeamRole.MEMBER,
        help_text=_("Admins invite and remove people and change the team."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        validators=[check_plain],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stands in the mail. Optional."),
    )

    def clean_addresses(self) -> list[str]:
        """The addresses in lower case, each once."""
        found = addresses.listed(self.cleaned_data["addresses"])
        if bad := [part for part in found if not _is_address(part)]:
            raise forms.ValidationError(gettext("No mail address: %(bad)s.") % {"bad": ", ".join(bad)})
        if not found:
            raise forms.ValidationError(gettext("Give an address at least."))
        if len(found) > self.MOST:
            raise forms.ValidationError(gettext("At most %(most)s addresses at once.") % {"most": self.MOST})
        return found


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except forms.ValidationError:
        return False
    return len(text) <= 254


class InviteAccountForm(SetupForm):
    """The account of somebody who came by an invite's link, which has proved the address."""

    email = None

    def __init__(self, *args, address: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.address = address
