"""The part of Jinja that templates of Dify mostly are: places, loops and decisions, as segments or as a program."""

import json
import re
from collections.abc import Callable, Iterator

from workflows.formats.tiptap import merged

_TOKEN = re.compile(r"\{\{-?(.*?)-?\}\}|\{%-?(.*?)-?%\}|\{#.*?#\}", re.DOTALL)
_PATH = re.compile(r"([A-Za-z_]\w*)((?:\.\w+|\[\d+\]|\[(?:'[^']*'|\"[^\"]*\")\])*)")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[(?:'([^']*)'|\"([^\"]*)\")\]")
_FOR = re.compile(r"for\s+([A-Za-z_]\w*)\s+in\s+(.+)")
_COMPARED = re.compile(r"(.+?)\s*(==|!=|>=|<=|>|<|\bnot in\b|\bin\b)\s*(.+)")
_FILTERS = {
    "length": "len({0})",
    "count": "len({0})",
    "upper": "str({0}).upper()",
    "lower": "str({0}).lower()",
    "trim": "str({0}).strip()",
    "first": "{0}[0]",
    "last": "{0}[-1]",
    "int": "int({0})",
    "string": "str({0})",
    "tojson": "json.dumps({0})",
}
_JOIN = re.compile(r"join\(\s*('[^']*'|\"[^\"]*\")?\s*\)")
_DEFAULT = re.compile(r"(?:default|d)\(\s*('[^']*'|\"[^\"]*\"|\d+)\s*(?:,\s*true\s*)?\)", re.IGNORECASE)
_LITERAL = re.compile(r"'[^'\\]*'|\"[^\"\\]*\"|-?\d+(\.\d+)?")
_CONSTANTS = {"true": "True", "True": "True", "false": "False", "False": "False", "none": "None", "None": "None"}
#: What the program itself calls by their names.
_TAKEN = {"len", "str", "int", "json", "isinstance", "dict", "list"}
_HEAD = """import json


def _text(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _at(value, *path):
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


_said = []
"""


class Untranslatable(Exception):
    """What this part of Jinja does not hold."""


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    """Pieces of a template: ("text" | "place" | "block", what stands there), with blanks taken as `-` says."""
    at, cut = 0, False
    for found in _TOKEN.finditer(source):
        before = source[at : found.start()]
        before = before.lstrip() if cut else before
        if found[0][2:3] == "-":
            before = before.rstrip()
        yield "text", before
        if found[1] is not None:
            yield "place", found[1].strip()
        elif found[2] is not None:
            yield "block", found[2].strip()
        at, cut = found.end(), found[0][-3:-2] == "-"
    yield "text", source[at:].lstrip() if cut else source[at:]


def _steps(text: str) -> list[str | int]:
    return [name or (int(n) if n else single or double) for name, n, single, double in _STEP.findall(text)]


def plain_places(source: str, ref: Callable[[str, list], dict], known: set[str]) -> list[dict]:
    """A template that holds places alone, as segments. Raises Untranslatable."""
    found: list[dict] = []
    for kind, inner in _tokens(source):
        path = _PATH.fullmatch(inner)
        if kind == "text":
            found.append({"text": inner})
        elif kind == "place" and path and path[1] in known:
            found.append({"ref": ref(path[1], _steps(path[2])), "as": "text"})
        else:
            raise Untranslatable(inner)
    return merged(found)


def program(source: str, known: set[str]) -> str:
    """The same as a program whose value is the text. Raises Untranslatable."""
    return _Writing(known).of(source)


class _Writing:
    """Lines of a program so far: `names` are those that stand for something, `ends` what closes each open block."""

    def __init__(self, known: set[str]) -> None:
        self.names = [*known]
        self.ends: list[str] = []
        self.lines: list[str] = []

    def of(self, source: str) -> str:
        for kind, inner in _tokens(source):
            if kind == "text" and inner:
                self._line(f"_said.append({json.dumps(inner, ensure_ascii=False)})")
            elif kind == "place":
                self._line(f"_said.append(_text({self._value(inner)}))")
            elif kind == "block":
                self._block(inner)
        if self.ends:
            raise Untranslatable(self.ends[-1])
        return _HEAD + "\n".join(self.lines) + '\n"".join(_said)\n'

    def _line(self, written: str) -> None:
        self.lines.append("    " * len(self.ends) + written)

    def _block(self, inner: str) -> None:
        if looped := _FOR.fullmatch(inner):
            self._line(f"for {looped[1]} in {self._value(looped[2])} or []:")
            self._open("endfor")
            self.names.append(looped[1])
        elif inner.startswith("if "):
            self._line(f"if {self._test(inner[3:])}:")
            self._open("endif")
        elif inner.startswith("elif ") and self.ends[-1:] == ["endif"]:
            self._turn(f"elif {self._test(inner[5:])}:")
        elif inner == "else" and self.ends[-1:] == ["endif"]:
            self._turn("else:")
        elif self.ends and inner == self.ends[-1]:
            self.ends.pop()
            if inner == "endfor":
                self.names.pop()
        else:
            raise Untranslatable(inner)

    def _open(self, end: str) -> None:
        if len(self.ends) >= 8:
            raise Untranslatable(end)
        self.ends.append(end)
        self._line("pass")

    def _turn(self, written: str) -> None:
        self.ends.pop()
        self._line(written)
        self._open("endif")

    def _test(self, inner: str) -> str:
        for word in (" or ", " and "):
            if word in inner:
                return word.join(self._test(part) for part in inner.split(word))
        inner = inner.strip()
        if inner.startswith("not "):
            return f"not {self._test(inner[4:])}"
        if found := _COMPARED.fullmatch(inner):
            return f"{self._value(found[1])} {found[2]} {self._value(found[3])}"
        return self._value(inner)

    def _value(self, inner: str) -> str:
        """An expression: a literal, or a path, through filters."""
        head, *filters = [part.strip() for part in inner.split("|")]
        written = self._atom(head)
        for one in filters:
            if joined := _JOIN.fullmatch(one):
                written = f"{joined[1] or repr('')}.join(_text(one) for one in {written} or [])"
            elif given := _DEFAULT.fullmatch(one):
                written = f"({written} or {given[1]})"
            elif one in _FILTERS:
                written = _FILTERS[one].format(written)
            else:
                raise Untranslatable(one)
        return written

    def _atom(self, head: str) -> str:
        if _LITERAL.fullmatch(head):
            return head
        if head in _CONSTANTS:
            return _CONSTANTS[head]
        path = _PATH.fullmatch(head)
        if not path or path[1] not in self.names or path[1] in _TAKEN or path[1].startswith("_"):
            raise Untranslatable(head)
        steps = ", ".join(repr(step) for step in _steps(path[2]))
        return f"_at({path[1]}, {steps})" if steps else path[1]
