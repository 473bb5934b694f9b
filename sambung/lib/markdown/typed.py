"""What a person typed, as it was typed: lines, indentation and marks stay. Addresses are links, fenced code is code."""

import re
from collections.abc import Iterator
from itertools import takewhile

from sambung.lib.markdown import code, links
from sambung.lib.markdown.clean import clean
from sambung.lib.markdown.render import MAX_SOURCE
from sambung.lib.markdown.text import escaped, normalise, plain
from sambung.lib.markdown.writer import MAX_CODE, MAX_LINKS

_FENCE = re.compile(r"( {0,3})(?P<mark>`{3,}+|~{3,}+)(?P<info>[^\n]*)")


def typed(text: str) -> str:
    """Return a person's text as safe HTML."""
    source = normalise(text)
    if len(source) > MAX_SOURCE:
        return plain(source)
    out, links_left, code_left = [], MAX_LINKS, MAX_CODE
    for lines, info in _blocks(iter(source.split("\n"))):
        block = "\n".join(lines)
        if info is not None:
            code_left -= len(block)
            out.append(code.block(info, block and block + "\n", finished=code_left >= 0))
        elif block := block.strip("\n"):
            html, made = links.linked(block, limit=links_left) if "://" in block else (escaped(block), 0)
            links_left -= made
            out.append(f'<p class="typed" dir="auto">{html}</p>\n')
    return clean("".join(out))


def _blocks(lines: Iterator[str]) -> Iterator[tuple[list[str], str | None]]:
    """Yield (lines, what stands at the fence) in turn; None for what is no code. An open fence goes to the end."""
    said: list[str] = []
    for line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is None or (fence["mark"][0] == "`" and "`" in fence["info"]):
            said.append(line)
            continue
        yield said, None
        said, mark, indent = [], fence["mark"], len(fence[1])
        ends = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}\s*")
        inside = takewhile(lambda inner, ends=ends: not ends.fullmatch(inner), lines)
        yield [_unindented(inner, indent) for inner in inside], fence["info"]
    yield said, None


def _unindented(line: str, indent: int) -> str:
    """Return the line without the blanks that stand before its fence, too."""
    return line[min(indent, len(line) - len(line.lstrip(" "))) :]
