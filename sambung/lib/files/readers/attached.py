"""Files inside a file, as mails have them: each is read as if it had come by itself, within the limits of the whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sambung.lib.files import readers
from sambung.lib.files.blocks import Block, Piece, ReadWarning, heading
from sambung.lib.files.sniffing import Broken, PhonePicture, sniffed

MOST, DEPTH = 20, 3  # files of one mail that are read; mails in mails


@dataclass(slots=True)
class Attached:
    """What is attached to a mail. `path` is where that mail stands itself, "" where it is the file."""

    path: str = ""
    count: int = 0
    unread: list[str] = field(default_factory=list)

    def pieces(self, name: str, data: bytes) -> Iterator[Piece]:
        """The blocks of one attached file under its name; what cannot be read is told by `warnings`."""
        self.count += 1
        path = f"{self.path}/{name}".lstrip("/")
        found = [] if self.count > MOST or path.count("/") >= DEPTH else _read(data, name, path)
        if not any(isinstance(piece, Block) for piece in found):
            self.unread.append(name)
            return
        yield heading(f"Attachment: {name}", 2, path=path)
        for piece in found:
            if isinstance(piece, Block):
                yield replace(piece, path=piece.path or path)
            elif isinstance(piece, ReadWarning):
                yield piece

    def warnings(self) -> Iterator[ReadWarning]:
        """Which of them were not read."""
        if self.unread:
            yield ReadWarning("attachments_unread", {"names": ", ".join(self.unread)})


def _read(data: bytes, name: str, path: str) -> list[Piece]:
    """The pieces of the file, none where it is of no kind that has words, or broken."""
    try:
        kind = sniffed(data, name)
        if kind is None or kind.family == "image":
            return []
        return list(readers.read(kind.family, readers.File(data, name, path=path)))
    except (Broken, PhonePicture):
        return []
    except Exception:  # whatever a library raises: the mail around it can be read
        return []
