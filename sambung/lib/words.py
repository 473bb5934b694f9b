"""Sentences that are stored in English and shown in the reader's language.

A job fails while nobody's language is known, and everyone who reads of it later may have another: so a row keeps its
sentence in English, and `shown` translates it for the page.
"""

import re

from django.utils.translation import gettext, gettext_noop

_PLACE = re.compile(r"%\\\((\w+)\\\)s")  # `%(name)s` after re.escape
#: A sentence, and what somebody else's server said of it.
WITH_DETAIL = gettext_noop("%(sentence)s It said: %(detail)s")

_plain: set[str] = set()
_patterns: dict[str, re.Pattern[str]] = {}


def known(sentence: str) -> str:
    """Make a sentence known to `shown`, and return it. It may hold `%(name)s` places to be filled in."""
    pattern = _PLACE.sub(r"(?P<\1>.+?)", re.escape(sentence))
    if pattern == re.escape(sentence):
        _plain.add(sentence)
    else:
        _patterns[sentence] = re.compile(pattern, re.DOTALL)
    return sentence


def is_known(sentence: str) -> bool:
    """Whether `shown` finds words for the sentence."""
    return _match(sentence) is not None


def shown(sentence: str) -> str:
    """Return a stored sentence in the present language; one that is not known stays as it is."""
    found = _match(sentence)
    if found is None:
        return sentence
    words, places = found
    if words == WITH_DETAIL:
        places = places | {"sentence": shown(places["sentence"])}
    return gettext(words) % places if places else gettext(words)


def _match(sentence: str) -> tuple[str, dict[str, str]] | None:
    """Find the known sentence behind a stored one, with what fills its places."""
    if sentence in _plain:
        return sentence, {}
    matches = ((words, pattern.fullmatch(sentence)) for words, pattern in _patterns.items())
    return next(((words, match.groupdict()) for words, match in matches if match), None)


known(WITH_DETAIL)
