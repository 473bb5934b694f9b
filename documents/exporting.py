"""Documents as files."""

from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents import pictures, showing, word
from documents.languages import LANGUAGES
from documents.models import WRITTEN, Document, Kind
from sambung.lib import markdown
from sambung.lib.names import safe
from sambung.lib.styles import standalone


@dataclass(frozen=True, slots=True)
class Form:
    """One form: what it is called, how its files end, of which kinds they are made, and how."""

    label: str | Promise
    ending: str
    mime_type: str
    kinds: tuple[str, ...]
    write: Callable[[Document], str | bytes]


def _source(document: Document) -> str:
    return document.content


def _markdown(document: Document) -> str:
    if document.kind == Kind.CODE:
        return showing.fenced(document.language, document.content)
    return pictures.by_name(document, document.content)


def _html(document: Document) -> str:
    """One page that needs nothing else, loads nothing and runs nothing."""
    inside = pictures.inside(document, document.content)
    shown = showing.html(document.kind, document.language, document.content, document.pk, inside)
    context = {"document": document, "html": markdown.with_ends(shown), "style": standalone("text", "code")}
    return render_to_string("documents/export.html", context | {"at": timezone.localtime(document.updated_at)})


def _word(document: Document) -> bytes:
    kept = pictures.kept(document, document.content)
    drawn = {pk: word.Picture(data, mime_type) for pk, (data, mime_type) in kept.items()}
    return word.written(document.content, str(document), document.updated_at, drawn.get)


FORMS = {
    "csv": Form("CSV", "csv", "text/csv; charset=utf-8", (Kind.SHEET,), _source),
    "markdown": Form("Markdown", "md", "text/markdown; charset=utf-8", (Kind.TEXT, Kind.CODE), _markdown),
    "html": Form("HTML", "html", "text/html; charset=utf-8", WRITTEN, _html),
    "word": Form(_("Word"), "docx", word.MIME_TYPE, (Kind.TEXT,), _word),
    "plain": Form(_("Plain text"), "txt", "text/plain; charset=utf-8", (Kind.TEXT, Kind.CODE), _source),
}


def offered(kind: str) -> dict[str, Form]:
    """The forms that a kind of document can be had in, by name."""
    return {name: form for name, form in FORMS.items() if kind in form.kinds}


def file_name(document: Document, name: str) -> str:
    """What the file is called; code as its language has it."""
    ending = FORMS[name].ending
    if name == "plain" and document.kind == Kind.CODE:
        ending = LANGUAGES[document.language].ending if document.language in LANGUAGES else ending
    return f"{safe(document.title, 'document')}.{ending}"
