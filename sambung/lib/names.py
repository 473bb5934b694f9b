"""Names of files made from what people wrote: safe on every system, and each once in its folder."""

import re
import unicodedata

LONGEST = 120  # bytes, without the ending
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


def safe(text: str, otherwise: str) -> str:
    """Return the text as the name of one file or folder; `otherwise` where nothing of it is left.

    NFC, without separators, control and direction marks, dots at its ends, and names that Windows keeps for itself.
    """
    plain = unicodedata.normalize("NFC", _UNSAFE.sub(" ", text))
    plain = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C")
    name = plain.encode()[:LONGEST].decode(errors="ignore").strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    return name or otherwise


class Names:
    """The names that are taken in each folder, whatever their case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, name: str, ending: str) -> str:
        """Return a path that nothing has yet: `folder/name.ending`, or with a number behind the name."""
        path, n = f"{folder}/{name}.{ending}", 1
        while unicodedata.normalize("NFKC", path).casefold() in self._taken:
            n += 1
            path = f"{folder}/{name} ({n}).{ending}"
        self._taken.add(unicodedata.normalize("NFKC", path).casefold())
        return path
