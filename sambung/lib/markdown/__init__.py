"""Markdown to safe HTML: the only renderer, for what people and models write.

`render` gives a finished text, `Stream` one that grows, `typed` what a person typed, as it was typed; `nested` a text
that is to stand in a longer one. The HTML
holds no words of the interface, loads nothing by itself, and is the same for every viewer. Its classes are
listed in clean.py.
"""

from sambung.lib.markdown.links import with_ends, with_pictures
from sambung.lib.markdown.nested import nested
from sambung.lib.markdown.render import render
from sambung.lib.markdown.stream import Stream
from sambung.lib.markdown.typed import typed

# Raised whenever the output changes, so that stored HTML can be rendered again.
VERSION = 4

__all__ = ["VERSION", "Stream", "nested", "render", "typed", "with_ends", "with_pictures"]
