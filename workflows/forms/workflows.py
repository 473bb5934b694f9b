"""The forms of workflows themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.models import Visibility
from teams.models import User
from workflows.models import Workflow
from workflows.policies import may_open

_VISIBILITIES = {
    Visibility.PRIVATE: _("Its workspace alone"),
    Visibility.READONLY: _("Everybody here may run it once it is published"),
    Visibility.PUBLIC: _("Everybody here may run it, agent admins may change it"),
}


class WorkflowForm(forms.ModelForm):
    """What a workflow is called, and what it is for."""

    class Meta:
        model = Workflow
        fields = ("name", "description")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 2}),
        }


class VisibilityForm(forms.Form):
    """Who may run a workflow."""

    visibility = forms.ChoiceField(label=_("Who may run it"), widget=forms.RadioSelect)

    def __init__(self, *args, workflow: Workflow, person: User, **kwargs):
        super().__init__(*args, initial={"visibility": workflow.visibility}, **kwargs)
        allowed = set(Visibility) if may_open(person) else {Visibility.PRIVATE, workflow.visibility}
        self.fields["visibility"].choices = [
            (value, label) for value, label in _VISIBILITIES.items() if value in allowed
        ]
