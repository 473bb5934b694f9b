"""What is read out of presentations that python-pptx and pandoc wrote."""

import io

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from tests import corpus
from tests.lib.files.reading import found


@pytest.fixture
def shown():
    """A presentation with one slide that has a title."""
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "Harvest"
    return made


def read(made):
    file = io.BytesIO()
    made.save(file)
    return found(file.getvalue(), "a.pptx")


def box(shapes, text: str, top: float):
    shapes.add_textbox(Inches(1), Inches(top), Inches(3), Inches(1)).text_frame.text = text


def test_shapes_come_from_top_to_bottom_tables_and_groups_among_them(shown):
    shapes = shown.slides[0].shapes
    box(shapes, "Below", 6)
    table = shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(0, 0).text, table.cell(1, 0).text, table.cell(1, 1).text = "Both", "Gayo", "40"
    box(shapes.add_group_shape().shapes, "In a group", 2)
    assert read(shown).text == (
        "# Slide 1\n\n## Harvest\n\nIn a group\n\n| Both |  |\n| --- | --- |\n| Gayo | 40 |\n\nBelow"
    )


def test_charts_are_tables(shown):
    data = CategoryChartData()
    data.categories = ["May", "June"]
    data.add_series("Exports", (3, 1234567.25))
    data.add_series("Imports", (1, None))
    place = (Inches(1), Inches(2), Inches(5), Inches(3))
    chart = shown.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Tonnes"
    text = read(shown).text
    assert "Chart: Tonnes" in text
    assert "|  | Exports | Imports |\n| --- | --- | --- |\n| May | 3 | 1 |\n| June | 1234567.25 |  |" in text


def test_a_chart_of_an_unknown_kind_says_so(shown):
    data = CategoryChartData()
    data.categories = ["May"]
    data.add_series("Exports", (3,))
    place = (Inches(1), Inches(2), Inches(5), Inches(3))
    chart = shown.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data).chart
    (bars,) = chart._chartSpace.iter("{*}barChart")
    bars.tag = bars.tag.replace("barChart", "surfaceChart")
    assert "[the figures of this chart could not be read]" in read(shown).text


def test_a_shape_of_an_unknown_kind_is_no_matter(shown):
    box(shown.slides[0].shapes, "Inside", 3)
    shape = shown.slides[0].shapes[-1]._element
    shape.nvSpPr.cNvSpPr.attrib.clear()
    shape.spPr.remove(shape.spPr.find("{*}prstGeom"))
    with pytest.raises(NotImplementedError):
        _ = shown.slides[0].shapes[-1].shape_type
    assert read(shown).text.endswith("Inside")


DIAGRAM = (
    '<p:graphicFrame xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<p:nvGraphicFramePr><p:cNvPr id="9" name="Steps"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>'
    '<p:xfrm><a:off x="0" y="900000"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/diagram">'
    '<d:relIds xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:dm="{}"/>'
    "</a:graphicData></a:graphic></p:graphicFrame>"
)
POINTS = b"""<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><d:ptLst><d:pt><d:t><a:p><a:r><a:t>Pick</a:t></a:r></a:p>
</d:t></d:pt><d:pt/><d:pt><d:t><a:p><a:r><a:t>Roast</a:t></a:r></a:p></d:t></d:pt></d:ptLst></d:dataModel>"""


def test_diagrams_are_lists(shown):
    slide = shown.slides[0]
    part = Part(PackURI("/ppt/diagrams/data1.xml"), "application/xml", slide.part.package, POINTS)
    related = slide.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"
    )
    slide.shapes._spTree.append(parse_xml(DIAGRAM.format(related)))
    assert read(shown).of("list") == ["- Pick", "- Roast"]


def test_hidden_slides_are_marked_and_told(shown):
    shown.slides.add_slide(shown.slide_layouts[5])._element.set("show", "0")
    inside = read(shown)
    assert inside.of("slide") == ["# Slide 1", "# Slide 2 (hidden)"]
    assert inside.warnings == {"slides_hidden": {"slides": "2"}}
    assert inside.facts == {"pages": 2}


def test_notes_and_pictures_are_read(shown):
    slide = shown.slides[0]
    slide.notes_slide.notes_text_frame.text = "Say thanks"
    picture = slide.shapes.add_picture(io.BytesIO(corpus.picture()), Inches(1), Inches(3))
    picture._element.nvPicPr.cNvPr.set("descr", "A red square")
    inside = read(shown)
    assert "[picture: A red square]" in inside.text
    assert inside.of("note") == ["Notes: Say thanks"]
    assert {block.slide for block in inside.blocks} == {1}


def test_an_embedded_file_is_told(shown):
    place = (Inches(1), Inches(2), Inches(2), Inches(2))
    shown.slides[0].shapes.add_ole_object(io.BytesIO(corpus.sheet(One=[[1]])), "Excel.Sheet.12", *place)
    assert "objects_unread" in read(shown).warnings
