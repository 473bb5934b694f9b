"""A passage that a citation names: its document, at that place, with the passage marked."""

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from documents import files, paging
from documents.knowledge import anchors, extraction
from documents.models import Document, DocumentExtraction, Kind
from sambung.lib.files import drawing
from sambung.lib.files.blocks import Block
from teams import access
from teams.workspace import Workspace

_MOST = 2**31 - 1
PDF, SIDE, MOST_IMAGES = "application/pdf", 1600, 2  # pixels; pages that a passage is shown on


class SpanForm(forms.Form):
    """A place in the characters of a text."""

    start = forms.IntegerField(min_value=0, max_value=_MOST)
    end = forms.IntegerField(min_value=0, max_value=_MOST)


class AnchorForm(forms.Form):
    """A place in a document, as its address carries it."""

    version = forms.IntegerField(required=False, min_value=0, max_value=_MOST)
    sha256 = forms.CharField(required=False, max_length=64)
    start = forms.IntegerField(min_value=0, max_value=_MOST)
    end = forms.IntegerField(min_value=0, max_value=_MOST)
    quote = forms.CharField(required=False, max_length=2 * anchors.QUOTE, strip=False)


@never_cache
@require_GET
def document_passage(request, document_id):
    """Show a passage to whoever may read its document now, wherever that lies."""
    rows = Document.objects.select_related("team", "user", "folder")
    found = access.get(request.user, rows, pk=document_id)
    form = AnchorForm(request.GET)
    if not form.is_valid():
        raise Http404("There is no such passage.")
    anchor = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    read = extraction.of(found)
    blocks = extraction.blocks_of(read) if read else []
    located = anchors.locate(read, blocks, anchor) if read else None
    leaves = paging.leaves(blocks)
    number = paging.at(leaves, located.start) if located else 1
    leaf = leaves[number - 1] if leaves else None
    span = (located.start, located.end) if located else (0, 0)
    context = {
        "document": found,
        "images": _images(request, found, read, blocks, span),
        "leaf": leaf,
        "number": number,
        "html": paging.html(found, leaf, *span) if leaf else "",
        "located": located,
        "quote": anchor.get("quote", ""),
        "to": _page(request, found, number),
    }
    return render(request, "documents/passage.html", context)


@never_cache
@require_GET
def document_page_image(request, document_id, number: int):
    """A page of a PDF as a picture, with what stands between two places of its text marked; for whoever may read it."""
    rows = Document.objects.filter(kind=Kind.FILE, mime_type=PDF)
    found = access.get(request.user, rows, pk=document_id)
    form = SpanForm(request.GET)
    if not form.is_valid():
        raise Http404("There is no such place.")
    read = extraction.of(found)
    blocks = extraction.blocks_of(read) if read else []
    marked = paging.between(blocks, form.cleaned_data["start"], form.cleaned_data["end"]).get(number, "")
    try:
        drawn = drawing.page(files.content(found), number, side=SIDE, marked=marked)
    except (drawing.NoPage, FileNotFoundError):
        raise Http404("It cannot be drawn.") from None
    headers = {"Cache-Control": "private, no-store", "Content-Security-Policy": settings.FILE_POLICY}
    return HttpResponse(drawn.image, content_type="image/jpeg", headers=headers)


def _images(request, document: Document, read: DocumentExtraction | None, blocks: list[Block], span: tuple) -> list:
    """The pages of a PDF on which a passage stands: number and address of each picture."""
    if read is None or document.mime_type != PDF or not span[1]:
        return []
    if any(warning["code"] == "document_unlocked" for warning in read.warnings):
        return []  # without its password nobody draws it
    about = urlencode({"start": span[0], "end": span[1]})
    numbers = sorted(paging.between(blocks, *span))[:MOST_IMAGES]
    return [(n, f"{request.workspace.url('document_page_image', document.pk, n)}?{about}") for n in numbers]


def _page(request, document: Document, number: int) -> str:
    """The page of the whole document, for those in whose workspace it lies."""
    if not access.rows(request.user, Document.objects.filter(pk=document.pk), access.WRITE).exists():
        return ""
    page = Workspace(request.user, document.team).url("document", document.pk)
    return f"{page}?page={number}" if document.is_file else page
