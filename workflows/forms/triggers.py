"""The forms of triggers: when a schedule is due, how webhooks show where they come from, how often a form is taken."""

from datetime import time

from django import forms
from django.utils.translation import gettext_lazy as _

from sambung.lib.failures import Failed
from sambung.lib.webhook_signatures import Scheme
from workflows.models import TriggerKind, WorkflowTrigger
from workflows.triggers import crons, describing, schedules

_MISSED = [
    (schedules.ONCE, _("Catch up once")),
    (schedules.NEVER, _("Let it pass")),
]
_OVERLAP = [
    (schedules.SKIP, _("Leave this time out")),
    (schedules.QUEUE, _("Start once the other has ended")),
    (schedules.ALLOW, _("Run at the same time")),
]
_ANSWERS = [
    ("accepted", _("At once: that it was taken (202)")),
    ("output", _("With the output, if it is there within 30 seconds")),
]


class LimitsForm(forms.Form):
    """What each run of a trigger may take: empty fields leave it as it is for all runs."""

    money = forms.FloatField(
        label=_("US dollars"),
        required=False,
        min_value=0,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    steps = forms.IntegerField(label=_("Steps"), required=False, min_value=1, max_value=100_000)
    seconds = forms.IntegerField(label=_("Seconds of running"), required=False, min_value=1, max_value=86_400)
    tokens = forms.IntegerField(label=_("Tokens"), required=False, min_value=1, max_value=1_000_000_000)

    LIMITS = ("money", "steps", "seconds", "tokens")

    def limits(self) -> dict:
        """What is kept of the limits."""
        found = {name: self.cleaned_data.get(name) for name in self.LIMITS}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def limit_fields(self) -> list:
        return [self[name] for name in self.LIMITS]

    @property
    def own_fields(self) -> list:
        """The fields of the kind of trigger."""
        return [self[name] for name in self.fields if name not in self.LIMITS]


class ScheduleForm(LimitsForm):
    """When it is due, what becomes of times that pass. What each run takes is a form of its own."""

    often = forms.ChoiceField(label=_("How often"), choices=list(describing.OFTEN.items()), initial="daily")
    at = forms.TimeField(
        label=_("At"), required=False, initial=time(7), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    cron = forms.CharField(
        label=_("Line of cron"),
        required=False,
        max_length=crons.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "0 7 * * 1-5"}),
        help_text=_("Minute, hour, day, month, day of the week. Or @hourly, @daily, @weekly, @monthly, @yearly."),
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=[(name, name) for name in crons.zones()])
    missed = forms.ChoiceField(
        label=_("What was missed while the server was down"), choices=_MISSED, widget=forms.RadioSelect
    )
    overlap = forms.ChoiceField(
        label=_("While the run before still goes on"), choices=_OVERLAP, widget=forms.RadioSelect
    )

    def clean(self) -> dict:
        given = super().clean()
        often = given.get("often")
        try:
            if often == "own":
                given["cron"] = crons.read(given.get("cron", ""))
            elif often and "at" in given:
                given["cron"] = describing.fields(often, given["at"] or time(7))
        except Failed as failed:
            self.add_error("cron", failed.failure.sentence)
        return given

    def config(self) -> dict:
        """What is kept of the schedule."""
        return {name: self.cleaned_data[name] for name in ("cron", "zone", "missed", "overlap")}

    @staticmethod
    def shown(config: dict) -> dict:
        """What the form begins with."""
        often, at = describing.often_of(config.get("cron", ""))
        kept = {name: config[name] for name in ("zone", "missed", "overlap", "cron") if name in config}
        return kept | {"often": often, "at": at}


class WebhookForm(LimitsForm):
    """How it shows where it comes from, where its body goes, and what it is answered."""

    scheme = forms.ChoiceField(
        label=_("How the sender proves itself"), choices=list(describing.SCHEMES.items()), widget=forms.RadioSelect
    )
    into = forms.ChoiceField(label=_("Where the body goes"), required=False)
    answer = forms.ChoiceField(label=_("What is answered"), choices=_ANSWERS, widget=forms.RadioSelect)

    def __init__(self, *args, schema: dict, **kwargs):
        super().__init__(*args, **kwargs)
        names = list(schema.get("properties", {}))
        whole = [("", _("Its fields are the workflow's input"))]
        self.fields["into"].choices = [*whole, *((name, f"→ {name}") for name in names)]

    def config(self) -> dict:
        """What is kept of the webhook."""
        return {name: self.cleaned_data[name] for name in ("scheme", "into", "answer")}

    @staticmethod
    def shown(config: dict) -> dict:
        """What the form begins with."""
        return config


class FormForm(LimitsForm):
    """How often a form may be sent by strangers, and what they are told."""

    most = forms.IntegerField(
        label=_("Answers a day by the public link"),
        min_value=1,
        max_value=100_000,
        initial=100,
        help_text=_("Members are not counted."),
    )
    thanks = forms.CharField(
        label=_("What is said once it was sent"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def config(self) -> dict:
        """What is kept of the form."""
        return {name: self.cleaned_data[name] for name in ("most", "thanks")}

    @staticmethod
    def shown(config: dict) -> dict:
        """What the form begins with."""
        return config


def form_of(kind: str, data=None, *, schema: dict, trigger: WorkflowTrigger | None = None, zone: str = "UTC"):
    """The form of one kind of trigger; `zone` is what a new schedule begins with."""
    began = {"zone": zone, "missed": schedules.ONCE, "overlap": schedules.SKIP, "often": "daily", "at": time(7)}
    began |= {"scheme": Scheme.STANDARD, "answer": "accepted"}
    made = {TriggerKind.SCHEDULE: ScheduleForm, TriggerKind.WEBHOOK: WebhookForm, TriggerKind.FORM: FormForm}[kind]
    if trigger:
        began |= made.shown(trigger.config) | trigger.limits
    about = {"schema": schema} if made is WebhookForm else {}
    return made(data, initial=began, **about)
