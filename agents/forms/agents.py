"""The forms of agents."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents import catalog, policies, validators
from agents.catalog import Reference
from agents.definitions import given, icons, portable
from agents.models import Agent, AgentDraft, Visibility
from agents.tools import limits
from sambung.lib.schema import Unreadable
from teams.models import User
from teams.workspace import Workspace

FALLBACKS = 3
#: How long a model thinks.
REASONING = [
    ("", _("The model's own")),
    ("off", _("Off")),
    ("low", _("Little")),
    ("medium", _("Some")),
    ("high", _("Much")),
]


class ModelSettingsForm(forms.Form):
    """How a model answers: empty fields leave it to the model."""

    temperature = forms.FloatField(
        label=_("Temperature"),
        required=False,
        min_value=0,
        max_value=2,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
        help_text=_("From 0 (always alike) to 2 (wild). Empty: the model's own."),
    )
    reasoning = forms.ChoiceField(
        label=_("Reasoning"),
        required=False,
        choices=REASONING,
        help_text=_("How long a model that can think does so before it answers."),
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
        found = {name: self.cleaned_data.get(name) for name in ModelSettingsForm.base_fields}
        return {name: value for name, value in found.items() if value not in (None, "")}


class AgentForm(ModelSettingsForm):
    """What makes an agent. `content` gives it by the names of `Agent.CONTENT`.

    Models that are kept in the agent and not offered any more stay as they are until another is chosen.
    """

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What it is for, in a sentence. People see it when they choose."),
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        max_length=validators.INSTRUCTIONS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 14, "class": "agent-instructions"}),
        help_text=_("What the model is told: who it is, how it works, what form its answers take."),
    )
    icon_id = forms.ChoiceField(
        label=_("Icon"), choices=list(icons.LABELS.items()), initial="default", widget=forms.RadioSelect
    )
    starters = forms.CharField(
        label=_("Conversation starters"),
        required=False,
        max_length=validators.MOST_STARTERS * (validators.STARTER_LENGTH + 2) * 2,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("First messages to choose from, each on a line of its own. Six at most."),
    )
    model = forms.ChoiceField(
        label=_("Model"), required=False, help_text=_("Without one, the model of the chat answers.")
    )

    tools_are = forms.ChoiceField(
        label=_("Tools"),
        required=False,
        choices=[("all", _("All that there are")), ("chosen", _("Only these"))],
        widget=forms.RadioSelect,
    )
    tools = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, workspace: Workspace, agent: Agent | None = None, initial: dict | None = None, **kwargs):
        stored = (agent and agent.chat_model) or {}
        references = [Reference.of(named) for named in (stored, *stored.get("fallbacks", ())) if named]
        super().__init__(*args, initial=_initial(agent, references) | (initial or {}), **kwargs)
        self._workspace = workspace
        self._stored = {reference.value: reference for reference in references}
        choices = self._choices()
        self._limits = {name: agent and getattr(agent, name) for name in limits.columns()}
        self.initial["tools_are"] = "chosen" if any(kept is not None for kept in self._limits.values()) else "all"
        self._sources = limits.offered(workspace)
        known = [ref for source in self._sources for ref in (source.ref, *(tool.ref for tool in source.tools))]
        self.fields["tools"].choices = [(ref, ref) for ref in known]
        self.fields["model"].choices = [("", _("The chat's own")), *choices]
        for n in range(max(FALLBACKS, len(references) - 1)):
            label = _("When it cannot answer") if n == 0 else _("Then")
            field = forms.ChoiceField(label=label, required=False, choices=[("", _("Nobody")), *choices])
            self.fields[f"fallback_{n}"] = field
        self._add_given(agent)

    def _add_given(self, agent: Agent | None) -> None:
        """A field for each kind of what other apps give agents, where there is any."""
        for name, kind in given.kinds().items():
            if not (offered := kind.offered(self._workspace)):
                continue
            shown = {"label": kind.label, "help_text": kind.help_text, "widget": forms.CheckboxSelectMultiple}
            self.fields[f"given_{name}"] = forms.MultipleChoiceField(required=False, choices=offered, **shown)
            self.initial[f"given_{name}"] = sorted(kind.of(agent)) if agent else []

    @property
    def given_fields(self) -> list:
        return [self[name] for name in self.fields if name.startswith("given_")]

    @property
    def given(self) -> dict[str, list[str]]:
        """What was chosen of what other apps give, by its kind."""
        names = [name for name in self.cleaned_data if name.startswith("given_")]
        return {name.removeprefix("given_"): self.cleaned_data[name] for name in names}

    def _choices(self) -> list:
        """The models on offer by source, those first that the agent keeps although they are not offered."""
        offered = catalog.choices(catalog.offered(self._workspace))
        values = {value for _source, models in offered for value, _label in models}
        kept = [
            (value, gettext("%(model)s (not offered now)") % {"model": reference.model})
            for value, reference in self._stored.items()
            if value not in values
        ]
        return [*kept, *offered]

    @property
    def has_settings(self) -> bool:
        """Whether the form shows more than which model answers."""
        fields = [self[name] for name in ModelSettingsForm.base_fields]
        return any(field.value() not in (None, "") or field.errors for field in [*fields, *self.fallbacks])

    @property
    def fallbacks(self) -> list:
        """The fields of the models that answer when the first one cannot."""
        return [self[name] for name in self.fields if name.startswith("fallback_")]

    @property
    def tool_rows(self) -> list[dict]:
        """The sources of tools, as they are chosen."""
        stored = limits.refs(self._limits, self._sources)
        given = set(self["tools"].value() or ()) if self.is_bound and self["tools_are"].value() else stored
        return [limits.row(source, given.__contains__) for source in self._sources]

    def clean_starters(self) -> list[str]:
        found = [line.strip() for line in self.cleaned_data["starters"].splitlines() if line.strip()]
        if len(found) > validators.MOST_STARTERS:
            raise forms.ValidationError(_("Six starters at most, each on a line of its own."))
        if any(len(line) > validators.STARTER_LENGTH for line in found):
            raise forms.ValidationError(
                _("A starter has %(most)s characters at most.") % {"most": validators.STARTER_LENGTH}
            )
        return found

    def clean(self) -> dict:
        found = super().clean()
        for name in ("description", "instructions"):
            found[name] = found.get(name, "").replace("\r\n", "\n")  # as browsers send ends of lines
        if found.get("tools_are") == "all":
            found |= dict.fromkeys(self._limits)
        elif found.get("tools_are") and "tools" in found:
            found |= limits.limited(found["tools"], self._sources, self._limits)
        if "model" in found:
            found["chat_model"] = self._chat_model(found)
        return found

    def _chat_model(self, given: dict) -> dict | None:
        """What the agent keeps of its models and their settings; None = the chat's own."""
        values = [given.get(name) for name in self.fields if name.startswith("fallback_")]
        others = list(dict.fromkeys(value for value in values if value and value != given["model"]))
        settings = self.settings()
        if not given["model"]:
            if settings or others:
                self.add_error("model", _("Choose the model that these settings are for, or leave them empty."))
            return None
        first, *fallbacks = (self._reference(value) for value in (given["model"], *others))
        kept = {"settings": settings} if settings else {}
        return first | kept | ({"fallbacks": fallbacks} if fallbacks else {})

    def _reference(self, value: str) -> dict:
        if value in self._stored:
            return self._stored[value].stored
        if model := catalog.parse(value, self._workspace):
            return model.reference.stored
        raise forms.ValidationError(_("One of these models is not offered any more. Choose another."))

    @property
    def content(self) -> dict:
        return {name: self.cleaned_data[name] for name in Agent.CONTENT if name in self.cleaned_data}


