#!/usr/bin/env bash
# python-pptx 1.0.2: asking a shape what it is raises, where the shape has no geometry of its own.
#
# The schema of PresentationML lets a p:sp go without geometry (EG_Geometry is optional in spPr). Its text is read all
# right, but `shape_type`, which every walker over groups and pictures asks first, raises NotImplementedError
# instead of giving None, as it does for other kinds that it does not name. One such shape ends the reading of a whole
# presentation; ask by isinstance, or by the attributes that a walker needs.
#
# Seen: Hello / Shape instance of unrecognized shape type
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet python-pptx==1.0.2
"$folder/env/bin/python" - <<'PY'
import io

from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches

presentation = Presentation()
slide = presentation.slides.add_slide(presentation.slide_layouts[6])
box = slide.shapes.add_textbox(0, 0, Inches(1), Inches(1))
box.text_frame.text = "Hello"
box._element.find(f".//{qn('p:cNvSpPr')}").attrib.pop("txBox")
box._element.spPr.remove(box._element.spPr.find(qn("a:prstGeom")))
file = io.BytesIO()
presentation.save(file)

(shape,) = Presentation(file).slides[0].shapes
print(shape.text_frame.text)
assert shape.text_frame.text == "Hello"
try:
    told = shape.shape_type
except NotImplementedError as error:
    print(error)
else:
    raise SystemExit(f"it is told now: {told}")
PY
