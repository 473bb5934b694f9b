"""The forms that a chat is written in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chats.models import Chat
from chats.transfer import document
from chats.transfer.document import Where
from chats.transfer.transcript import Said, transcript
from sambung.lib import markdown
from sambung.lib.styles import standalone
from teams.models import User

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!&~$])")


@dataclass(frozen=True, slots=True)
class Format:
    """One form: what it is called, what it is good for, how its files end, and who writes it."""

    name: str
    label: str | Promise
    about: str | Promise
    ending: str
    mime_type: str
    write: Callable[[Chat, User, Where], str]

    @property
    def is_complete(self) -> bool:
        """Whether all of a chat can be made of it again."""
        return self.name == "json"


def _json(chat: Chat, reader: User, where: Where) -> str:
    return document.text([document.written(chat, reader, where)])


# ---- Markdown -------------------------------------------------------------------------------------------
def _markdown(chat: Chat, reader: User, where: Where) -> str:
    """What was said stays as it was written, with its headings below ours; what we write of it is escaped."""
    shown = transcript(chat, where)
    blocks = [f"# {_plain(shown.title)}"]
    for said in shown.messages:
        blocks += [
            f"## {_plain(said.author)} · {said.at:%Y-%m-%d %H:%M}",
            markdown.nested(said.text, below=2),
            *_beside(said),
        ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _beside(said: Said) -> Iterator[str]:
    """The tools and files of a message, in Markdown."""
    for tool in said.tools:
        told = _("Tool: %(name)s") % {"name": _plain(tool)}
        yield f"*{told}*"
    for file in said.files:
        told = _("File: %(name)s") % {"name": _plain(file.name)}
        yield f"[{told}](<{file.path}>)" if file.path else f"*{told}*"


def _plain(text: str) -> str:
    """One line in which nothing is markup."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


# ---- Text -----------------------------------------------------------------------------------------------
def _text(chat: Chat, reader: User, where: Where) -> str:
    shown = transcript(chat, where)
    blocks = [" ".join(shown.title.split())]
    for said in shown.messages:
        named = [_("Tool: %(name)s") % {"name": name} for name in said.tools]
        named += [_("File: %(name)s") % {"name": file.name} for file in said.files]
        head = f"{said.author}, {said.at:%Y-%m-%d %H:%M}"
        blocks.append("\n".join(filter(None, [head, "-" * len(head), said.text, *named])))
    return "\n\n".join(blocks) + "\n"


# ---- HTML -----------------------------------------------------------------------------------------------
def _html(chat: Chat, reader: User, where: Where) -> str:
    """One page that needs nothing else, loads nothing and runs nothing."""
    style = standalone("text", "code", "reasoning", "tool", "result")
    return render_to_string("chats/export.html", {"shown": transcript(chat, where), "style": style})


FORMATS = {
    one.name: one
    for one in (
        Format(
            "json",
            gettext_lazy("JSON"),
            gettext_lazy("Complete: all branches, files and dates. Sambung can import it again."),
            "json",
            "application/json",
            _json,
        ),
        Format(
            "markdown",
            gettext_lazy("Markdown"),
            gettext_lazy("What was said, as it was written."),
            "md",
            "text/markdown; charset=utf-8",
            _markdown,
        ),
        Format(
            "html",
            gettext_lazy("HTML"),
            gettext_lazy("One page to open or print, without a network."),
            "html",
            "text/html; charset=utf-8",
            _html,
        ),
        Format(
            "text",
            gettext_lazy("Plain text"),
            gettext_lazy("Words alone."),
            "txt",
            "text/plain; charset=utf-8",
            _text,
        ),
    )
}
