"""The controls of the kinds that ask models, and of where a workflow begins and ends."""

from django.utils.translation import gettext_lazy as _

from workflows.forms.choices import Model
from workflows.forms.controls import Choice, Control, Number, Switch
from workflows.forms.groups import Group, Repeat
from workflows.forms.kinds.shared import answer, named
from workflows.forms.schemas import SchemaControl
from workflows.forms.values import Reference, Value, Written


def input_fields() -> list[Control]:
    told = _("What a run asks for: people see these fields as a form, models and programs as parameters.")
    return [SchemaControl("schema", _("Fields"), help=told, begins=1)]


def output_fields() -> list[Control]:
    stream = Switch("stream", _("Show it in a chat while it is written"))
    words = {"add": _("Add a value"), "one": _("Value"), "begins": 1}
    told = _("What the workflow gives. Several outputs may be reached; their values are put together.")
    return [named("values", _("Values"), Value("value", _("Value"), rows=2), fields=(stream,), help=told, **words)]


def llm_fields() -> list[Control]:
    roles = [("user", _("User")), ("system", _("System")), ("assistant", _("Assistant"))]
    images = Repeat(
        "images",
        _("Images"),
        Reference("image", _("Image")),
        add=_("Add an image"),
        one=_("Image"),
        is_ordered=False,
        most=20,
    )
    message = Group(
        "message", "", Choice("role", _("Says"), offered=roles), Written("content", _("Text"), rows=4), images
    )
    return [
        Model("model", _("Model"), empty=_("The run's own")),
        Repeat("messages", _("Messages"), message, add=_("Add a message"), one=_("Message"), begins=1, most=100),
        answer(),
        Number("maxTokens", _("Longest answer in tokens"), low=1, high=1_000_000),
        Number("temperature", _("Temperature"), low=0, high=2, is_whole=False),
    ]


def agent_fields() -> list[Control]:
    return [
        Choice("agent", _("Agent"), offered="agents", empty=_("Choose an agent")),
        Written("message", _("Message"), rows=4),
        answer(),
        Number(
            "maxSteps", _("Most steps"), low=1, high=50, help=_("How often it may use tools before it must answer.")
        ),
    ]
