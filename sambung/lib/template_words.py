"""Babel's extractor for Django templates: with it, words are collected without GNU gettext. See `babel.cfg`."""

import io
from collections.abc import Iterable, Iterator

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def extract(
    fileobj: io.BufferedIOBase, keywords: Iterable[str], comment_tags: Iterable[str], options: dict
) -> Iterator:
    """Yield `(line, function, messages, comments)` for a template, as Babel asks of an extractor."""
    # Django writes a template's words as Python calls between runs of X; brackets let any indentation pass.
    code = templatize(fileobj.read().decode("utf-8"), origin=getattr(fileobj, "name", None))
    source = io.BytesIO(f"({code}\n)".encode())
    yield from extract_python(source, keywords, comment_tags, options | {"encoding": "utf-8"})
