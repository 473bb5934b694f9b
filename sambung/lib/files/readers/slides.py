"""Presentations of PowerPoint (`.pptx`): what stands on each slide, from top to bottom, with charts and notes."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain

import pptx
from lxml import etree
from pptx.enum.shapes import MSO_SHAPE_TYPE as TYPES
from pptx.shapes.base import BaseShape
from pptx.slide import Slide

from sambung.lib.files.blocks import Block, Piece, ReadWarning, Told, closed, heading, item, table
from sambung.lib.files.readers import File
from sambung.lib.files.readers.archives import Archive, parser

_BAND = 360_000  # a centimetre in EMU: shapes whose tops are nearer stand beside one another
_OBJECTS = {TYPES.EMBEDDED_OLE_OBJECT, TYPES.LINKED_OLE_OBJECT}
_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"  # of a diagram: its words
_DEPTH = 20  # of groups in groups


def read(file: File) -> Iterator[Piece]:
    """A block `slide` for each slide, then its title, texts, tables, charts and notes."""
    Archive(file.data)  # refuses what unpacks to too much
    slides = pptx.Presentation(io.BytesIO(file.data)).slides
    yield Told({"pages": len(slides)})
    yield from closed(chain.from_iterable(_slide(slide, n) for n, slide in enumerate(slides, start=1)))
    if hidden := [n for n, slide in enumerate(slides, start=1) if _is_hidden(slide)]:
        yield ReadWarning("slides_hidden", {"slides": ", ".join(map(str, hidden))})
    if any(_type(shape) in _OBJECTS for slide in slides for shape in _shapes(slide.shapes)):
        yield ReadWarning("objects_unread")


def _is_hidden(slide: Slide) -> bool:
    return slide._element.get("show") in {"0", "false"}


def _slide(slide: Slide, n: int) -> Iterator[Block]:
    yield Block("slide", f"# Slide {n}{' (hidden)' if _is_hidden(slide) else ''}", 1, slide=n)
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        yield heading(title.text_frame.text, 2, slide=n)
    for shape in _shapes(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, n)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        yield Block("note", f"Notes: {notes.text.strip()}", slide=n)


def _shapes(shapes: Iterable[BaseShape], depth: int = 0) -> Iterator[BaseShape]:
    """The shapes as one reads them, those of groups in their place."""
    for shape in sorted(shapes, key=lambda one: ((one.top or 0) // _BAND, one.left or 0)):
        if _type(shape) == TYPES.GROUP and depth < _DEPTH:
            yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _shape(shape: BaseShape, n: int) -> Iterator[Block]:
    if shape.has_text_frame:
        yield from _paragraphs(shape.text_frame, n)
    elif getattr(shape, "has_table", False) and shape.has_table:
        yield table([["" if cell.is_spanned else cell.text for cell in row.cells] for row in shape.table.rows], slide=n)
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        yield from _chart(shape.chart, n)
    elif (diagram := next(shape._element.iter("{*}relIds"), None)) is not None:
        data = shape.part.related_part(diagram.get(_DATA)).blob
        for point in etree.fromstring(data, parser()).iter("{*}pt"):
            if text := "".join(run.text or "" for run in point.iter("{*}t")).strip():
                yield item(text, slide=n)
    elif _type(shape) == TYPES.PICTURE:
        said = " ".join((shape._element.nvPicPr.cNvPr.get("descr") or "").split())
        yield Block("paragraph", f"[picture: {said}]" if said else "[picture]", slide=n)


def _paragraphs(frame, n: int) -> Iterator[Block]:
    """Lines of a text; where there are several, as items of a list."""
    said = [(one.text.replace("\v", "\n").strip(), one.level) for one in frame.paragraphs]
    said = [(text, level) for text, level in said if text]
    for text, level in said:
        yield item(text, level, slide=n) if len(said) > 1 else Block("paragraph", text, slide=n)


def _type(shape: BaseShape) -> int | None:
    """The kind of a shape, None for one that the library does not know."""
    try:
        return shape.shape_type
    except NotImplementedError:
        return None


def _chart(chart, n: int) -> Iterator[Block]:
    """The chart as a table: its categories, and a column a series."""
    title = chart.chart_title.text_frame.text if chart.has_title and chart.chart_title.has_text_frame else ""
    yield Block("paragraph", f"Chart: {title}" if title else "Chart", slide=n)
    try:
        tables = [_figures(plot) for plot in chart.plots]
    except (ValueError, KeyError, AttributeError, NotImplementedError):  # kinds that the library does not know
        yield Block("paragraph", "[the figures of this chart could not be read]", slide=n)
        return
    for rows in tables:
        yield table(rows, slide=n)


def _figures(plot) -> list[list[str]]:
    columns = [list(series.values) for series in plot.series]
    named = [str(category) for category in plot.categories]
    rows = [["", *(series.name or "" for series in plot.series)]]
    for at in range(max(map(len, columns), default=0)):
        values = ("" if at >= len(column) or column[at] is None else f"{column[at]:.15g}" for column in columns)
        rows.append([named[at] if at < len(named) else "", *values])
    return rows
