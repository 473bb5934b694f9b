"""Forms made from the schema of a tool's arguments."""

import json
from collections.abc import Mapping

from django import forms
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

PREFIX = "arg"  # before the names of fields: a tool may call its arguments as the page calls its own
_LONG = 300  # characters from which on a text gets several lines
_TYPES = {"array": list, "object": dict}


class JsonField(forms.CharField):
    """JSON as text, of one type or of any."""

    widget = forms.Textarea(attrs={"rows": 4, "class": "is-code", "spellcheck": "false"})

    def __init__(self, *args, kind: str = "", **kwargs):
        super().__init__(*args, strip=True, **kwargs)
        self.kind = kind

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is no JSON. Texts stand in double quotes.")) from None
        if self.kind in _TYPES and not isinstance(found, _TYPES[self.kind]):
            told = _("This takes a list: [ … ].") if self.kind == "array" else _('This takes an object: { "name": … }.')
            raise forms.ValidationError(told)
        return found

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def form_for(schema: Mapping) -> type[forms.Form]:
    """Return a form with a field for each property of an object's schema, of any origin.

    Text, numbers, truth and enums have their own fields; everything else is JSON. What the schema demands beyond that
    is judged when the tool is called.
    """
    properties = schema.get("properties")
    required = schema.get("required") or []
    fields = {
        f"{PREFIX}_{n}": _field(name, one if isinstance(one, Mapping) else {}, name in required)
        for n, (name, one) in enumerate(properties.items() if isinstance(properties, Mapping) else ())
    }
    return type("ArgumentsForm", (forms.Form,), fields)


def arguments(form: forms.Form) -> dict:
    """Return the arguments of a valid form; what was left empty is not among them."""
    filled = ((field.argument, form.cleaned_data[name]) for name, field in form.fields.items())
    return {argument: value for argument, value in filled if value is not None and value != ""}


def _field(name: str, schema: Mapping, is_required: bool) -> forms.Field:
    told = {
        "label": capfirst(str(schema.get("title") or name.replace("_", " "))[:100]),
        "help_text": _escaped(schema.get("description")),
        "required": is_required,
        "initial": schema.get("default"),
    }
    field = _of_type(schema, told)
    field.argument = name
    return field


def _of_type(schema: Mapping, told: dict) -> forms.Field:
    if isinstance(schema.get("enum"), list):
        return _choice(schema["enum"], told)
    match schema.get("type"):
        case "string":
            return forms.CharField(strip=False, widget=_text_widget(schema), **told)
        case "integer":
            return forms.IntegerField(**told, **_bounds(schema))
        case "number":
            return forms.FloatField(**told, **_bounds(schema), widget=forms.NumberInput(attrs={"step": "any"}))
        case "boolean":
            yes_or_no = [("", "–"), ("true", _("Yes")), ("false", _("No"))]
            told["initial"] = {True: "true", False: "false"}.get(told["initial"])
            return forms.TypedChoiceField(choices=yes_or_no, coerce=lambda v: v == "true", empty_value=None, **told)
        case kind:
            return JsonField(kind=kind if isinstance(kind, str) else "", **told)


def _choice(values: list, told: dict) -> forms.Field:
    """One of the values, which may be of any type: they are told apart by their place."""
    choices = [("", "–")] if not told["required"] or told["initial"] is None else []
    choices += [(str(n), value if isinstance(value, str) else json.dumps(value)) for n, value in enumerate(values)]
    told["initial"] = str(values.index(told["initial"])) if told["initial"] in values else None
    return forms.TypedChoiceField(choices=choices, coerce=lambda n: values[int(n)], empty_value=None, **told)


def _text_widget(schema: Mapping) -> forms.Widget:
    longest = schema.get("maxLength")
    is_long = not schema.get("format") and isinstance(longest, int) and longest > 10 * _LONG
    return forms.Textarea(attrs={"rows": 5}) if is_long else forms.TextInput(attrs={"autocomplete": "off"})


def _bounds(schema: Mapping) -> dict:
    bounds = {"min_value": schema.get("minimum"), "max_value": schema.get("maximum")}
    return {name: value for name, value in bounds.items() if type(value) in (int, float)}


def _escaped(text: object) -> str:
    """A help text is shown as HTML elsewhere; here it comes from anybody."""
    return escape(str(text or "")[:1000])
