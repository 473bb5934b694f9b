"""References in the data of nodes, under other ids."""

from collections.abc import Mapping

_REFERENCE = {"node", "path"}


def renamed(value: object, ids: Mapping[str, str]) -> object:
    """The same data, where every reference to one of these nodes names its new id."""
    if isinstance(value, list):
        return [renamed(one, ids) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == _REFERENCE and isinstance(value["path"], list) and isinstance(value["node"], str):
        return value | {"node": ids.get(value["node"], value["node"])}
    return {key: renamed(inner, ids) for key, inner in value.items()}
