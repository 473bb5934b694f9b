"""What was read out of a document, as it is kept: its blocks as compressed JSON."""

import zlib
from collections.abc import Sequence

import orjson

from documents.models import Document, DocumentExtraction
from sambung.lib.failures import Failure
from sambung.lib.files import warnings  # noqa: F401 makes its codes known
from sambung.lib.files.blocks import Block
from sambung.lib.jsonb import clean_json


def packed(blocks: Sequence[Block]) -> bytes:
    """Blocks as they are kept."""
    return zlib.compress(orjson.dumps([clean_json(block.stored) for block in blocks]))


def blocks_of(extraction: DocumentExtraction) -> list[Block]:
    """The blocks that were kept."""
    return [Block(**stored) for stored in orjson.loads(zlib.decompress(extraction.blocks))]


def of(document: Document) -> DocumentExtraction | None:
    """What was read out of a document; None where nothing was as yet."""
    return DocumentExtraction.objects.filter(document=document).first()


def warnings_of(extraction: DocumentExtraction) -> list[Failure]:
    """What could not be read, or had to be guessed."""
    return [Failure(one["code"], one["params"]) for one in extraction.warnings]
