"""What lies over the cells of a workbook's sheet: text boxes, and charts with the figures that the file keeps."""

from collections.abc import Iterator

from lxml import etree

from sambung.lib.files.blocks import Block, table
from sambung.lib.files.readers.archives import Archive

_POINTS = 10_000  # of a chart's series, that are told


def drawings(archive: Archive, part: str, sheet: str) -> Iterator[Block]:
    """The paragraphs of text boxes and the tables of charts on the sheet that this part is."""
    for name in archive.related(part, "drawing"):
        for box in archive.xml(name).iter("{*}txBody"):
            for paragraph in box.iter("{*}p"):
                if text := _said(paragraph):
                    yield Block("paragraph", text, sheet=sheet)
        for chart in archive.related(name, "chart"):
            yield from _chart(archive.xml(chart), sheet)


def _said(element: etree._Element) -> str:
    return "".join(run.text or "" for run in element.iter("{*}t")).strip()


def _chart(chart: etree._Element, sheet: str) -> Iterator[Block]:
    """The chart as a table: its categories, and a column a series."""
    title = next((_said(found) for found in chart.iter("{*}title")), "")
    yield Block("paragraph", f"Chart: {title}" if title else "Chart", sheet=sheet)
    series = list(chart.iter("{*}ser"))
    names = [one.findtext("{*}tx//{*}v", "") for one in series]  # stored as a text, or as what a cell said
    categories = next((found for one in series if (found := _points(one, "cat", "xVal"))), {})
    columns = [_points(one, "val", "yVal") for one in series]
    if places := sorted({at for column in columns for at in column}):
        rows = [[categories.get(at, ""), *(column.get(at, "") for column in columns)] for at in places]
        yield table([["", *names], *rows], sheet=sheet)


def _points(series: etree._Element, *kinds: str) -> dict[int, str]:
    """The stored values of a part of a series: place -> text."""
    found = next((one for kind in kinds for one in series.findall(f"{{*}}{kind}")), None)
    if found is None:
        return {}
    points = [one for one in found.iter("{*}pt") if one.get("idx", "").isdecimal()]
    return {int(one.get("idx")): one.findtext("{*}v", "") for one in points[:_POINTS]}
