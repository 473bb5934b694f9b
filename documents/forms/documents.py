"""The forms of documents and of their versions."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from documents import passages
from documents.languages import LANGUAGES
from documents.models import CONTENT_LENGTH, Document, DocumentVersion, Kind

_LANGUAGES = (("", _("Another one")), *((name, language.label) for name, language in LANGUAGES.items()))


class LongText(forms.CharField):
    """A text as it was typed, with the line ends that are stored."""

    def __init__(self, **kwargs):
        super().__init__(required=False, strip=False, max_length=CONTENT_LENGTH, **kwargs)

    def to_python(self, value) -> str:
        return passages.with_line_feeds(super().to_python(value))


class DocumentForm(forms.Form):
    """A document as it is written. `base` is the version that the form was made of, `seen` its title then."""

    base = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Untitled")}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=_LANGUAGES)
    content = LongText(label=_("Text"), widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        text, area = self.fields["content"], self.fields["content"].widget.attrs
        if kind == Kind.TEXT:
            text.help_text = _("Markdown: # for a heading, - for a list, **bold**, | for tables.")
        else:
            area |= {"spellcheck": "false", "autocapitalize": "off", "autocorrect": "off", "wrap": "off"}
        area["data-editor"] = kind
        if kind == Kind.SHEET:
            text.label = _("Sheet")
            text.help_text = _("CSV: a line for each row, commas between the cells. The first row names the columns.")
        if kind != Kind.CODE:
            del self.fields["language"]
        area["class"] = f"document-source document-source-{kind}"

    @classmethod
    def of(cls, document: Document, content: str | None = None) -> "DocumentForm":
        """The form that shows a document as it is, or another text of it."""
        return cls(
            kind=document.kind,
            initial={
                "base": document.current_version.number,
                "seen": document.title,
                "title": document.title,
                "language": document.language,
                "content": document.content if content is None else content,
            },
        )

    def facts(self, document: Document) -> dict[str, str]:
        """What was changed beside the text: a title that somebody else gave meanwhile stays where this one is old."""
        given, found = self.cleaned_data, {}
        if given["title"] != given["seen"]:
            found["title"] = given["title"]
        if given.get("language", document.language) != document.language:
            found["language"] = given["language"]
        return found


class NewDocumentForm(DocumentForm):
    """A new document, and the folder that it lies in."""

    folder = forms.UUIDField(required=False, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """Code as it stands in a form, to be tried."""

    language = forms.ChoiceField(required=False, choices=_LANGUAGES)
    content = LongText()


class TitleForm(forms.Form):
    """The title of a document."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ReviewForm(forms.Form):
    """What becomes of a model's change: of a place of a version, of all of it, or, without a version, of all."""

    act = forms.ChoiceField(choices=(("keep", "keep"), ("undo", "undo")))
    version = forms.UUIDField(required=False)
    place = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class LabelForm(forms.Form):
    """The name of a version."""

    label = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A version with a name always stays. Leave it empty to take the name away."),
    )


class CompareForm(forms.Form):
    """Two versions of a document."""

    old = forms.ModelChoiceField(label=_("From"), queryset=None, empty_label=None)
    new = forms.ModelChoiceField(label=_("To"), queryset=None, empty_label=None)

    def __init__(self, *args, versions: QuerySet[DocumentVersion], **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = versions
