"""The card of a tool's call: what is called, with what, how far it is, and what came of it.

Cards hold no words of the interface: every viewer gets the same HTML, and the page adds the labels (tools.js).
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from agents.tools import show


def render(call: dict, result: dict | None, n: int, progress: str = "") -> SafeString:
    """Return the HTML of a tool-call part, the `n`th of its message, with the tool-result part that answers it."""
    return format_html(
        '<div class="part part-tool" data-part="{}" data-call="{}" data-kind="{}" data-state="{}"{}{}>'
        '<details class="tool"><summary><span class="tool-name">{}</span></summary>'
        '<div class="tool-part tool-args" data-label="arguments">{}</div>{}</details>{}{}</div>',
        n,
        call["toolCallId"],
        call.get("tool", "").partition(":")[0],
        _state(result),
        _seconds(result),
        _documents(result),
        call.get("title") or call["toolName"],
        show.render(call["args"]),
        _told(result),
        format_html('<p class="tool-progress">{}</p>', progress) if progress and result is None else "",
        _shown(result),
    )


def _state(result: dict | None) -> str:
    if result is None:
        return "open"
    return "failed" if result.get("isError") else "done"


def _seconds(result: dict | None) -> SafeString | str:
    if result is None or result.get("seconds") is None:
        return ""
    return format_html(' data-seconds="{}"', result["seconds"])


def _documents(result: dict | None) -> SafeString | str:
    """The document that the call has written last, for the page to show."""
    written = (result or {}).get("documents")
    return format_html(' data-document="{}"', written[-1]["documentId"]) if written else ""


def _told(result: dict | None) -> SafeString | str:
    """What the model read."""
    if result is None or (result.get("show") or {}).get("kind") == show.CITABLE:
        return ""
    return format_html('<div class="tool-part tool-result" data-label="result">{}</div>', show.render(result["result"]))


def _shown(result: dict | None) -> SafeString | str:
    """What people look at, where it is more than what the model read."""
    if result is None or not result.get("show") or result["show"].get("kind") == show.CITABLE:
        return ""
    return format_html('<div class="tool-show">{}</div>', mark_safe(show.render(None, result["show"])))  # noqa: S308
