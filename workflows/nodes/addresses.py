"""Documents as people name them: by their ids, or by the addresses of their pages."""

import re

_PAGE = re.compile(r"/documents/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:[/?#]|$)", re.IGNORECASE)


def document_id(text: str) -> str:
    """Return the id that a document's address holds; any other text is the id itself."""
    found = _PAGE.search(text.strip())
    return found[1].lower() if found else text.strip()
