"""The choice of tools, as people fill it in."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.models import ToolChoice, ToolPreset
from agents.tools import Source
from agents.tools.limits import row
from chats.replies.tool_choice import Chosen

#: What each choice means, in a sentence.
ABOUT = {
    ToolChoice.AUTO: _("The model uses tools by itself. It asks before what could do harm."),
    ToolChoice.MANUAL: _("Before each call you see what would be done, and allow it or not."),
    ToolChoice.NONE: _("The model answers by itself. An @ in a message still gives it what you name."),
}
NAME = ToolPreset._meta.get_field("name").max_length


class ToolsForm(forms.Form):
    """Which tools, and when they ask. `chosen` gives it. What is chosen of a source without tools now stays chosen."""

    tool_choice = forms.ChoiceField(label=_("When the model wants a tool"), choices=ToolChoice)
    tools = forms.MultipleChoiceField(required=False)
    preset_name = forms.CharField(label=_("Keep this choice as"), required=False, max_length=NAME)

    def __init__(self, *args, sources: Iterable[Source], before: Chosen, **kwargs):
        super().__init__(*args, **kwargs)
        self._sources = list(sources)
        self._before = before
        refs = [ref for source in self._sources for ref in (source.ref, *(tool.ref for tool in source.tools))]
        self.fields["tools"].choices = [(ref, ref) for ref in refs]

    def clean(self) -> dict:
        given = super().clean()
        is_nothing = self._sources and not given.get("tools") and given.get("tool_choice") != ToolChoice.NONE
        if is_nothing and "tools" not in self.errors:
            self.add_error("tools", _("Choose a tool at least, or “No tools”."))
        return given

    @property
    def rows(self) -> list[dict]:
        """The sources with their tools, chosen as they were posted, or else as it is."""
        is_given = set(self["tools"].value() or ()).__contains__ if self.is_bound else self._before.has
        return [row(source, is_given) for source in self._sources]

    @property
    def chosen(self) -> Chosen:
        """Sources chosen as a whole stand for their tools; all sources, for everything there will be."""
        given, found = set(self.cleaned_data["tools"]), []
        for source in self._sources:
            if source.ref in given:
                found.append(source.ref)
            elif source.tools:
                found += [tool.ref for tool in source.tools if tool.ref in given]
            else:
                found += [ref for ref in self._before.tools or () if ref.startswith(f"{source.ref}:")]
        is_all = not found or {source.ref for source in self._sources} <= given
        return Chosen(self.cleaned_data["tool_choice"], None if is_all else tuple(found))


class PresetForm(forms.Form):
    """The name of a preset."""

    name = forms.CharField(label=_("Name"), max_length=NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))
