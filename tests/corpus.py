"""Files as people add them, made by code."""

import io
import zipfile

from PIL import Image


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), color: str = "red", **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, form, **options)
    return file.getvalue()


def word(*paragraphs: str) -> bytes:
    import docx  # heavy, and few tests make one

    document, file = docx.Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Gayo", "40 kg"
    document.save(file)
    return file.getvalue()


def sheet(**sheets: list[list]) -> bytes:
    import openpyxl  # heavy, and few tests make one

    book, file = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(file)
    return file.getvalue()


def slides(*titles: str) -> bytes:
    import pptx  # heavy, and few tests make one

    shown, file = pptx.Presentation(), io.BytesIO()
    for title in titles:
        shown.slides.add_slide(shown.slide_layouts[0]).shapes.title.text = title
    shown.save(file)
    return file.getvalue()


def pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines."""
    text = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td {text} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    return pdf_of(objects)


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for n, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return bytes(out) + end % (len(objects) + 1, table, len(objects) + 1, len(out))


def packed(members: dict[str, bytes]) -> bytes:
    """A ZIP with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def member(office: bytes, name: str) -> bytes:
    """One member of an Office file."""
    with zipfile.ZipFile(io.BytesIO(office)) as archive:
        return archive.read(name)


def repacked(office: bytes, name: str, data: bytes) -> bytes:
    """An Office file with one member changed."""
    with zipfile.ZipFile(io.BytesIO(office)) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    return packed(members | {name: data})
