"""What people type. Every limit is told in the form's own words."""

import uuid

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents import catalog
from chats import assistant
from chats.actions import TEXT_LIMIT
from chats.models import Chat
from teams.models import User
from teams.workspace import Workspace


class MessageForm(forms.Form):
    """A message to send. A missing client id is made here: then a repeat is a second message."""

    text = forms.CharField(max_length=TEXT_LIMIT, strip=False, error_messages={"required": _("Write a message first.")})
    client_id = forms.UUIDField(required=False)

    @property
    def problem(self) -> str:
        """What is wrong, in words; "" when nothing is."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\x00", "").replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(_("Write a message first."))
        return text

    def clean_client_id(self):
        return self.cleaned_data["client_id"] or uuid.uuid4()


class FirstMessageForm(MessageForm):
    """A message that begins a chat."""

    model = forms.CharField(required=False, max_length=300)
    is_temporary = forms.BooleanField(required=False)

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_model(self):
        value = self.cleaned_data["model"]
        model = catalog.parse(value) if value else assistant.preferred_model(self._user)
        if model is None:
            raise forms.ValidationError(_("No model answers now. Choose another, or set up a provider."))
        return model


class ModelForm(forms.Form):
    """The choice of a model."""

    model = forms.CharField(max_length=300)

    def clean_model(self):
        model = catalog.parse(self.cleaned_data["model"])
        if model is None:
            raise forms.ValidationError(_("This model is not offered now. Choose another."))
        return model


class TitleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=Chat._meta.get_field("title").max_length)


class SettingsForm(forms.Form):
    """How a chat is set: empty fields leave it to the model."""

    system_prompt = forms.CharField(
        label=_("System prompt"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the model is told before the conversation."),
    )
    temperature = forms.FloatField(
        label=_("Temperature"),
        required=False,
        min_value=0,
        max_value=2,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
        help_text=_("From 0 (always alike) to 2 (wild). Empty: the model's own."),
    )
    max_tokens = forms.IntegerField(
        label=_("Longest reply in tokens"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Empty: as long as the model likes."),
    )

    def settings(self) -> dict:
        """Return what was filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class AssistantForm(forms.Form):
    """What a person wants the assistant to know. Empty fields say nothing."""

    bot_name = forms.CharField(
        label=_("What should the assistant call you?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    profession = forms.CharField(
        label=_("What is your work?"),
        required=False,
        max_length=200,
        help_text=_("Answers can then use its words."),
    )
    response_style = forms.CharField(
        label=_("How do you like answers?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Short or thorough, formal or not, with examples or without."),
    )
    default_model = forms.ChoiceField(label=_("Model of new chats"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = [(model.value, model.label) for model in catalog.models()]
        self.fields["default_model"].choices = [("", _("The first one that is offered")), *offered]


class MoveForm(forms.Form):
    """Where a chat goes: one of `places`, workspaces by name."""

    to = forms.ChoiceField(label=_("Move to"))

    def __init__(self, *args, places: dict[str, Workspace], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [
            (name, place.label if place.team else gettext("Your personal chats")) for name, place in places.items()
        ]
