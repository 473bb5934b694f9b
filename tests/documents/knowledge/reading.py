"""What became of a document that the job has read."""

from documents.models import Document, DocumentChunk


def passages(document: Document) -> list[str]:
    """The texts that it is found by, in their order."""
    rows = DocumentChunk.objects.filter(document=document).order_by("position")
    return list(rows.values_list("text__text", flat=True))


def state(document: Document) -> tuple[str, str]:
    """Its status, and the code of why it is not found, "" where it is."""
    return document.status, document.problem.code if document.problem else ""
