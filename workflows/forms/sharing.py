"""How a workflow's form is shared, and the form itself as the public sees it."""

from dataclasses import dataclass

from django import forms
from django.db.models import Exists, Q

from teams import links
from teams.forms.links import LinkForm
from workflows.forms import inputs
from workflows.models import WorkflowLink
from workflows.publishing.tool_config import input_schema
from workflows.triggers import form_links


class ShareForm(LinkForm):
    """The options of a form's link: it is always the form as it is now, and has no files."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["mode"], self.fields["with_attachments"]

    def options(self) -> dict:
        """What `form_links.share` takes."""
        self.cleaned_data["mode"] = ""
        return {name: value for name, value in super().options().items() if name not in {"mode", "with_attachments"}}


@dataclass(frozen=True, slots=True)
class Page:
    """A form as the public sees it: what it is called and what it takes. Nobody's name, and nothing that was sent."""

    title: str
    description: str
    form: forms.Form


def page(link: WorkflowLink, data=None) -> Page:
    """What the link shows now; `data` is what was sent."""
    workflow = link.workflow
    return Page(str(workflow), workflow.description, inputs.form_for(input_schema(workflow.structure))(data))


KIND = links.Kind(
    WorkflowLink,
    thing="workflow",
    token="token",  # noqa: S106  a column
    there=Q(workflow__deleted_at=None, workflow__published=True) & Q(Exists(form_links.ACTIVE)),
    template="workflows/triggers/shared_form.html",
    page=page,
    opens="workflow_triggers",
    share="workflow_form_share",
    end="workflow_form_unshare",
    has_form=True,
)
