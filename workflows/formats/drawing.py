"""A workflow in small: boxes and lines of a picture, by the places of its nodes."""

from dataclasses import dataclass
from typing import NamedTuple

from workflows.formats.building import number

NODE = (200, 80)  # pixels of a node whose size nobody has set
INSIDE = {"loop", "group"}
MARGIN = 24
MOST = 300  # nodes that are drawn


class Box(NamedTuple):
    """A node: its corner, its size, its kind."""

    x: float
    y: float
    width: float
    height: float
    kind: str


class Line(NamedTuple):
    """An edge: a path of SVG."""

    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, in a frame of its own."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]


def picture(structure: dict) -> Picture:
    """Draw a structure whose nodes have places, parents before children."""
    placed: dict[str, Box] = {}
    for node in structure["nodes"][:MOST]:
        above = placed.get(node.get("parentId", ""))
        x, y = (number(node["position"].get(axis)) for axis in ("x", "y"))
        size = (number(node.get("width")) or NODE[0], number(node.get("height")) or NODE[1])
        placed[node["id"]] = Box(x + (above.x if above else 0), y + (above.y if above else 0), *size, node["type"])
    if not placed:
        return Picture(0, 0, [], [])
    left, top = min(box.x for box in placed.values()), min(box.y for box in placed.values())
    moved = {key: box._replace(x=box.x - left + MARGIN, y=box.y - top + MARGIN) for key, box in placed.items()}
    ends = [(edge["source"], edge["target"]) for edge in structure["edges"]]
    lines = [_line(moved[a], moved[b]) for a, b in ends if a in moved and b in moved]
    width = max(box.x + box.width for box in moved.values()) + MARGIN
    height = max(box.y + box.height for box in moved.values()) + MARGIN
    boxes = sorted(moved.values(), key=lambda box: box.kind not in INSIDE)  # what holds others lies below them
    return Picture(round(width), round(height), boxes, lines)


def _line(source: Box, target: Box) -> Line:
    """A curve from the right of one box to the left of another."""
    x, y = source.x + source.width, source.y + source.height / 2
    to_x, to_y = target.x, target.y + target.height / 2
    bend = max(30, abs(to_x - x) / 2)
    return Line(f"M{x:.0f} {y:.0f}C{x + bend:.0f} {y:.0f} {to_x - bend:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}")
