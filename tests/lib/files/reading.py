"""What a reader finds in a file, without a process of its own."""

from dataclasses import dataclass
from pathlib import Path

from sambung.lib.files import reader, readers
from sambung.lib.files.blocks import Block, ReadWarning, Told, text_of
from sambung.lib.files.sniffing import sniffed

SAMPLES = Path(__file__).parents[2] / "samples"


@dataclass(frozen=True)
class Found:
    """The pieces of a file, sorted."""

    blocks: list[Block]
    warnings: dict[str, dict]
    facts: dict

    @property
    def text(self) -> str:
        return text_of(self.blocks)

    def of(self, kind: str) -> list[str]:
        """The texts of the blocks of one kind."""
        return [block.text for block in self.blocks if block.kind == kind]


def found(data: bytes, name: str, *, most: int = 0, encoding: str = "") -> Found:
    """Read a file as the process does."""
    file = readers.File(data, name, encoding)
    pieces = list(reader.bounded(readers.read(sniffed(data, name).family, file), most))
    told = {key: value for piece in pieces if isinstance(piece, Told) for key, value in piece.facts.items()}
    warnings = {piece.code: piece.params for piece in pieces if isinstance(piece, ReadWarning)}
    return Found([piece for piece in pieces if isinstance(piece, Block)], warnings, told)


def sample(name: str, *, most: int = 0) -> Found:
    """Read a file that another program wrote."""
    return found((SAMPLES / name).read_bytes(), name, most=most)
