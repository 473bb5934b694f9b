"""References: a node and a path into what it gave. A node that was skipped, or is not there, gives null."""

from collections.abc import Iterator, Mapping

#: What is data of people's own inside of a node: nothing in there is a reference.
_OPAQUE = frozenset({"schema", "form", "outputSchema", "was", "extra"})


def is_ref(value: object) -> bool:
    """Whether a value is a reference: {node, path}."""
    return (
        isinstance(value, dict)
        and value.keys() == {"node", "path"}
        and isinstance(value["node"], str)
        and isinstance(value["path"], list)
    )


def look_up(ref: Mapping, outputs: Mapping) -> object:
    """Return what a reference leads to; null where there is nothing."""
    found = outputs.get(ref["node"])
    for key in ref["path"]:
        if isinstance(found, dict):
            found = found.get(key) if isinstance(key, str) else None
        elif isinstance(found, list) and isinstance(key, int) and not isinstance(key, bool):
            found = found[key] if 0 <= key < len(found) else None
        else:
            return None
    return found


def references_in(data: object) -> Iterator[dict]:
    """Yield each reference in a node's data."""
    for _field, ref in placed_in(data):
        yield ref


def placed_in(data: object, field: str = "") -> Iterator[tuple[str, dict]]:
    """Yield each reference in a node's data, and the field that holds it, such as `messages.0.content.2.ref`."""
    if is_ref(data):
        yield field, data
    elif isinstance(data, dict):
        if data.keys() == {"value"}:  # a literal
            return
        for name, inner in data.items():
            if name not in _OPAQUE:
                yield from placed_in(inner, f"{field}.{name}" if field else name)
    elif isinstance(data, list):
        for n, inner in enumerate(data):
            yield from placed_in(inner, f"{field}.{n}" if field else str(n))


def rewritten(data: object, ids: Mapping[str, str]) -> object:
    """Return a node's data with references to other nodes, by `ids` from old to new; others stay."""
    if is_ref(data):
        return {"node": ids.get(data["node"], data["node"]), "path": list(data["path"])}
    if isinstance(data, dict):
        if data.keys() == {"value"}:
            return dict(data)
        return {name: inner if name in _OPAQUE else rewritten(inner, ids) for name, inner in data.items()}
    if isinstance(data, list):
        return [rewritten(inner, ids) for inner in data]
    return data
