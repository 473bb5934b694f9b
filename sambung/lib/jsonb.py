"""What PostgreSQL's jsonb can hold, and what can always be written as JSON."""

from collections.abc import Mapping

DEEPEST = 100  # layers of a JSON value; orjson writes 254, with those of the log and the message around it
TOO_DEEP = "[What lies deeper was left out.]"


def clean(text: str) -> str:
    """Take out what PostgreSQL's jsonb cannot hold: NUL and lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def clean_json(value: object, layers: int = DEEPEST) -> object:
    """The same in every text of a JSON value; what is none becomes one. It can always be written, however deep it was:
    what cannot be written in one reply would hold up the ticks of all.
    """
    match value:
        case str():
            return clean(value)
        case Mapping() | list() | tuple() if layers == 0:
            return TOO_DEEP
        case Mapping():
            return {clean(str(key)): clean_json(inner, layers - 1) for key, inner in value.items()}
        case list() | tuple():
            return [clean_json(inner, layers - 1) for inner in value]
        case float() if value != value or value in (float("inf"), float("-inf")):
            return None
        case int() if abs(value) >= 2**63:  # beyond what orjson writes
            return str(value)
        case None | bool() | int() | float():
            return value
        case _:
            return clean(str(value))
