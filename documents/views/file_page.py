"""The page of a file: what was read of it, a leaf at a time, and what could not be read."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from documents import paging
from documents.knowledge import extraction, seeing
from documents.models import Document


def file_page(request, found: Document, context: dict) -> HttpResponse:
    """A file as it was read, a leaf at a time, with what could not be read of it."""
    read = extraction.of(found)
    leaves = paging.leaves(extraction.blocks_of(read)) if read else []
    page = Paginator(leaves, 1).get_page(request.GET.get("page"))
    leaf = page.object_list[0] if leaves else None
    warnings = extraction.warnings_of(read) if read else []
    is_unseen = seeing.is_wanted(found, warnings)
    context |= {
        "page": page,
        "leaf": leaf,
        "html": paging.html(found, leaf) if leaf else "",
        "warnings": warnings,
        "is_unseen": is_unseen,
        "can_be_seen": is_unseen and bool(seeing.models(request.workspace)),
    }
    return render(request, "documents/file.html", context)
