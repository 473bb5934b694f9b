"""What lies over a page of a PDF: fields of a form that somebody filled in, and comments."""

from collections.abc import Iterator
from ctypes import c_ushort

import pypdfium2
import pypdfium2.raw as pdfium

_WRITTEN = {
    pdfium.FPDF_ANNOT_TEXT,
    pdfium.FPDF_ANNOT_FREETEXT,
    pdfium.FPDF_ANNOT_HIGHLIGHT,
    pdfium.FPDF_ANNOT_UNDERLINE,
    pdfium.FPDF_ANNOT_STRIKEOUT,
}
_TICKED = {pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON}


def fields(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[tuple[str, str]]:
    """Name and value of each field of a page that is filled in; ☑ stands for a ticked box."""
    if document.formenv is None:
        return
    form = document.formenv.raw
    for found, kind in _annotations(page):
        if kind == pdfium.FPDF_ANNOT_WIDGET and (value := _value(form, found)):
            yield _said(pdfium.FPDFAnnot_GetFormFieldName, form, found), value


def comments(page: pypdfium2.PdfPage) -> Iterator[str]:
    """What people wrote on a page: notes, texts, remarks to what they marked."""
    for found, kind in _annotations(page):
        if kind in _WRITTEN and (text := _said(pdfium.FPDFAnnot_GetStringValue, found, b"Contents")):
            yield text


def _annotations(page: pypdfium2.PdfPage) -> Iterator[tuple[pdfium.FPDF_ANNOTATION, int]]:
    for n in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        found = pdfium.FPDFPage_GetAnnot(page.raw, n)
        try:
            yield found, pdfium.FPDFAnnot_GetSubtype(found)
        finally:
            pdfium.FPDFPage_CloseAnnot(found)


def _value(form, found) -> str:
    if pdfium.FPDFAnnot_GetFormFieldType(form, found) in _TICKED:
        if not pdfium.FPDFAnnot_IsChecked(form, found):
            return ""
        return f"☑ {_said(pdfium.FPDFAnnot_GetFormFieldExportValue, form, found)}".strip()
    return _said(pdfium.FPDFAnnot_GetFormFieldValue, form, found)


def _said(asked, *what) -> str:
    """What a function of PDFium writes, which is called once for the length in bytes and once for the text."""
    length = asked(*what, None, 0)
    room = (c_ushort * (length // 2))()
    asked(*what, room, length)
    return bytes(room).decode("utf-16-le", "replace").rstrip("\0").strip()
