"""Calls whose arguments are still being written: what people may read of them before the call is whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString

BEGAN = "tool-writing"  # the type of a delta that holds more of them


@dataclass(slots=True)
class Draft:
    """One such call. `json` is what has come of its arguments, `field` the one that people read, `shown` how much of it
    they have been shown.
    """

    id: str
    name: str
    tool: str
    title: str
    field: str
    json: str = ""
    shown: int = 0

    @classmethod
    def of(cls, delta: Mapping) -> "Draft":
        """A new one, of the delta with which it begins."""
        return cls(delta["toolCallId"], delta["toolName"], delta["tool"], delta["title"], delta["field"])

    def copy(self) -> "Draft":
        return replace(self)

    @property
    def args(self) -> dict:
        """The arguments as far as they can be read; the last one may be a beginning."""
        import pydantic_core  # late: few answers write something

        try:
            found = pydantic_core.from_json(self.json, allow_partial="trailing-strings")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def part(self) -> str:
        """What frames call its place among the parts."""
        return f"writing-{self.id}"

    def take(self) -> dict:
        """What a frame says of it: the first time its HTML, then the text that came since."""
        args = self.args
        text = str(args.get(self.field, ""))
        news, is_new, self.shown = text[self.shown :], self.shown == 0, len(text)
        if is_new:
            return {"part": self.part, "type": "tool", "html": self.html}
        return {"part": self.part, "type": "writing", "text": news}

    @property
    def html(self) -> SafeString:
        """Its card by now."""
        args = self.args
        return format_html(
            '<div class="part part-tool part-writing" data-part="{}" data-call="{}" data-state="open" data-about="{}"'
            ' data-about-document="{}"><details class="tool"><summary><span class="tool-name">{}</span></summary>'
            '<pre class="plain" dir="auto" tabindex="0" data-draft>\n{}</pre></details></div>',
            self.part,
            self.id,
            args.get("title", ""),
            args.get("document_id", ""),
            self.title,
            args.get(self.field, ""),
        )

    @property
    def gone(self) -> dict:
        """What a frame says once the call is whole: its card comes in the place of this one."""
        return {"part": self.part, "type": "tool", "html": ""}


class Drafts(dict[str, Draft]):
    """Those of one answer, by the call's id."""

    def fold(self, delta: Mapping) -> None:
        """Take a delta: more of a call, or a call that is whole."""
        if delta["type"] == "tool-call":
            self.pop(delta["toolCallId"], None)
        elif delta["type"] == BEGAN:
            if delta.get("begins") or delta["toolCallId"] not in self:
                self[delta["toolCallId"]] = Draft.of(delta)
            self[delta["toolCallId"]].json += delta["text"]

    def copies(self) -> "Drafts":
        return Drafts({pk: one.copy() for pk, one in self.items()})
