"""Sentences that are stored in English and shown in the reader's language.

A reply fails while nobody's language is known, and everyone who reads it later may have another: so a run keeps its
sentence in English, and `shown` translates it for the page. The engine knows no Django; its sentences are named here.
"""

import re

from django.utils.translation import gettext, gettext_noop

from sambung.lib import waiting

_PLACE = re.compile(r"%\\\((\w+)\\\)s")  # `%(name)s` after re.escape
_NESTED = gettext_noop("%(sentence)s It said: %(detail)s")

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
    if words == _NESTED:
        places = places | {"sentence": shown(places["sentence"])}
    return gettext(words) % places if places else gettext(words)


def _match(sentence: str) -> tuple[str, dict[str, str]] | None:
    """Find the known sentence behind a stored one, with what fills its places."""
    if sentence in _plain:
        return sentence, {}
    matches = ((words, pattern.fullmatch(sentence)) for words, pattern in _patterns.items())
    return next(((words, match.groupdict()) for words, match in matches if match), None)


_ENGINE = (
    gettext_noop("The model could not answer."),
    gettext_noop("The model's service is receiving too many requests at the moment. Try again shortly."),
    gettext_noop("The account behind this key has used up its quota."),
    gettext_noop("The model's service is overloaded or not available at the moment. Try again shortly."),
    gettext_noop("The model's service failed. Try again shortly."),
    gettext_noop("The model's service did not accept the key. Check it in the settings."),
    gettext_noop("The model's service refused the request."),
    gettext_noop("There is no model service at this address. Check it; such an address often ends in /v1."),
    gettext_noop("The conversation is too long for this model. Shorten it, or choose a model with a larger window."),
    gettext_noop(
        "The conversation is more than this model's service takes at once. Shorten it, or choose another model."
    ),
    gettext_noop("The model's service does not serve the country that this server is in. Choose another model."),
    gettext_noop("This conversation holds something that cannot be sent to the model."),
    gettext_noop("The model's service cannot be reached. Check its address, or try again shortly."),
    gettext_noop("This server does not connect to that address."),
    gettext_noop("The model did not answer in time. Try again."),
    gettext_noop("The model stopped in the middle of its answer. Continue, or try again."),
    gettext_noop("The connection to the model broke in the middle of its answer. Continue, or try again."),
    gettext_noop("The model's service sent something that cannot be read. Try again."),
    gettext_noop("The model's service reported an error in the middle of its answer. Try again."),
    gettext_noop("The model answered with nothing. Try again."),
    gettext_noop("The model thought, but gave no answer. Its thought is kept; try again."),
    gettext_noop("The model reached its longest length before it answered. Let it answer longer, or think less."),
    gettext_noop("The model's service refused to answer this. Put it in other words, or choose another model."),
    gettext_noop("The model tried to use a tool, but its call was broken. Try again."),
    gettext_noop("The model paused in the middle of its answer. Continue, or try again."),
    gettext_noop("The answer grew beyond the limit and was stopped."),
    gettext_noop("Something went wrong here. Try again."),
    _NESTED,
)
for _sentence in (*_ENGINE, waiting.YOURS, waiting.FULL):
    known(_sentence)
