"""Tells a thought from the answer, where a server sends both as content."""

import re

from agents.engine.values import Reasoning, Reconsidered, Text

#: Between which tags models think: DeepSeek, Qwen and most others, Mistral, Kimi, Seed, and models told to do so.
TAGS = {
    "<think>": "</think>",
    "[THINK]": "[/THINK]",
    "<thought>": "</thought>",
    "<thinking>": "</thinking>",
    "<reasoning>": "</reasoning>",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<seed:think>": "</seed:think>",
    "◁think▷": "◁/think▷",
}
_ANY_CLOSING = re.compile("|".join(map(re.escape, TAGS.values())))
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_QUOTES = "`\"'“”‘’«»()"
_BLANKS = " \t"
_AFTER_A_WORD = _BLANKS + ".,;:!?"
MOST_MENTIONS = 50  # closing tags that only are talked about, after which no more are looked for
MOST_HELD = 200  # characters that are held back for a tag, with blanks around it

Said = tuple[type[Text] | type[Reasoning] | type[Reconsidered], str]


class Thoughts:
    """Reads content as it arrives.

    A thought may stand between tags at the very start. It may also have lost its opening tag, which the templates of
    many models write into the question: then all that was said before the closing tag was the thought, and
    `Reconsidered` says so. Anywhere else tags are text: an answer may well talk about them.

    `begun` is the text that the content goes on with. `is_parsed`: the server sends thoughts in a field of their own,
    so that none is looked for behind the start. `held` waits for what follows it.
    """

    def __init__(self, begun: str = "") -> None:
        self.is_parsed = False
        self._mode = "text" if begun else "start"
        self._said = [begun]
        self.held = ""
        self._closing = _ANY_CLOSING
        self._mentions = 0

    def is_plain(self, text: str) -> bool:
        """Whether some content holds nothing to be told apart, as most does: then it is taken, and is text."""
        if self.held or self._mode not in ("text", "answer"):
            return False
        if self._mode == "text":
            if "<" in text or "[" in text or "◁" in text:
                return False
            self._said.append(text)
        return True

    def feed(self, text: str) -> list[Said]:
        """Take some content; give what can be told apart by now, in order."""
        if self.is_plain(text):
            return [(Text, text)]
        match self._mode:
            case "text" if not self.is_parsed:
                return self._until_closed(text, Text)
            case "start":
                return self._start(text)
            case "thinking":
                return self._until_closed(text, Reasoning)
            case "after":  # blanks between the thought and the answer
                if not (text := text.lstrip()):
                    return []
                self._mode = "answer"
        text, self.held = self.held + text, ""
        return [(Text, text)]

    def _start(self, text: str) -> list[Said]:
        text, self.held = self.held + text, ""
        seen = text.lstrip()
        for opening, closing in TAGS.items():
            if seen.startswith(opening):
                self._mode, self._closing = "thinking", re.compile(re.escape(closing))
                return self._until_closed(seen[len(opening) :], Reasoning)
            if seen.startswith(closing):  # the end of a thought that was begun before a tool's result
                return self._close(seen[len(closing) :])
        if len(text) < MOST_HELD and any(tag.startswith(seen) for pair in TAGS.items() for tag in pair):
            self.held = text
            return []
        self._mode = "text"
        return self.feed(text)

    def _until_closed(self, text: str, kind: type[Text] | type[Reasoning]) -> list[Said]:
        """Give what stands before a closing tag; hold back what may become one."""
        text, self.held = self.held + text, ""
        for found in self._closing.finditer(text):
            start, end = found.span()
            follows = text[end : end + MOST_HELD]
            if not follows.strip(_BLANKS) and len(follows) < MOST_HELD:  # what stands behind it decides
                return self._give(text, start, kind)
            if self._is_meant(text, start, found[0], follows):
                return [*self._give(text[:start], start, kind), *self._close(text[end:])]
            self._mentions += 1
            if kind is Text and self._mentions > MOST_MENTIONS:
                self._mode = "answer"
                return [(kind, text)]
        tail = text[-max(map(len, TAGS.values())) :]
        begun = (n for n in range(len(tail)) if any(tag.startswith(tail[n:]) for tag in TAGS.values()))
        return self._give(text, len(text) - len(tail) + next(begun, len(tail)), kind)

    def _give(self, text: str, end: int, kind: type[Text] | type[Reasoning]) -> list[Said]:
        """Give the text up to there, and hold the rest back."""
        given, self.held = text[:end], text[end:]
        self._said.append(given)
        return [(kind, given)] if given else []

    def _close(self, follows: str) -> list[Said]:
        """The thought has ended: what was handed over as text was part of it."""
        reconsidered = [(Reconsidered, "")] if self._mode == "text" else []
        self._mode, self._said = "after", []
        return [*reconsidered, *self.feed(follows)]

    def _is_meant(self, text: str, start: int, tag: str, follows: str) -> bool:
        """Whether a closing tag that stands there ends a thought rather than being talked about."""
        before = text[start - 1] if start else next((given[-1] for given in reversed(self._said) if given), "")
        is_quoted = before != "" and before in _QUOTES and follows[:1] in _QUOTES
        if self._mode == "thinking":
            return not is_quoted
        said = "".join((*self._said, text[:start]))
        line = said.rpartition("\n")[2]
        is_code = line.count("`") % 2 == 1 or len(_FENCE.findall(said)) % 2 == 1
        goes_on = follows[:1] in _AFTER_A_WORD and follows.lstrip(_BLANKS)[:1] not in "\r\n"
        in_sentence = line.strip() != "" and line[-1] in _BLANKS and goes_on
        is_opened = any(opening in said for opening, closing in TAGS.items() if closing == tag)
        return not (is_quoted or is_code or in_sentence or is_opened)

    def end(self, *, goes_on: bool = False) -> list[Said]:
        """Give what was held back for a tag that never came, or for what would have followed one.

        `goes_on`: a call follows, or the answer has broken off.
        """
        held, self.held = self.held, ""
        if self._mode not in ("text", "thinking"):
            return [(Text, held)]
        kind, tag = Reasoning if self._mode == "thinking" else Text, held.strip()
        if self._closing.fullmatch(tag) and (kind is Reasoning or self._ends_thought(tag, goes_on=goes_on)):
            return self._close("")
        return [(kind, held)]

    def _ends_thought(self, tag: str, *, goes_on: bool) -> bool:
        """Whether a closing tag that is the last of all ends a thought: one in a line of its own, or in front of more.

        DeepSeek's and Kimi's models call right behind the tag.
        """
        is_alone = not "".join(self._said).rpartition("\n")[2].strip()
        return (is_alone or goes_on) and not self.is_parsed and self._is_meant("", 0, tag, "\n")
