"""Texts of the TipTap editor, as segments: paragraphs are lines, lists keep their marks, chips are references."""

from collections.abc import Callable, Iterator

from workflows.formats.building import line, listed, mapping, mappings, number

_BLOCKS = {"paragraph", "heading", "codeBlock"}
_LISTS = {"bulletList", "orderedList", "taskList"}

#: Makes a reference of what a chip holds.
Mention = Callable[[dict], dict]


def has_lists(content: object) -> bool:
    """Whether there is a list in a text."""
    found = mapping(content)
    return line(found.get("type")) in _LISTS or any(has_lists(inner) for inner in mappings(found.get("content")))


def segments(content: object, mention: Mention) -> list[dict]:
    """The whole text."""
    return merged(_joined(list(_lines(mapping(content), mention))))


def _lines(node: dict, mention: Mention) -> Iterator[list[dict]]:
    """The lines of a block, each as segments."""
    kind, inner = line(node.get("type")), mappings(node.get("content"))
    if kind in _BLOCKS:
        yield from _block(node, inner, mention)
    elif kind in _LISTS:
        for n, item in enumerate(inner):
            mark = f"{_start(node) + n}. " if kind == "orderedList" else "- "
            yield from _indented(mark, list(_lines(item, mention)))
    elif kind == "blockquote":
        for one in (said for block in inner for said in _lines(block, mention)):
            yield [{"text": "> "}, *one]
    elif kind == "horizontalRule":
        yield [{"text": "---"}]
    elif inner:
        for one in inner:
            yield from _lines(one, mention)
    elif kind in ("text", "mention", "hardBreak"):  # a document without paragraphs
        yield list(_inline(node, mention))


def _block(node: dict, inner: list[dict], mention: Mention) -> Iterator[list[dict]]:
    said = [segment for one in inner for segment in _inline(one, mention)]
    if node["type"] == "heading":
        level = int(number(mapping(node.get("attrs")).get("level"), 1))
        said = [{"text": "#" * max(1, min(6, level)) + " "}, *said]
    if node["type"] == "codeBlock":
        said = [{"text": "```\n"}, *said, {"text": "\n```"}]
    yield said


def _start(node: dict) -> int:
    start = mapping(node.get("attrs")).get("start")
    return start if isinstance(start, int) and not isinstance(start, bool) else 1


def _indented(mark: str, lines: list[list[dict]]) -> Iterator[list[dict]]:
    for n, said in enumerate(lines or [[]]):
        yield [{"text": mark if n == 0 else " " * len(mark)}, *said]


def _inline(node: dict, mention: Mention) -> Iterator[dict]:
    match node.get("type"):
        case "text":
            yield {"text": node["text"] if isinstance(node.get("text"), str) else ""}
        case "hardBreak":
            yield {"text": "\n"}
        case "mention":
            yield {"ref": mention(mapping(node.get("attrs"))), "as": "text"}
        case _:
            for inner in listed(node.get("content")):
                yield from _inline(mapping(inner), mention)


def _joined(lines: list[list[dict]]) -> list[dict]:
    return [segment for n, said in enumerate(lines) for segment in ([{"text": "\n"}] if n else []) + said]


def as_json(found: list[dict]) -> list[dict]:
    """Segments of a text that is JSON: a reference that fills a text in quotes is written as JSON, quotes and all."""
    kept = [dict(segment) for segment in found]
    for n, segment in enumerate(kept):
        before, after = (kept[n - 1] if n else {}), (kept[n + 1] if n + 1 < len(kept) else {})
        if "ref" in segment and _opens(before.get("text", "")) and after.get("text", "").startswith('"'):
            segment["as"] = "json"
            before["text"], after["text"] = before["text"][:-1], after["text"][1:]
    return merged(kept)


def _opens(text: str) -> bool:
    """Whether a text ends with the quote that begins a text of JSON."""
    return text.endswith('"') and text[:-1].rstrip()[-1:] in (":", "[", ",")


def is_mixed(found: list[dict]) -> bool:
    """Whether a text that is JSON has references inside of longer texts, whose quotes nothing escapes."""
    inside, mixed = False, False
    for segment in found:
        if "text" in segment:
            inside ^= segment["text"].replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1
        else:
            mixed |= inside
    return mixed


def merged(found: list[dict]) -> list[dict]:
    """The same segments, with texts that stand side by side as one, and none empty."""
    kept: list[dict] = []
    for segment in found:
        if "text" in segment and kept and "text" in kept[-1]:
            kept[-1] = {"text": kept[-1]["text"] + segment["text"]}
        elif segment.get("text") != "":
            kept.append(segment)
    return kept
