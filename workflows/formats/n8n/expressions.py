"""Expressions of n8n: texts that begin with `=`, with `{{ … }}` in them. Paths are read, JavaScript is not."""

import json
import re
from dataclasses import dataclass

_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = r"""(?:"([^"\\]{1,200})"|'([^'\\]{1,200})'|`([^`\\$]{1,200})`)"""
#: What a path can begin with: the present item, or that of a node by its name.
_PRESENT = re.compile(r"\$json|\$input\.(?:item|first\(\)|last\(\))\.json|\$input\.all\(\)\[0\]\.json")
_NAMED = (
    re.compile(rf"\$\({_NAME}\)\.(?:item|first\(\)|last\(\)|all\(\)\[0\])\.json"),
    re.compile(rf"\$node\[{_NAME}\]\.json"),
    re.compile(rf"\$items\({_NAME}\)\[0\]\.json"),
)
_ALL = (re.compile(r"\$input\.all\(\)"), re.compile(rf"\$\({_NAME}\)\.all\(\)"), re.compile(rf"\$items\({_NAME}\)"))
_STEP = re.compile(r"\??\.([A-Za-z_$][\w$]*)(?![\w$]*\()|\??\.?\[(\d{1,6})\]|\??\.?\[" + _NAME + r"\]")
_AS_JSON = re.compile(r"JSON\.stringify\((.*)\)|(.*)\.toJsonString\(\)", re.DOTALL)
_AS_TEXT = re.compile(r"String\((.*)\)|(.*)\.toString\(\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Path:
    """What an expression reads: of the node by this name, None = of the present item; `whole` = of all its items."""

    node: str | None
    steps: tuple[str | int, ...]
    form: str = "text"
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands there."""

    value: object


@dataclass(frozen=True, slots=True)
class Script:
    """What is JavaScript, and cannot be read."""

    source: str


Piece = str | Path | Constant | Script


def pieces(value: object) -> list[Piece]:
    """A parameter as its texts and what it reads between them."""
    if not isinstance(value, str):
        return [Constant(value)]
    if not value.startswith("="):
        return [value] if value else []
    found: list[Piece] = []
    at = 1
    for place in _PLACE.finditer(value):
        found += [value[at : place.start()], read(place[1].strip())]
        at = place.end()
    return [piece for piece in [*found, value[at:]] if piece != ""]


def read(source: str) -> Path | Constant | Script:
    """One expression."""
    if (constant := _constant(source)) is not None:
        return constant
    for shape, form in ((_AS_JSON, "json"), (_AS_TEXT, "text")):
        if inner := shape.fullmatch(source):
            found = read((inner[1] or inner[2] or "").strip())
            return Path(found.node, found.steps, form, found.is_whole) if isinstance(found, Path) else Script(source)
    for shape in _ALL:
        if found := shape.fullmatch(source):
            return Path(_name(found), (), "json", is_whole=True)
    for shape in (_PRESENT, *_NAMED):
        if (begun := shape.match(source)) and (steps := _steps(source[begun.end() :])) is not None:
            return Path(_name(begun), steps)
    return Script(source)


def _name(found: re.Match) -> str | None:
    return next((name for name in found.groups() if name), None)


def _steps(rest: str) -> tuple[str | int, ...] | None:
    """The steps of a path to its end; None where something else stands there."""
    found, at = [], 0
    while at < len(rest):
        step = _STEP.match(rest, at)
        if not step:
            return None
        plain, index, *quoted = step.groups()
        found.append(plain or (int(index) if index else next(name for name in quoted if name)))
        at = step.end()
    return tuple(found)


def _constant(source: str) -> Constant | None:
    if source in ("true", "false", "null"):
        return Constant({"true": True, "false": False, "null": None}[source])
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", source):
        return Constant(float(source) if "." in source else int(source))
    if found := re.fullmatch(r"'([^'\\]*)'|\"([^\"\\]*)\"", source):
        return Constant(found[1] if found[1] is not None else found[2])
    if source[:1] in "[{":
        try:
            return Constant(json.loads(source))
        except (ValueError, RecursionError):
            return None
    return None
