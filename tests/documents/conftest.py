"""Documents of Alice's, and of her team."""

from collections.abc import Callable

import pytest

from documents.models import Document
from tests import factories


@pytest.fixture
def write(alice) -> Callable[..., Document]:
    """Make a document of Alice's."""

    def make(content: str = "", **fields) -> Document:
        return factories.document(alice, content=content, **fields)

    return make


@pytest.fixture
def document(alice, team) -> Document:
    """A document of the team's, with three lines."""
    return factories.document(alice, team)
