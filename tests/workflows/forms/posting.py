"""What a browser would send of a form as it was rendered."""

from django.http import QueryDict
from django.template.loader import render_to_string
from lxml import html

from workflows.forms.node import NodeForm
from workflows.nodes.kinds import KINDS

LEFT_OUT = {"csrfmiddlewaretoken"}


def rendered(form: NodeForm, **context) -> str:
    """The HTML of a form as the panel shows it."""
    shown = form.shown
    at = len(shown) - form.n_more
    told = {
        "form": form,
        "node": form.node,
        "kind": KINDS[form.type],
        "url": "/here/",
        "main": shown[:at],
        "extra": shown[at:],
    }
    return render_to_string("workflows/nodes/_node.html", told | context)


def sent(text: str, **changed: str | list[str]) -> QueryDict:
    """Return what is posted of the form, with some of its fields changed."""
    form = html.fromstring(text).xpath("//form[@id='node-form']")[0]
    for area in form.iter("textarea"):  # of which browsers leave out the line end that it begins with
        area.text = (area.text or "").removeprefix("\n")
    found = QueryDict(mutable=True)
    for name, value in form.form_values():
        if name not in LEFT_OUT and name not in changed:
            found.appendlist(name, value)
    for name, value in changed.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found
