"""The form of a run's input: made of a schema as the input node, or an approval, has it (JSON Schema, an object)."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.tools.forms import JsonField
from sambung.lib import jsonb
from workflows.nodes import schemas

PREFIX = "in"  # before the names of fields: a schema may call its own as the page calls others
LONGEST = 1_000_000  # characters of a text that states no length of its own
LARGEST = 2**53 - 1  # of whole numbers: what every reader of JSON keeps exactly
MOST_FILES = 20

#: Stores a file that came with a form; gives the value by which a run names it.
Keep = Callable[[UploadedFile], dict]


class JsonValue(JsonField):
    """JSON as text, of one type or of any, that can be stored as it was typed."""

    def to_python(self, value):
        found = super().to_python(value)
        if jsonb.clean_json(found) != found:
            raise forms.ValidationError(_("This holds a number or a text that cannot be kept, or is too deep."))
        return found


class NumberField(forms.FloatField):
    """A number; one that is typed without a point is a whole one."""

    widget = forms.NumberInput(attrs={"step": "any"})

    def to_python(self, value):
        found = super().to_python(value)
        is_whole = found is not None and found.is_integer() and abs(found) <= LARGEST and "." not in str(value)
        return int(found) if is_whole else found


class LinesField(forms.CharField):
    """A list of texts or numbers, each on a line of its own."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *args, item: forms.Field, min_items: int = 0, max_items: int | None = None, **kwargs):
        super().__init__(*args, strip=False, max_length=LONGEST, **kwargs)
        self.item, self.min_items, self.max_items = item, min_items, max_items

    def to_python(self, value) -> list:
        lines = [line for line in super().to_python(value).splitlines() if line.strip()]
        return [self._read(n, line) for n, line in enumerate(lines, 1)]

    def _read(self, n: int, line: str):
        try:
            return self.item.clean(line)
        except forms.ValidationError as error:
            told = {"n": n, "told": " ".join(error.messages)}
            raise forms.ValidationError(_("Line %(n)s: %(told)s"), params=told) from None

    def validate(self, value: list) -> None:
        forms.Field.validate(self, value)
        if value and len(value) < self.min_items:
            raise forms.ValidationError(_("Give %(least)s at least."), params={"least": self.min_items})
        if self.max_items is not None and len(value) > self.max_items:
            raise forms.ValidationError(_("Give %(most)s at most."), params={"most": self.max_items})

    def run_validators(self, value) -> None:
        """The lines have been asked one by one."""

    def prepare_value(self, value):
        return "\n".join(map(str, value)) if isinstance(value, list) else value


class OneFileField(forms.FileField):
    """A file, as large as the instance takes them."""

    widget = forms.FileInput

    def clean(self, data, initial=None) -> UploadedFile | dict | None:
        found = super().clean(data, initial)  # what was there stays where nothing else is given
        if isinstance(found, UploadedFile) and found.size > settings.ATTACHMENT_MAX_BYTES:
            told = {"name": found.name, "most": filesizeformat(settings.ATTACHMENT_MAX_BYTES)}
            raise forms.ValidationError(gettext("“%(name)s” is larger than %(most)s.") % told)
        return found


class _Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(OneFileField):
    """Files, as many as may be given at once."""

    widget = _Files

    def clean(self, data, initial=None) -> list[UploadedFile | dict]:
        given = [one for one in (data or []) if one] if isinstance(data, list | tuple) else ([data] if data else [])
        if not given and isinstance(initial, list):
            return initial
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Give %(most)s at most."), params={"most": MOST_FILES})
        return [super(FilesField, self).clean(one) for one in given]


class InputForm(forms.Form):
    """What all forms of schemas do: what their fields do not ask of a value, its schema does."""

    def clean(self) -> dict:
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "", []) or isinstance(field, forms.FileField):
                continue
            if problem := schemas.misfit(field.schema, value):
                self.add_error(name, _misfit(field.schema, problem))
        return self.cleaned_data


def _misfit(schema: Mapping, problem: str) -> str:
    place = problem.partition(": ")[0].removeprefix("$")
    if place:
        return _("What stands at %(place)s does not fit.") % {"place": place}
    if "pattern" in schema:
        return _("This does not follow the pattern %(pattern)s.") % {"pattern": schema["pattern"]}
    return _("This does not fit what is asked for.")


def form_for(schema: Mapping, *, initial: Mapping | None = None) -> type[forms.Form]:
    """Return a form with a field for each property of the schema, in the order that people see.

    `initial` are values to begin with, by name; the schema's defaults stand in for those that are not there. What is
    typed is held to the schema at its field.
    """
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    required = schema.get("required") or ()
    fields = {}
    for n, name in enumerate(_in_order(schema, properties)):
        one = properties[name] if isinstance(properties[name], Mapping) else {}
        begun = initial[name] if initial is not None and name in initial else one.get("default")
        fields[f"{PREFIX}_{n}"] = _field(name, one, name in required, begun)
    return type("InputForm", (InputForm,), fields)


def values(form: forms.Form, *, keep: Keep | None = None) -> dict:
    """Return what a valid form holds, by the schema's names; what was left empty is not among it.

    `keep` stores files, of forms that ask for any.
    """
    found = {}
    for name, field in form.fields.items():
        value = form.cleaned_data[name]
        if isinstance(field, FilesField):
            value = [keep(one) if isinstance(one, UploadedFile) else one for one in value]
        elif isinstance(value, UploadedFile):
            value = keep(value)
        if value is not None and value not in ("", []):
            found[field.argument] = value
    return found


def has_files(form: forms.Form) -> bool:
    """Whether the form asks for files."""
    return any(isinstance(field, forms.FileField) for field in form.fields.values())


