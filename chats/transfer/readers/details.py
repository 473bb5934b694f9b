"""What Open WebUI keeps of a reply: a text with `<details type="…">` blocks in it, and `output`, a list of items.

Both tell the same: thoughts, calls of tools with their results, code that was run, and words. Blocks are what its
`serialize_output` (backend/open_webui/utils/middleware.py) writes; items have the form of OpenAI's Responses.
"""

import json
import re
from collections.abc import Iterator
from html import unescape

from chats.transfer.readers.values import line, listed, mapping, text

CODE = "code_interpreter"
_FENCE_OR_BLOCK = re.compile(
    r'^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*$|^[ \t]*<details type="(?P<kind>[\w-]+)"(?P<told>[^>]*)>', re.MULTILINE
)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_END, _CODE_END = "</details>", re.compile(r"^ {0,3}`{3,}\s*</details>", re.MULTILINE)
_SUMMARY = re.compile(r"\s*<summary>(.*?)</summary>", re.DOTALL)
_CODE = re.compile(r"\s*`{3,}(?P<language>[^\n]*)\n(?P<code>.*?)\n?`{3,}\s*", re.DOTALL)
_UNFIT = re.compile(r"[^A-Za-z0-9_-]")
_SERVICES = {"web_search_call": "web_search", "file_search_call": "file_search", "computer_call": "computer"}


class Calls:
    """The parts of calls of one message, each with an id of its own."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def parts(self, given: object, name: object, args: object, result: object = None) -> Iterator[dict]:
        """A call, and its result where there is one. Ids and names are such as models' services take."""
        title, called = line(name, 200) or "tool", _UNFIT.sub("_", line(given, 60)) or "call"
        call_id = called if called not in self._ids else f"{called}-{len(self._ids)}"
        self._ids.add(call_id)
        args = _value(args)
        args = args if isinstance(args, dict) else {} if args in (None, "") else {"arguments": args}
        told = {"toolName": _UNFIT.sub("_", title)[:64], "title": title, "args": args}
        yield {"type": "tool-call", "toolCallId": call_id, **told}
        if (result := _value(result)) is not None:
            yield {"type": "tool-result", "toolCallId": call_id, "result": result}


def said(kind: str, words: str) -> Iterator[dict]:
    """A part of words, if there are any."""
    if words.strip():
        yield {"type": kind, "text": words.strip("\n")}


# ---- the text -------------------------------------------------------------------------------------------
def of_text(content: str) -> list[dict]:
    """The parts of a reply's text."""
    parts, calls, at = [], Calls(), 0
    for start, end, kind, told, inside in _blocks(content):
        parts += said("text", content[at:start])
        parts += _of_block(kind, told, inside, calls)
        at = end
    return [*parts, *said("text", content[at:])]


def _blocks(content: str) -> Iterator[tuple[int, int, str, dict[str, str], str]]:
    """Each block outside of code: where it begins and ends, its kind, its attributes, and what stands in it."""
    at = 0
    while found := _FENCE_OR_BLOCK.search(content, at):
        if fence := found["fence"]:
            closing = re.compile(rf"^ {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*$", re.MULTILINE)
            closed = closing.search(content, found.end())
            at = closed.end() if closed else found.end()
            continue
        at = found.end()
        whole = _CODE_END.search(content, at) if found["kind"] == CODE else None
        end = content.find(_END, whole.start() if whole else at)
        if end < 0:
            continue
        told = {name: unescape(value) for name, value in _ATTRIBUTE.findall(found["told"])}
        yield found.start(), end + len(_END), found["kind"], told, content[at:end]
        at = end + len(_END)


def _of_block(kind: str, told: dict[str, str], inside: str, calls: Calls) -> Iterator[dict]:
    heading = _SUMMARY.match(inside)
    body = inside[heading.end() :] if heading else inside
    match kind:
        case "reasoning":
            yield from said("reasoning", _unquoted(unescape(body)))
        case "tool_calls":
            result = told.get("result") or unescape(body.strip()) or None
            yield from calls.parts(told.get("id"), told.get("name"), told.get("arguments"), result)
        case "code_interpreter":
            code = _CODE.fullmatch(body)
            args = {"code": code["code"] if code else body.strip("\n")}
            if code and (language := code["language"].strip()):
                args["language"] = language
            yield from calls.parts(told.get("id"), CODE, args, told.get("output") or None)
        case _:
            yield from said("text", _folded(heading[1] if heading else "", body))


def _unquoted(body: str) -> str:
    """Lines without the mark of a quote that each has."""
    return "\n".join(re.sub("^> ?", "", row) for row in body.strip().splitlines())


def _folded(heading: str, body: str) -> str:
    """A block of another kind, in the form that pages show folded."""
    summary = f"<summary>{heading.strip()}</summary>\n" if heading.strip() else ""
    return f"<details>\n{summary}\n{body.strip()}\n\n{_END}" if body.strip() else heading.strip()


# ---- the items ------------------------------------------------------------------------------------------
def of_items(output: object, content: str) -> list[dict]:
    """The parts of a reply's items; none where there are no items, or where the text has been changed since."""
    items = [mapping(item) for item in listed(output)]
    if content.strip() and any(_words(item).strip() not in content for item in items if item.get("type") == "message"):
        return []
    results = {
        text(item.get("call_id")): _result(item.get("output"))
        for item in items
        if item.get("type") == "function_call_output"
    }
    calls = Calls()
    return [part for item in items for part in _of_item(item, results, calls)]


def _of_item(item: dict, results: dict[str, object], calls: Calls) -> Iterator[dict]:
    call_id = item.get("call_id") or item.get("id")
    match text(item.get("type")):
        case "reasoning":
            yield from said("reasoning", _joined(item.get("summary")) or _joined(item.get("content")))
        case "function_call":
            yield from calls.parts(call_id, item.get("name"), item.get("arguments"), results.get(text(call_id)))
        case "open_webui:code_interpreter":
            args = {"code": text(item.get("code")), "language": text(item.get("lang")) or "python"}
            yield from calls.parts(call_id, CODE, args, item.get("output") or None)
        case kind if kind in _SERVICES:
            yield from calls.parts(call_id, _SERVICES[kind], item.get("action") or item.get("queries"))
        case "function_call_output":
            return
        case _:
            yield from said("text", _words(item))


def _words(item: dict) -> str:
    return _joined(item.get("content"))


def _joined(pieces: object) -> str:
    if isinstance(pieces, str):
        return pieces
    return "".join(text(mapping(piece).get("text")) for piece in listed(pieces))


def _result(output: object) -> object:
    """What a tool gave: a text in pieces, or a value."""
    return _joined(output) if isinstance(output, list) else output


def _value(given: object) -> object:
    """A value that was written as JSON, once or twice; what is no JSON of an object or a list stays as it is."""
    for _layer in range(2):
        if not isinstance(given, str):
            break
        try:
            read = json.loads(given)
        except (ValueError, RecursionError):
            break
        if not isinstance(read, str | dict | list):
            break
        given = read
    return given
