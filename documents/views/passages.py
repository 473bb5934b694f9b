"""A passage that a citation names: its document, at that place, with the passage marked."""

from django import forms
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from documents import paging
from documents.knowledge import anchors, extraction
from documents.models import Document
from teams import access
from teams.workspace import Workspace

_MOST = 2**31 - 1


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
        "leaf": leaf,
        "number": number,
        "html": paging.html(found, leaf, *span) if leaf else "",
        "located": located,
        "quote": anchor.get("quote", ""),
        "to": _page(request, found, number),
    }
    return render(request, "documents/passage.html", context)


def _page(request, document: Document, number: int) -> str:
    """The page of the whole document, for those in whose workspace it lies."""
    if not access.rows(request.user, Document.objects.filter(pk=document.pk), access.WRITE).exists():
        return ""
    page = Workspace(request.user, document.team).url("document", document.pk)
    return f"{page}?page={number}" if document.is_file else page