def _in_order(schema: Mapping, properties: Mapping) -> list[str]:
    """The names as `order` has them; what it does not name stands behind."""
    order = schema.get("order")
    named = [name for name in order if name in properties] if isinstance(order, list) else []
    return list(dict.fromkeys([*named, *properties]))


def _field(name: str, schema: Mapping, is_required: bool, begun: Any) -> forms.Field:
    told = {
        "label": capfirst(str(schema.get("title") or name.replace("_", " "))[:100]),
        "help_text": escape(str(schema.get("description") or "")[:1000]),
        "required": is_required,
    }
    field = _of_type(schema, told)
    field.initial = begun
    if isinstance(field, forms.FileField) and (names := _names_of(begun)):
        kept = gettext("%(names)s stays unless you choose something else.") % {"names": names}
        field.help_text = " ".join(filter(None, (field.help_text, escape(kept))))
    if isinstance(field, LinesField) and _is_split_by_lines(begun):
        field = JsonValue(kind="array", initial=begun, **told)
    field.argument, field.schema = name, {} if any(schemas.faults(schema, "")) else schema
    return field


def _names_of(begun: Any) -> str:
    """What the files are called that a field begins with."""
    given = begun if isinstance(begun, list) else [begun]
    return ", ".join(f"“{one.get('name') or '–'}”" for one in given if isinstance(one, Mapping))


def _is_split_by_lines(begun: Any) -> bool:
    """Whether a text of the list stands on several lines, or on an empty one: then a line is no item."""
    return isinstance(begun, list) and any(
        not str(one).strip() or len(str(one).splitlines()) > 1 for one in begun if one is not None
    )


def _of_type(schema: Mapping, told: dict) -> forms.Field:
    if isinstance(schema.get("enum"), list):
        return _choice(schema["enum"], told)
    match schema.get("type"):
        case "string":
            return _text(schema, told)
        case "integer" | "number" as kind:
            return _number(kind, schema, told)
        case "boolean":
            return forms.BooleanField(**told | {"required": False})
        case "array":
            return _list(schema, told)
        case "object":
            return JsonValue(kind="object", **told)
        case _:
            return JsonValue(**told)


def _text(schema: Mapping, told: dict) -> forms.Field:
    bounds = {"min_length": _whole(schema, "minLength"), "max_length": _whole(schema, "maxLength") or LONGEST}
    match schema.get("format"):
        case "file":
            return OneFileField(**told)
        case "date":
            return _Date(**told)
        case "multiline":
            return forms.CharField(strip=False, widget=forms.Textarea(attrs={"rows": 5}), **told, **bounds)
        case _:
            return forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off"}), **told, **bounds)


class _Date(forms.DateField):
    """A day, given as in ISO 8601."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value) -> str:
        found = super().clean(value)
        return found.isoformat() if found else ""


def _number(kind: str, schema: Mapping, told: dict) -> forms.Field:
    low, high = schema.get("minimum"), schema.get("maximum")
    low, high = (value if type(value) in (int, float) else None for value in (low, high))
    if kind == "number":
        return NumberField(min_value=low, max_value=high, **told)
    low = -LARGEST if low is None else low
    return forms.IntegerField(min_value=low, max_value=LARGEST if high is None else high, **told)


def _list(schema: Mapping, told: dict) -> forms.Field:
    items = schema.get("items") if isinstance(schema.get("items"), Mapping) else {}
    if isinstance(items.get("enum"), list):
        return _choices(items["enum"], told)
    if items.get("type") == "string" and items.get("format") == "file":
        return FilesField(**told)
    if items.get("type") not in ("string", "number", "integer"):
        return JsonValue(kind="array", **told)
    bounds = {"min_items": _whole(schema, "minItems") or 0, "max_items": _whole(schema, "maxItems")}
    item = _of_type(items | {"format": items.get("format", "")}, {"required": True})
    told["help_text"] = told["help_text"] or _("Each on a line of its own.")
    return LinesField(item=item, **bounds, **told)


def _choice(offered: list, told: dict) -> forms.Field:
    """One of the values, which may be of any type: they are told apart by their place."""
    return _OneOf(offered, choices=[("", "–"), *_labels(offered)], **told)


def _choices(offered: list, told: dict) -> forms.Field:
    return _SomeOf(offered, choices=_labels(offered), widget=forms.CheckboxSelectMultiple, **told)


def _labels(offered: Iterable) -> list[tuple[str, str]]:
    return [
        (str(n), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for n, value in enumerate(offered)
    ]


class _Offering:
    """A field of choices whose values are those of a schema, and whose texts are their places."""

    def __init__(self, offered: list, **kwargs):
        super().__init__(coerce=lambda n: offered[int(n)], empty_value=self.nothing, **kwargs)
        self.offered = offered

    def place(self, value) -> str | None:
        """What stands for a value; a text that was posted is a place already."""
        return str(self.offered.index(value)) if value in self.offered else None


class _OneOf(_Offering, forms.TypedChoiceField):
    nothing = None

    def get_bound_field(self, form, field_name):
        bound = super().get_bound_field(form, field_name)
        if not form.is_bound:
            bound.initial = self.place(bound.initial)
        return bound


class _SomeOf(_Offering, forms.TypedMultipleChoiceField):
    nothing: list = []

    def get_bound_field(self, form, field_name):
        bound = super().get_bound_field(form, field_name)
        if not form.is_bound:
            given = bound.initial if isinstance(bound.initial, list) else []
            bound.initial = [self.place(value) for value in given if value in self.offered]
        return bound


def _whole(schema: Mapping, name: str) -> int | None:
    value = schema.get(name)
    return value if type(value) is int and value >= 0 else None
