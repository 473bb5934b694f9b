"""Pictures in a file of Word: their bytes, their sizes on the page, and the words for those who cannot see them."""

import io
from dataclasses import dataclass, field

from PIL import Image

from documents.word.xml import escaped

_WIDEST, _HIGHEST = 5_760_000, 7_200_000  # on the page, in 914,400ths of an inch
_PIXEL = 9_525  # the same of one pixel
_KNOWN = {"image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif"}
_KIND = "http://schemas.openxmlformats.org/drawingml/2006/picture"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the text's owner."""

    data: bytes
    mime_type: str


@dataclass(slots=True)
class Pictures:
    """Those of one file: `members` are (name in the file, bytes)."""

    members: list[tuple[str, bytes]] = field(default_factory=list)

    def drawn(self, picture: Picture, alt: str) -> str:
        """Put a picture into the file; return the run that shows it. One that cannot be read is its words."""
        try:
            with Image.open(io.BytesIO(picture.data)) as image:
                width, height = image.size
                data, ending = _as_word_reads(image, picture)
        except Exception:  # what a broken picture raises is not documented
            return f'<w:r><w:t xml:space="preserve">{escaped(alt)}</w:t></w:r>'
        number = len(self.members) + 1
        self.members.append((f"media/picture{number}.{ending}", data))
        scale = min(1, _WIDEST / (width * _PIXEL), _HIGHEST / (height * _PIXEL))
        return _run(number, int(width * _PIXEL * scale), int(height * _PIXEL * scale), escaped(alt))


def _as_word_reads(image: Image.Image, picture: Picture) -> tuple[bytes, str]:
    """The bytes as they are; of a kind that Word does not know, drawn anew."""
    if ending := _KNOWN.get(picture.mime_type):
        return picture.data, ending
    held = io.BytesIO()
    image.convert("RGBA").save(held, "PNG")
    return held.getvalue(), "png"


def _run(number: int, width: int, height: int, alt: str) -> str:
    size = f'cx="{width}" cy="{height}"'
    named = f'id="{number}" name="Picture {number}" descr="{alt}"'
    fill = f'<pic:blipFill><a:blip r:embed="picture{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    frame = f'<a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    about = f"<pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr>"
    shown = f"<pic:pic>{about}{fill}<pic:spPr>{frame}</pic:spPr></pic:pic>"
    graphic = f'<a:graphic><a:graphicData uri="{_KIND}">{shown}</a:graphicData></a:graphic>'
    inside = f"<wp:extent {size}/><wp:docPr {named}/>{graphic}"
    return f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">{inside}</wp:inline></w:drawing></w:r>'
