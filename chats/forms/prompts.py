"""The forms of prompts."""

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.forms.agents import ImportForm
from chats.models import Category, Prompt
from chats.prompts import portable, variables
from chats.prompts.prompts import CONTENT, CONTENT_LENGTH

ROWS, LONG_ROWS = 1, 6  # of a field, which grows, and of one for what is longer wherever it stands


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


class ValueField(forms.CharField):
    """What a variable stands for, with its lines as they were given."""

    def to_python(self, value) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class ValuesForm(forms.Form):
    """What the variables of a prompt stand for, a field for each. An empty one leaves nothing in its place.

    Each takes several lines, whatever it is called: people paste lists, code and letters for any of them.
    """

    def __init__(self, *args, prompt: Prompt, **kwargs):
        super().__init__(*args, prefix="value", **kwargs)
        for name in variables.names(prompt.content):  # what is kept may be of an earlier version
            rows = LONG_ROWS if variables.is_long(name, prompt.content) else ROWS
            widget = forms.Textarea(attrs={"data-variable": name, "autocomplete": "off", "rows": rows})
            self.fields[name] = ValueField(
                label=name.replace("_", " "), required=False, strip=False, widget=widget, max_length=CONTENT_LENGTH
            )


class PromptImportForm(ImportForm):
    """A file of prompts, or its text."""

    read, largest = staticmethod(portable.read), portable.LARGEST
