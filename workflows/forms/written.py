r"""Texts with references as people write them: `{{Name.path}}`, and the segments that are stored of them.

What stands between braces and names no node is text (nothing is evaluated). Before what would be read as a reference, a
backslash makes text of it; two of them are one: `\{{Name}}` is the text, `\\{{Name}}` a backslash and the reference.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sambung.lib import jsonb

FORMATS = ("text", "json", "lines")
_PLACE = re.compile(r"(?<!\\)(\\*)\{\{([^{}\n]{1,600})\}\}")
_PLAIN = re.compile(r"""[^\s.\[\]{}|"]([^.\[\]{}|"\n]*[^\s.\[\]{}|"])?""")
_STEP = re.compile(
    r"""\.(?P<key>[^\s.\[\]{}|"]([^.\[\]{}|"\n]*[^\s.\[\]{}|"])?)|\[(?P<other>\d{1,9}|"([^"\\]|\\.)*")\]"""
)
_FORMAT = re.compile(r"\s*\|\s*(json|lines|text)\Z")


class Names:
    """The nodes of a workflow by the names that stand in texts: (id, name) in the order of the graph.

    Of two nodes with the same name, and of one whose name has braces, the id stands in its place.
    """

    def __init__(self, nodes: Iterable[tuple[str, str]]):
        nodes = list(nodes)
        many = Counter(name for _id, name in nodes)
        ids = {id_ for id_, _name in nodes}
        self._names = {
            id_: name for id_, name in nodes if many[name] == 1 and name not in ids and _can_be_written(name)
        }
        self._ids = {name: id_ for id_, name in self._names.items()} | {id_: id_ for id_ in ids}

    def knowing(self, refs: Iterable[Mapping]) -> "Names":
        """The same, with the ids of nodes that are gone and that these references name."""
        found = Names(())
        found._names = self._names
        found._ids = {ref["node"]: ref["node"] for ref in refs} | self._ids
        return found

    @property
    def all(self) -> list[str]:
        """What references may begin with."""
        return list(self._ids)

    def written(self, ref: Mapping, form: str = "text") -> str:
        """Return how a reference is written."""
        node, path = ref["node"], ref.get("path") or []
        end = f"|{form}" if form != "text" else ""
        ways = [(self._names.get(node, node), False), (self._names.get(node, node), True), (node, True)]
        for name, is_quoted in ways:
            inner = name + "".join(_step(one, is_quoted) for one in path) + end
            if self.read(inner) == ({"node": node, "path": list(path)}, form):
                break
        return "{{" + inner + "}}"

    def read(self, inner: str) -> tuple[dict, str] | None:
        """Return the reference, and its format, that stands between braces; None where it names nothing."""
        inner = inner.strip()
        form = "text"
        if found := _FORMAT.search(inner):
            form, inner = found[1], inner[: found.start()]
        for name in self._fitting(inner):
            path = _path(inner[len(name) :])
            if path is not None:
                return {"node": self._ids[name], "path": path}, form
        return None

    def _fitting(self, inner: str) -> Iterator[str]:
        """The names that what is written may begin with, the longest first."""
        ends = [n for n, sign in enumerate(inner) if sign in ".["]
        for end in (len(inner), *reversed(ends)):
            if inner[:end] in self._ids:
                yield inner[:end]

    def text(self, segments: Sequence[Mapping]) -> str:
        """Return segments as people write them."""
        found, plain = "", ""
        for segment in segments:
            if "ref" in segment:
                found += self.escaped(plain)
                found += "\\" * (len(found) - len(found.rstrip("\\")))
                found += self.written(segment["ref"], segment.get("as") or "text")
                plain = ""
            else:
                plain += str(segment.get("text", ""))
        return found + self.escaped(plain)

    def escaped(self, text: str) -> str:
        """Return a text so that nothing in it is read as a reference."""

        def kept(place: re.Match) -> str:
            if self.read(place[2]) is None:
                return place[0]
            return place[1] * 2 + "\\" + place[0][len(place[1]) :]

        return _PLACE.sub(kept, text)

    def segments(self, text: str) -> list[dict]:
        """Return what a text that people wrote means. An empty text has none."""
        found: list[dict] = []
        plain, at = "", 0
        for place in _PLACE.finditer(text):
            if (named := self.read(place[2])) is None:
                continue
            plain += text[at : place.start()] + "\\" * (len(place[1]) // 2)
            at = place.end()
            if len(place[1]) % 2:
                plain += place[0][len(place[1]) :]
                continue
            if plain:
                found.append({"text": plain})
            plain = ""
            found.append({"ref": named[0], "as": named[1]})
        plain += text[at:]
        return [*found, {"text": plain}] if plain else found

    def only_ref(self, text: str) -> dict | None:
        """Return the reference that is all of the text; None where there is anything beside it."""
        found = self.segments(text.strip())
        is_one = len(found) == 1 and "ref" in found[0] and found[0]["as"] == "text"
        return found[0]["ref"] if is_one else None

    def unknown(self, text: str) -> list[str]:
        """Return what stands between braces and names nothing."""
        return [place[0][len(place[1]) :] for place in _PLACE.finditer(text) if self.read(place[2]) is None]


def refs_in(value: object) -> Iterator[dict]:
    """Yield the references anywhere in a node's data."""
    match value:
        case {"node": str(), "path": list()}:
            yield value
        case Mapping():
            for inner in value.values():
                yield from refs_in(inner)
        case list():
            for inner in value:
                yield from refs_in(inner)


def _can_be_written(name: str) -> bool:
    is_plain = bool(name) and name == name.strip() and not re.search(r"[{}\n]", name)
    return is_plain and len(name) <= 200 and not _FORMAT.search(name)


def _step(step: str | int, is_quoted: bool) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if not is_quoted and _PLAIN.fullmatch(step):
        return f".{step}"
    quoted = json.dumps(step, ensure_ascii=False).replace("{", "\\u007b").replace("}", "\\u007d")
    return f"[{quoted}]"


def _path(rest: str) -> list | None:
    """The steps that are written behind a name; None where they are none."""
    found: list[str | int] = []
    at = 0
    while at < len(rest):
        if not (step := _STEP.match(rest, at)):
            return None
        at = step.end()
        if step["key"] is not None:
            found.append(step["key"])
            continue
        try:
            found.append(json.loads(step["other"]))
        except ValueError:
            return None
        if isinstance(found[-1], str) and jsonb.clean(found[-1]) != found[-1]:
            return None
    return found
