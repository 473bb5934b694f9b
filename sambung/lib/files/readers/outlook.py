"""Mails as Outlook saves them (`.msg`)."""

import io
from collections.abc import Iterator

from oxmsg import Message

from sambung.lib.files.blocks import Piece, closed
from sambung.lib.files.readers import File, html, mail, text
from sambung.lib.files.readers.attached import Attached


def read(file: File) -> Iterator[Piece]:
    """Subject, who wrote to whom, the body, and the files that are attached, each under its name as `path`."""
    yield from closed(_pieces(Message.load(io.BytesIO(file.data)), file))


def _pieces(message: Message, file: File) -> Iterator[Piece]:
    place = {"path": file.path}
    attached = Attached(file.path)
    yield from mail.head(message.subject or "", _headers(message), **place)
    said = (message.body or "").replace("\r\n", "\n").rstrip()
    if said.strip():
        yield from text.blocks_of(said, "text", **place)
    elif message.html_body:
        yield from html.blocks_of(message.html_body, **place)
    for part in message.attachments:
        yield from attached.pieces(part.file_name or "attachment", part.file_bytes or b"")
    yield from attached.warnings()


def _headers(message: Message) -> dict[str, str]:
    to = ", ".join(f"{one.name} <{one.email_address}>".strip() for one in message.recipients)
    sent = message.sent_date.isoformat(sep=" ", timespec="minutes") if message.sent_date else ""
    return {"From": message.sender or "", "To": to, "Date": sent}
