"""Our stylesheets in a page that needs nothing else, for files that people take along."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


@cache
def standalone(*components: str) -> SafeString:
    """Return the CSS of a page with these components; fonts are the reader's own, since none may be loaded."""
    folder = Path(settings.PROJECT) / "static" / "css"
    files = [
        folder / "tokens.css",
        folder / "base.css",
        *(folder / "components" / f"{name}.css" for name in components),
    ]
    css = "\n".join(path.read_text(encoding="utf-8") for path in (*files, folder / "export.css"))
    return mark_safe(re.sub(r"@font-face\s*{[^}]*}", "", css))  # noqa: S308  ours
