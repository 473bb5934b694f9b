"""The controls of the kinds that do something: tools, requests, texts, code, documents."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.forms.arguments import Arguments
from workflows.forms.choices import Model, ToolChoice
from workflows.forms.controls import NOTHING, Area, Around, Choice, Control, Line, Number
from workflows.forms.groups import Group
from workflows.forms.kinds.shared import named
from workflows.forms.schemas import SchemaControl
from workflows.forms.values import Reference, Value, Written
from workflows.nodes.addresses import document_id


def tool_fields(data: Mapping, around: Around) -> list[Control]:
    """The tool, and a control for each argument of the one that `data` names."""
    tool, kept = (data.get(key) if isinstance(data.get(key), Mapping) else {} for key in ("tool", "arguments"))
    ref = ":".join(str(tool.get(part, "")) for part in ("kind", "source", "name"))
    found = around.offers("tool_values").get(ref) if tool else None
    arguments = [Arguments("arguments", _("Arguments"), found and found.parameters, kept)] if found or kept else []
    told = _("For the arguments that a model fills in.")
    return [
        ToolChoice("tool", _("Tool"), empty=_("Choose a tool")),
        *arguments,
        Written("instruction", _("What the model is told"), rows=3, help=told),
        Model("model", _("Model that fills in"), empty=_("The run's own")),
        *_stricter(found.effect if found else tool.get("effect")),
    ]


def _stricter(said: Any) -> list[Control]:
    """What is done where nobody knows whether the tool ran: more careful than it asks for, if that can be."""
    effects = [
        ("none", _("Do it again: it changes nothing")),
        ("keyed", _("Do it again: it knows what it has done already")),
        ("unsafe", _("Ask: it may have done something")),
    ]
    names = [name for name, _words in effects]
    offered = effects[names.index(said) + 1 :] if said in names else []
    label = _("When nobody knows whether it ran")
    return [Choice("effect", label, offered=offered, empty=_("As the tool says"))] if offered else []


_A_VALUE = {"add": _("Add a value"), "one": _("Value")}


def http_fields() -> list[Control]:
    methods = [(one, one) for one in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")]
    a_header = {"add": _("Add a header"), "one": _("Header")}
    return [
        Choice("method", _("Method"), offered=methods),
        Written("url", _("Address"), placeholder="https://"),
        named("query", _("Query"), Written("value", _("Value")), **_A_VALUE),
        named("headers", _("Headers"), Written("value", _("Value")), **a_header),
        _body(),
        Statuses("okStatuses", _("Statuses that are no error"), help=_("Beside 200 to 299, such as 404, 409.")),
        Line(
            "keyHeader",
            _("Header of the key"),
            longest=100,
            placeholder="Idempotency-Key",
            help=_("A service that knows this header does nothing twice, so that the request may be sent again."),
        ),
    ]


def _body() -> Group:
    bodies = [
        ("none", _("Nothing")),
        ("json", _("JSON")),
        ("text", _("Text")),
        ("form", _("Form")),
        ("file", _("File")),
    ]
    return Group(
        "body",
        "",
        Choice("type", _("Body"), offered=bodies),
        Written("content", _("Content"), rows=5, when=("type", ("json", "text"))),
        named("fields", _("Fields"), Written("value", _("Value")), when=("type", ("form",)), **_A_VALUE),
        Reference("file", _("File"), when=("type", ("file",))),
        layout="plain",
    )


class Statuses(Line):
    """HTTP statuses by commas."""

    def raw_of(self, value, around):
        return ", ".join(map(str, value)) if isinstance(value, list) else ""

    def read(self, raw, around, faults, path):
        words = raw.replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and 100 <= int(word[:9]) <= 599 for word in words):
            faults.add(path, str(_("Give statuses from 100 to 599, with commas between them.")))
            return NOTHING
        return list(dict.fromkeys(map(int, words))) or NOTHING


def template_fields() -> list[Control]:
    return [Written("content", _("Text"), rows=8)]


def code_fields() -> list[Control]:
    words = {"add": _("Add an input"), "one": _("Input")}
    told = _("Python. The inputs are variables; the last line is the result.")
    return [
        named("inputs", _("Inputs"), Value("value", _("Value")), help=_("Names that the code uses."), **words),
        Area("code", _("Code"), rows=12, editor="code", longest=50_000, help=told),
        SchemaControl("outputSchema", _("Fields of the result"), is_optional=True, without=("file", "files")),
    ]


def document_fields() -> list[Control]:
    actions = [("read", _("Read a document")), ("write", _("Write a document")), ("search", _("Search"))]
    return [
        Choice("action", _("Act"), offered=actions),
        Document(
            "document",
            _("Document"),
            kind="text",
            help=_("Its id or address, or a value of another node. To write a new one, leave it empty."),
            when=("action", ("read", "write")),
        ),
        Written("title", _("Title"), when=("action", ("write",))),
        Written("content", _("Content"), rows=6, when=("action", ("write",))),
        Collection("collection", _("Collection"), when=("action", ("search",))),
        Written("query", _("What is searched for"), when=("action", ("search",))),
        Number("limit", _("Most passages"), low=1, high=50, when=("action", ("search",))),
    ]


class Document(Value):
    """A document: of an address the id is kept."""

    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path)
        if isinstance(found, Mapping) and isinstance(found.get("value"), str):
            return {"value": document_id(found["value"])}
        return found


class Collection(Choice):
    """A collection, kept as a literal."""

    def __init__(self, name: str, label: Any, **kwargs):
        super().__init__(name, label, offered="collections", empty=_("All that may be searched"), **kwargs)

    def raw_of(self, value, around):
        ref = value.get("ref") if isinstance(value, Mapping) else None
        if ref:
            return around.names.written(ref)
        return str(value["value"]) if isinstance(value, Mapping) and value.get("value") else ""

    def value(self, key, around):
        ref = around.names.only_ref(key)
        return {"ref": ref} if ref else {"value": key}
