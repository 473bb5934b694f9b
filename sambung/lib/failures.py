"""Failures that are stored as a code and parameters: their sentence is made when it is shown, for whoever reads it.

Codes are stable names. The apps register theirs with the sentences; `docs/errors.md` lists them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation. Django's own asks for settings, and the process that reads files has none."""
    return sentence


OTHER = "other"  # holds a sentence itself, as `text`: of rows older than codes, or somebody's own words
UNKNOWN = gettext_noop("Something went wrong here. Try again.")
DETAIL = "%(detail)s"
WAIT = "wait_until"  # a parameter: a moment in ISO 8601
WITH_DETAIL = gettext_noop("%(sentence)s It said: %(detail)s")

_messages: dict[str, str] = {OTHER: "%(text)s"}
_until: dict[str, str] = {}  # the sentences of codes that are told with a moment


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something failed. `params` fill the sentence and hold no secrets; `detail` is what a service said of it.

    With `wait_until`, a moment, a code may have another sentence, which tells it.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What happened and what can be done, in the present language; plain text."""
        return self._said(gettext)

    @property
    def english(self) -> str:
        """The same for a model, or for a log."""
        return self._said(str)

    def _said(self, translated: Callable[[str], str]) -> str:
        words, params = _messages.get(self.code, UNKNOWN), self.params
        if until := params.get(WAIT):
            words = _until.get(self.code, words)
            params = {**params, WAIT: _moment(str(until), is_local=translated is gettext)}
        try:
            said = translated(words) % params
        except KeyError:  # a row that another version wrote
            return translated(UNKNOWN)
        if (detail := self.params.get("detail")) and DETAIL not in words:
            return translated(WITH_DETAIL) % {"sentence": said, "detail": detail}
        return said

    @property
    def stored(self) -> dict:
        """The failure as JSON; `read` gives it back."""
        return {"code": self.code, "params": dict(self.params)}


def _moment(until: str, *, is_local: bool) -> str:
    """A moment in the reader's time, or in UTC: to the next minute, with the day where it is another one."""
    moment = datetime.fromisoformat(until) + timedelta(seconds=59)
    if not is_local:
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    moment = timezone.localtime(moment)
    is_today = moment.date() == timezone.localdate()
    told = formats.date_format(moment, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")
    return told if moment.utcoffset() else f"{told} UTC"


class Failed(Exception):
    """Something failed; `failure` says why, and so does the error's text, in English."""

    def __init__(self, why: str | Failure, **params: str | int):
        self.failure = why if isinstance(why, Failure) else Failure(why, params)
        super().__init__(self.failure.english)


def read(stored: Mapping | None) -> Failure | None:
    """Return a failure that was stored as JSON; None where nothing was."""
    return Failure(stored["code"], stored["params"]) if stored else None


def register(messages: Mapping[str, str]) -> None:
    """Make codes known with their sentences, marked for translation; these may hold `%(name)s` places."""
    if taken := _messages.keys() & messages.keys():
        raise ValueError(f"These codes mean something already: {sorted(taken)}")
    _messages.update(messages)


def register_until(messages: Mapping[str, str]) -> None:
    """Give codes the sentences that tell until when to wait, with the place `%(wait_until)s`."""
    _until.update(messages)


def known() -> Mapping[str, str]:
    """All codes with their sentences in English."""
    return dict(_messages)


def columns(failure: Failure | None, name: str = "error") -> dict:
    """Return the two columns of a failure, "" and {} where there is none."""
    code, params = (failure.code, dict(failure.params)) if failure else ("", {})
    return {f"{name}_code": code, f"{name}_params": params}
