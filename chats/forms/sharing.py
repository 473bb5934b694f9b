"""How a chat is shared."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chats.forms.chats import MoveForm
from chats.messages import tree
from chats.models import Chat, LinkMode, Message, PublicLink, Role

MOST_ENDS = 100  # messages that can be chosen as the last one
LONGEST = timedelta(days=3660)  # until a day that is chosen
EXPIRIES = {
    "never": (_("Never"), None),
    "day": (_("After a day"), timedelta(days=1)),
    "week": (_("After a week"), timedelta(days=7)),
    "month": (_("After 30 days"), timedelta(days=30)),
    "date": (_("At the end of a day…"), None),
}


class ShareForm(forms.Form):
    """The options of a chat's link."""

    mode = forms.ChoiceField(label=_("What it shows"), choices=LinkMode, widget=forms.RadioSelect)
    until = forms.ChoiceField(label=_("Up to"), required=False)
    with_attachments = forms.BooleanField(label=_("With the files of the messages"), required=False)
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

    def __init__(self, *args, chat: Chat, link: PublicLink | None, **kwargs):
        super().__init__(*args, **kwargs)
        self._link = link
        branch = tree.branch(chat.current_message_id, MOST_ENDS)
        self._ends = {str(one.pk): one for one in branch if one.role in (Role.USER, Role.ASSISTANT)}
        if link and link.until_message and str(link.until_message_id) not in self._ends:
            self._ends[str(link.until_message_id)] = link.until_message
        ends = [(pk, _told(one)) for pk, one in reversed(self._ends.items())]
        self.fields["until"].choices = [("", gettext("The whole chat")), *ends]
        self.fields["expires"].choices = [*self._kept_expiry(), *self.fields["expires"].choices]
        if not link or not link.password:
            del self.fields["without_password"]
        self.initial = self._initial() | self.initial

    def _kept_expiry(self) -> list[tuple[str, str]]:
        """A link that has an end can keep it."""
        if not self._link or not self._link.expires_at:
            return []
        date = timezone.localtime(self._link.expires_at)
        return [("kept", gettext("On %(date)s") % {"date": date.strftime("%Y-%m-%d %H:%M")})]

    def _initial(self) -> dict:
        link = self._link
        if link is None:
            return {"mode": LinkMode.SNAPSHOT, "expires": "never", "until": ""}
        expires = "kept" if link.expires_at else "never"
        until = str(link.until_message_id or "")
        return {"mode": link.mode, "with_attachments": link.with_attachments, "expires": expires, "until": until}

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
        """What `links.share` takes."""
        given = self.cleaned_data
        password = "" if given.get("without_password") else (given["password"] or None)
        return {
            "mode": given["mode"],
            "until": self._ends.get(given["until"]),
            "with_attachments": given["with_attachments"],
            "expires_at": self._expires_at(),
            "password": password,
        }

    def _expires_at(self) -> datetime | None:
        match self.cleaned_data["expires"]:
            case "kept":
                return self._link.expires_at
            case "date":
                after = self.cleaned_data["ends_on"] + timedelta(days=1)
                return timezone.make_aware(datetime.combine(after, time.min))
            case name:
                life = EXPIRIES[name][1]
                return life and timezone.now() + life


def _told(message: Message) -> str:
    who = gettext("Assistant") if message.role == Role.ASSISTANT else gettext("Person")
    text = " ".join(message.content.split())
    return f"{who}: {text[:60]}{'…' if len(text) > 60 else ''}"


class CopyForm(MoveForm):
    """Where a copy of a shared chat goes."""

    to = forms.ChoiceField(label=_("Copy to"))


class PasswordForm(forms.Form):
    """What opens a link that has a password."""

    WRONG = _("This is not the password.")

    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
