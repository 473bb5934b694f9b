"""The forms of prompts."""

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.forms.agents import ImportForm
from chats.models import Category, Prompt
from chats.prompts import portable, variables
from chats.prompts.prompts import CONTENT, CONTENT_LENGTH

LONG_ROWS = 6  # of a field for more than a line


class PromptForm(forms.Form):
    """A prompt; `seen` tells which state of it the form was made from."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Type / and this name in a message to use it."),
    )
    category = forms.ChoiceField(label=_("Category"), choices=Category, initial=Category.GENERAL)
    content = forms.CharField(
        label=_("Text"),
        max_length=CONTENT_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "prompt-content"}),
        help_text=_("A name in braces, such as {code}, is a variable: it is asked for when the prompt is used."),
    )

    @classmethod
    def of(cls, prompt: Prompt) -> "PromptForm":
        """The form that shows a prompt as it is."""
        return cls(initial={name: getattr(prompt, name) for name in CONTENT} | {"seen": prompt.updated_at.isoformat()})

    def clean_seen(self):
        """A time, or None: then nothing is compared."""
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None

    def clean_content(self) -> str:
        content = self.cleaned_data["content"].replace("\r\n", "\n")
        if not content.strip():
            raise forms.ValidationError(self.fields["content"].error_messages["required"])
        if len(variables.names(content)) > variables.MOST:
            raise forms.ValidationError(gettext("%(most)s variables at most.") % {"most": variables.MOST})
        return content

    @property
    def given(self) -> dict:
        """What was written, by the names of `CONTENT`."""
        return {name: self.cleaned_data[name] for name in CONTENT}

    @property
    def variables(self) -> list[str]:
        """The variables of the text as it stands in the form."""
        return variables.names(self["content"].value() or "")


class ValuesForm(forms.Form):
    """What the variables of a prompt stand for, a field for each. An empty one leaves nothing in its place."""

    def __init__(self, *args, prompt: Prompt, **kwargs):
        super().__init__(*args, prefix="value", **kwargs)
        for name in variables.names(prompt.content):  # what is kept may be of an earlier version
            is_long = variables.is_long(name, prompt.content)
            attrs = {"data-variable": name, "autocomplete": "off"} | ({"rows": LONG_ROWS} if is_long else {})
            widget = (forms.Textarea if is_long else forms.TextInput)(attrs=attrs)
            self.fields[name] = forms.CharField(
                label=name.replace("_", " "), required=False, strip=False, widget=widget, max_length=CONTENT_LENGTH
            )


class PromptImportForm(ImportForm):
    """A file of prompts, or its text."""

    read, largest = staticmethod(portable.read), portable.LARGEST
