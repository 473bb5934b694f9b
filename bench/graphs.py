"""The graphs that engines of workflows are measured with: plain data, so that both read the same."""

FAN, TAIL = 40, 7


def fan() -> dict[str, list[str]]:
    """Each node with those that it waits for: an input, 40 side by side, a join, 7 in a row, an output: 50 nodes."""
    found: dict[str, list[str]] = {"input": []}
    side = [f"side{n}" for n in range(FAN)]
    found |= {name: ["input"] for name in side}
    found["join"] = side
    before = "join"
    for n in range(TAIL):
        found[f"tail{n}"] = [before]
        before = f"tail{n}"
    return found | {"output": [before]}


def chain() -> dict[str, list[str]]:
    """50 nodes in a row."""
    names = ["input", *(f"row{n}" for n in range(48)), "output"]
    return {name: names[n - 1 : n] if n else [] for n, name in enumerate(names)}


GRAPHS = {"fan": fan(), "chain": chain()}
