"""Mails as they are saved (`.eml`), and pages with their pictures in the same form (`.mht`)."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from sambung.lib.files.blocks import LINE, Block, Piece, closed, heading
from sambung.lib.files.readers import File, html, text
from sambung.lib.files.readers.attached import Attached
from sambung.lib.files.readers.encodings import decoded

HEADERS = ("From", "To", "Cc", "Date")


def read(file: File) -> Iterator[Piece]:
    """Subject, who wrote to whom, the body, and the files that are attached, each under its name as `path`."""
    yield from closed(_pieces(message_from_bytes(file.data, policy=policy.default), file))


def _pieces(message: EmailMessage, file: File) -> Iterator[Piece]:
    place = {"path": file.path}
    attached = Attached(file.path)
    headers = {name: _header(message, name) for name in HEADERS}
    yield from head(_header(message, "Subject"), headers, **place)
    yield from _body(message, **place)
    for part in message.iter_attachments() if not _is_page(message) else ():
        yield from attached.pieces(*_part(part))
    yield from attached.warnings()


def head(subject: str, headers: dict[str, str], **place) -> Iterator[Block]:
    """What stands above the words of a mail."""
    if subject:
        yield heading(subject, 1, **place)
    said = [f"{name}: {' '.join(value.split())}" for name, value in headers.items() if value]
    if said:
        yield Block("header", LINE.join(said), **place)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # the parser of headers trips over some that break the rules
        return ""


def _is_page(message: EmailMessage) -> bool:
    return message.get_content_type() == "multipart/related"


def _body(message: EmailMessage, **place) -> Iterator[Piece]:
    """The words, those that are plain rather than those as a page."""
    for kind in ("plain", "html"):
        found = message.get_body((kind,))
        if found is None:
            continue
        said = _content(found)
        if said.strip():
            is_page = kind == "html"
            yield from html.blocks_of(said, **place) if is_page else text.blocks_of(said.rstrip(), "text", **place)
            return


def _content(part: EmailMessage) -> str:
    try:
        return part.get_content().replace("\r\n", "\n")
    except (LookupError, KeyError, AttributeError):  # an encoding or a kind that nobody knows
        return decoded(File(part.get_payload(decode=True) or b"", ""))[0]


def _part(part: EmailMessage) -> tuple[str, bytes]:
    """Name and bytes of an attached file; of a mail that is attached its subject."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
        return f"{_header(inner, 'Subject') or 'mail'}.eml", inner.as_bytes()
    return part.get_filename() or "attachment", part.get_payload(decode=True) or b""
