"""Markdown to safe HTML: the only renderer, for what people and models write.

`render` gives a finished text, `Stream` one that grows. The HTML holds no words of the interface,
loads nothing by itself, and is the same for every viewer. Its classes are listed in clean.py.
"""

from sambung.lib.markdown.links import with_ends
from sambung.lib.markdown.render import render
from sambung.lib.markdown.stream import Stream

# Raised whenever the output changes, so that stored HTML can be rendered again.
VERSION = 3

__all__ = ["VERSION", "Stream", "render", "with_ends"]
