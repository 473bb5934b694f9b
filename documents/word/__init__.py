"""Texts as files of Word (`.docx`): Markdown's own events, written as the parts of such a file."""

from documents.word.package import MIME_TYPE, written
from documents.word.pictures import Picture

__all__ = ["MIME_TYPE", "Picture", "written"]