def _initial(agent: Agent | None, references: list[Reference]) -> dict:
    """What the form shows of an agent."""
    if agent is None:
        return {}
    shown = {name: getattr(agent, name) for name in ("name", "description", "instructions")}
    shown["icon_id"] = agent.icon_id if agent.icon_id in icons.LABELS else "default"
    shown["starters"] = "\n".join(agent.starters)
    if references:
        first, *others = (reference.value for reference in references)
        shown |= {"model": first} | agent.chat_model.get("settings", {})
        shown |= {f"fallback_{n}": value for n, value in enumerate(others)}
    return shown


class VisibilityForm(forms.Form):
    """Who uses an agent beside its workspace."""

    visibility = forms.ChoiceField(label=_("Visibility"), choices=Visibility, widget=forms.RadioSelect)

    def __init__(self, *args, agent: Agent, person: User, **kwargs):
        super().__init__(*args, initial={"visibility": agent.visibility}, **kwargs)
        if not policies.may_open(person):
            self.fields["visibility"].choices = [
                (value, label) for value, label in Visibility.choices if value in {Visibility.PRIVATE, agent.visibility}
            ]


class GrantForm(forms.Form):
    """Whom an agent is given to."""

    email = forms.EmailField(label=_("Address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))


class DraftForm(forms.Form):
    """An agent in one sentence."""

    sentence = forms.CharField(
        label=_("In one sentence"),
        max_length=AgentDraft._meta.get_field("sentence").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ImportForm(forms.Form):
    """A file, or what is in one. `content` is what `read` makes of it."""

    read, largest = staticmethod(portable.read), portable.LARGEST
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    content: dict | list

    def clean(self) -> dict:
        given = super().clean()
        if self.errors:
            return given
        file, text = given["file"], given["text"]
        if not file and not text:
            raise forms.ValidationError(_("Choose a file, or paste its text."))
        if (file.size if file else len(text)) > self.largest:
            most = self.largest // 1024**2
            raise forms.ValidationError(gettext("This file is larger than %(most)s MB.") % {"most": most})
        try:
            self.content = self.read(file.read() if file else text)
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from None
        return given
