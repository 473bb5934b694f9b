"""What models do not take, as their refusals told: remembered under their key, shown, and forgotten.

Models of the environment's servers have no key. What they do not take is remembered by this process: they are listed
anew every few minutes, and a restart, which may have changed them, costs one refused request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from agents import engine
from agents.models import ApiKey

KEPT = timedelta(days=30)  # then a model is asked in full again: its server may have changed
MOST = 200  # models of one key; the oldest go

_of_servers: dict[str, dict[str, dict]] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """What one model does not take, for people; `words` are the server's last ones."""

    model: str
    told: list[str]
    words: str
    at: datetime


def manners(stored: Mapping[str, dict], model: str) -> engine.Manners:
    """What is remembered of a model; what is old counts no more."""
    known = stored.get(model)
    return engine.Manners.of(known) if known and _at(known) > timezone.now() - KEPT else engine.Manners()


def of_server(provider: str) -> Mapping[str, dict]:
    """What is remembered of the models of a server of the environment."""
    return _of_servers.get(provider, {})


def keep(key: UUID | None, provider: str, model: str, found: Iterable[engine.Learned]) -> None:
    """Remember what a model does not take beside what is known; without a key for as long as this process runs."""
    if key is None:
        _of_servers[provider] = _with(of_server(provider), model, found)
        return
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().only("learned").filter(pk=key).first()
        if row:
            ApiKey.objects.filter(pk=key).update(learned=_with(row.learned, model, found))


def _with(stored: Mapping[str, dict], model: str, found: Iterable[engine.Learned]) -> dict[str, dict]:
    known, words = manners(stored, model), ""
    for lesson in found:
        known, words = known | lesson.manners, lesson.words or words
    others = {name: told for name, told in stored.items() if name != model}
    newest = sorted(others, key=lambda name: others[name]["at"])[1 - MOST :]
    told = known.as_dict() | {"words": words, "at": timezone.now().isoformat()}
    return {name: others[name] for name in newest} | {model: told}


def forget(key: ApiKey, model: str) -> None:
    """Ask a model of the key in full again."""
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().only("learned").get(pk=key.pk)
        row.learned.pop(model, None)
        ApiKey.objects.filter(pk=key.pk).update(learned=row.learned)


def forget_server(provider: str) -> None:
    """Ask the models of a server of the environment in full again."""
    _of_servers.pop(provider, None)


# ---- for people -----------------------------------------------------------------------------------------
def rows(stored: Mapping[str, dict]) -> list[Row]:
    """What is remembered, by model."""
    fresh = ((name, manners(stored, name), known) for name, known in sorted(stored.items()))
    return [Row(name, _told(found), known.get("words", ""), _at(known)) for name, found, known in fresh if found]


def _at(known: Mapping) -> datetime:
    return parse_datetime(known["at"])


def _told(known: engine.Manners) -> list[str]:
    found = [(what, "") for what in sorted(known.without)] + sorted(known.renamed.items())
    found += [(name, str(most)) for name in ("longest", "most_images") if (most := getattr(known, name))]
    return [told(what, value) for what, value in found]


def told(what: str, value: str = "") -> str:
    """Return in words what a model does not take, and what is done about it."""
    sentences = {
        "tools": _("It takes no tools and answers without them."),
        "images": _("It takes no images and is told that they are not there."),
        "files": _("It takes no such files and is told that they are not there."),
        "system": _("It takes no system prompt; the prompt's words go in front of the first message."),
        "turns": _("It wants questions and answers in turn, so the conversation is put in order for it."),
        "thinking": _("It does not think while it has tools, so its thinking is off."),
        "temperature": _("It takes no temperature and answers with its own."),
        "reasoning_effort": _("It takes no effort of thinking and thinks as it will."),
        "response_format": _("It takes no form for its answers and is asked for it in words."),
        "stream_options": _("It takes no wish for counted tokens, so they may be missing."),
        "cache_control": _("It takes no marks for its cache, so long conversations cost more."),
        "stream": _("It does not stream, so its answers come in one piece."),
        "chat_completions": _("It is asked by OpenAI's newer protocol, Responses."),
        "summaries": _("OpenAI tells what it thinks to verified organisations only, so its thoughts are not shown."),
        "thoughts": _("It hands over no thoughts, so it thinks anew after each tool."),
        "earlier_thoughts": _("Earlier thoughts belong to another account or model and were left out."),
        "most_images": _("It takes at most %(value)s images at once, so earlier ones are left out."),
        "longest": _("Its answers have at most %(value)s tokens."),
    }
    otherwise = (
        _("It wants “%(what)s” under the name “%(value)s”.")
        if value
        else _("It does not take “%(what)s”, which is left out.")
    )
    return sentences.get(what, otherwise) % {"what": what, "value": value}
