"""The parts of a file of Word, put together."""

import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime

from documents.word import styles
from documents.word.body import Body
from documents.word.pictures import Picture
from documents.word.xml import escaped
from sambung.lib.markdown.formulas import hold
from sambung.lib.markdown.text import normalise
from sambung.lib.markdown.writer import MAX_EVENTS

MIME_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = ("document.main", "styles", "numbering", "footnotes", "settings")
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/>'
    "</w:sectPr>"
)
_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)
_SETTINGS = (
    '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr><w:compat><w:compatSetting'
    ' w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
)
_NOTE_MARK = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'


def written(text: str, title: str, at: datetime, picture: Callable[[str], Picture | None] = lambda pk: None) -> bytes:
    """Return a text in Markdown as a file of Word under its title, changed `at`.

    `picture` gives the text's own pictures by their ids; nothing else is read or fetched.
    """
    body = Body(hold(normalise(text), limit=MAX_EVENTS), picture)
    inside = body.write()
    is_told = text.lstrip().startswith(f"# {title}\n")
    named = f'<w:r><w:t xml:space="preserve">{escaped(title)}</w:t></w:r>'
    head = "" if is_told else f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>{named}</w:p>'
    members = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(
            [("document", f"{_OFFICE}/relationships/officeDocument", "word/document.xml"), _core_relation()]
        ),
        "docProps/core.xml": _core(title, at),
        "word/document.xml": styles.root("document", f"<w:body>{head}{inside}{_PAGE}</w:body>"),
        "word/_rels/document.xml.rels": _relations([*_own_relations(), *_of_body(body)], body.targets),
        "word/styles.xml": styles.styles(),
        "word/numbering.xml": styles.numbering(body.lists),
        "word/footnotes.xml": styles.root("footnotes", _SEPARATORS + _notes(body.notes)),
        "word/_rels/footnotes.xml.rels": _relations(_of_body(body), body.targets),
        "word/settings.xml": styles.root("settings", _SETTINGS),
    }
    return _packed([*members.items(), *((f"word/{name}", data) for name, data in body.pictures.members)])


def _packed(members: Iterable[tuple[str, str | bytes]]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()


def _types() -> str:
    kinds = {"rels": "application/vnd.openxmlformats-package.relationships+xml"}
    kinds |= {"xml": "application/xml", "png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif"}
    usual = "".join(f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in kinds.items())
    named = "".join(
        f'<Override PartName="/word/{part.partition(".")[0]}.xml" ContentType="{_WORD}.{part}+xml"/>' for part in _PARTS
    )
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    named += f'<Override PartName="/docProps/core.xml" ContentType="{core}"/>'
    return f'{styles.HEAD}<Types xmlns="{_PACKAGE}/content-types">{usual}{named}</Types>'


def _relations(inside: Iterable[tuple[str, str, str]], targets: Iterable[str] = ()) -> str:
    made = "".join(f'<Relationship Id="{pk}" Type="{kind}" Target="{target}"/>' for pk, kind, target in inside)
    kind = f"{_OFFICE}/relationships/hyperlink"
    made += "".join(
        f'<Relationship Id="link{n}" Type="{kind}" Target="{escaped(target)}" TargetMode="External"/>'
        for n, target in enumerate(targets, start=1)
    )
    return f'{styles.HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def _core_relation() -> tuple[str, str, str]:
    return ("core", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")


def _own_relations() -> list[tuple[str, str, str]]:
    names = ("styles", "numbering", "footnotes", "settings")
    return [(name, f"{_OFFICE}/relationships/{name}", f"{name}.xml") for name in names]


def _of_body(body: Body) -> list[tuple[str, str, str]]:
    """The pictures, by the names that the text gives them."""
    kind = f"{_OFFICE}/relationships/image"
    return [(f"picture{n}", kind, name) for n, (name, _data) in enumerate(body.pictures.members, start=1)]


def _notes(notes: dict[str, str]) -> str:
    """The footnotes, each with its number in its first paragraph."""
    empty = '<w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr></w:p>'
    return "".join(
        f'<w:footnote w:id="{n}">{(inside or empty).replace("</w:pPr>", f"</w:pPr>{_NOTE_MARK}", 1)}</w:footnote>'
        for n, inside in enumerate(notes.values(), start=1)
    )


def _core(title: str, at: datetime) -> str:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    spaces = (
        f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    when = f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified>'
    return f"{styles.HEAD}<cp:coreProperties {spaces}><dc:title>{escaped(title)}</dc:title>{when}</cp:coreProperties>"
