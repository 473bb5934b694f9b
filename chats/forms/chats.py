"""What people type. Every limit is told in the form's own words."""

import uuid

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents import catalog
from agents.forms.agents import ModelSettingsForm
from agents.models import ToolChoice
from agents.validators import validate_tools
from chats.actions.sending import TEXT_LIMIT
from chats.files.attach import GONE
from chats.models import Attachment, Chat, Folder
from chats.replies import responder
from chats.replies.tool_choice import Chosen
from teams import access
from teams.workspace import Workspace


class _InWorkspace(forms.Form):
    """A form whose choices are those of a workspace."""

    def __init__(self, *args, workspace: Workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self._workspace = workspace


class FilesField(forms.Field):
    """Ids of files that wait in the composer, each in an input of its own."""

    widget = forms.MultipleHiddenInput

    def clean(self, value) -> list[uuid.UUID]:
        try:
            return list(dict.fromkeys(map(uuid.UUID, value or ())))
        except ValueError:
            raise forms.ValidationError(GONE) from None


class MessageForm(_InWorkspace):
    """A message to send: text, files, or both. A missing client id is made here: then a repeat is a second message."""

    text = forms.CharField(max_length=TEXT_LIMIT, strip=False, required=False)
    client_id = forms.UUIDField(required=False)
    files = FilesField(required=False)

    @property
    def problem(self) -> str:
        """What is wrong, in words; "" when nothing is."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\x00", "").replace("\r\n", "\n")
        return text if text.strip() else ""

    def clean_client_id(self):
        return self.cleaned_data["client_id"] or uuid.uuid4()

    def clean_files(self) -> list[Attachment]:
        """The files, in their order: waiting in this workspace, and the person's own."""
        if len(self.cleaned_data["files"]) > settings.ATTACHMENTS_MAX:
            said = gettext("A message takes %(most)s files at most.") % {"most": settings.ATTACHMENTS_MAX}
            raise forms.ValidationError(said)
        asked = self.cleaned_data["files"]
        waiting = Attachment.objects.filter(self._workspace.q, chat=None)
        found = access.rows(self._workspace.user, waiting, access.WRITE).in_bulk(asked) if asked else {}
        if len(found) < len(asked):
            raise forms.ValidationError(GONE)
        return [found[pk] for pk in asked]

    def clean(self) -> dict:
        given = super().clean()
        if not self.errors and not given["text"] and not self._has_files():
            raise forms.ValidationError(_("Write a message first."))
        return given

    def _has_files(self) -> bool:
        return bool(self.cleaned_data["files"])


class EditForm(MessageForm):
    """The new text of a message, whose files stay."""

    files = None

    def __init__(self, *args, has_files: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self._keeps_files = has_files

    def _has_files(self) -> bool:
        return self._keeps_files


class AgentForm(_InWorkspace):
    """The choice of an agent; none is a choice as well."""

    agent = forms.UUIDField(required=False)

    def clean_agent(self):
        if (chosen := self.cleaned_data["agent"]) is None:
            return None
        if (agent := responder.usable_agent(self._workspace.user, chosen)) is None:
            raise forms.ValidationError(_("This agent cannot be used now. Choose another."))
        return agent


class ReferencesField(forms.Field):
    """References of tools, each in an input of its own; none at all stands for all tools."""

    widget = forms.MultipleHiddenInput

    def clean(self, value) -> tuple[str, ...] | None:
        found = list(dict.fromkeys(value or ()))
        validate_tools(found)
        return tuple(found) or None


class FirstMessageForm(AgentForm, MessageForm):
    """A message that begins a chat."""

    model = forms.CharField(required=False, max_length=300)
    is_temporary = forms.BooleanField(required=False)
    is_trial = forms.BooleanField(required=False)  # beside the agent's editor
    folder = forms.UUIDField(required=False)
    tool_choice = forms.ChoiceField(required=False, choices=ToolChoice)
    tools = ReferencesField(required=False)

    def clean(self) -> dict:
        given = super().clean()
        chosen = Chosen(given.pop("tool_choice", "") or ToolChoice.AUTO, given.pop("tools", None))
        return given | {"settings": chosen.settings}

    def clean_folder(self):
        """The folder that the chat begins in; one that has gone meanwhile is none."""
        chosen, here = self.cleaned_data["folder"], self._workspace
        return chosen and access.rows(here.user, Folder.objects.filter(here.q, pk=chosen)).first()

    def clean_model(self):
        value, here = self.cleaned_data["model"], self._workspace
        model = catalog.parse(value, here) if value else catalog.default(here)
        if model is None:
            raise forms.ValidationError(_("No model answers now. Choose another, or set up a provider."))
        return model


class ModelForm(_InWorkspace):
    """The choice of a model."""

    model = forms.CharField(max_length=300)

    def clean_model(self):
        model = catalog.parse(self.cleaned_data["model"], self._workspace)
        if model is None:
            raise forms.ValidationError(_("This model is not offered now. Choose another."))
        return model


class TitleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=Chat._meta.get_field("title").max_length)


class SettingsForm(ModelSettingsForm):
    """How a chat is set: empty fields leave it to the model."""

    system_prompt = forms.CharField(
        label=_("System prompt"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the model is told before the conversation."),
    )
    field_order = ("system_prompt",)

    def settings(self) -> dict:
        """Return what was filled in."""
        prompt = self.cleaned_data["system_prompt"]
        return super().settings() | ({"system_prompt": prompt} if prompt else {})


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

    def __init__(self, *args, workspace: Workspace, **kwargs):
        super().__init__(*args, **kwargs)
        usual = ("", _("The first one that is offered"))
        self.fields["default_model"].choices = [usual, *catalog.choices(catalog.offered(workspace))]


class MoveForm(forms.Form):
    """Where a chat goes: one of `places`, workspaces by name."""

    to = forms.ChoiceField(label=_("Move to"))

    def __init__(self, *args, places: dict[str, Workspace], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [
            (name, place.label if place.team else gettext("Your personal chats")) for name, place in places.items()
        ]
