"""Notices beside a message: why a reply ends where it does, what was left out of its question, who answered instead."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext as _

from agents import learned
from chats.models import Message
from sambung.lib.failures import Failure

#: What is said beside an answer that ended before its end.
ENDS = {
    "length": gettext_noop("The reply reached its longest length."),
    "content_filter": gettext_noop("The model's service stopped this answer here: its filter objected."),
    "no_call": gettext_noop("The model meant to use a tool here, but its call did not come. This may not be whole."),
    "other": gettext_noop("The model's service ended this answer here without saying why. It may not be whole."),
}
NOTES = {
    "cannot_continue": gettext_noop("The reply could not go on where it ended, so this is a new variant."),
    "agent_gone": gettext_noop("The agent of this chat cannot be used any more; the model answered without it."),
}
MOST_NAMED = 5  # tools in one sentence


def ending(message: Message) -> str:
    """Why the reply ends where it does, as far as there is a sentence for it."""
    if message.run and (message.run.is_active or message.run.error_code):
        return message.run.problem
    sentence = ENDS.get(message.metadata.get("finish_reason"))
    return gettext(sentence) if sentence else ""


def mending(message: Message) -> tuple:
    """The page where what takes too much room can be shortened: the name of its URL, and the id that it takes."""
    if not message.run or message.run.is_active:
        return ()
    code, place = message.run.error_code, message.run.error_params.get("place")
    pages = {
        "system_prompt_too_long": ("chat_settings", message.chat_id),
        "folder_prompt_too_long": ("folder_settings", place),
        "instructions_too_long": ("agent_edit", place),
        "about_too_long": ("assistant",),
    }
    page = pages.get(code, ())
    return page if all(page) else ()


def of(message: Message) -> tuple[str, ...]:
    """What else there is to say of how a message came about."""
    kept = message.metadata
    notices = []
    if left_out := kept.get("left_out"):
        notices.append(
            ngettext(
                "%(n)s earlier message was left out: the model's window is full.",
                "%(n)s earlier messages were left out: the model's window is full.",
                left_out,
            )
            % {"n": left_out}
        )
    if size := kept.get("tools_left_out"):
        said = _("The tools take about %(size)s tokens, too much of this model's window. It answered without them.")
        notices.append(said % {"size": size})
    if kept.get("tools_unseen"):
        notices.append(_("This model cannot use tools: it answered without those that were asked for."))
    notices += _missing(kept.get("tools_missing", ()))
    if cut := kept.get("files_cut"):
        said = _("Of %(names)s only the beginning was sent: the model's window is full.")
        notices.append(said % {"names": ", ".join(cut)})
    if kept.get("images_unseen"):
        notices.append(_("This model sees no images: it answered without them."))
    notices += [learned.told(lesson["what"], lesson["value"]) for lesson in kept.get("learned", ())]
    if sentence := NOTES.get(kept.get("note")):
        notices.append(gettext(sentence))
    for tried in kept.get("passed_on", ()) if kept.get("label") else ():
        why = Failure(tried["code"], tried["params"]).sentence
        said = {"model": _tried(tried, kept), "why": why, "other": kept.get("label")}
        notices.append(_("%(other)s answers in place of %(model)s. %(why)s") % said)
    if by := kept.get("edited_by"):
        notices.append(_("Edited by %(name)s.") % {"name": by})
    return tuple(notices)


def _missing(tools: Iterable[Mapping]) -> list[str]:
    """A sentence for each reason why tools that were asked for could not be used."""
    by_reason: dict[str, list[str]] = {}
    for one in tools:
        by_reason.setdefault(Failure(one["code"], one["params"]).sentence, []).append(one["title"])
    return [
        _("Not used: %(names)s. %(why)s") % {"names": _some(titles), "why": why} for why, titles in by_reason.items()
    ]


def _some(names: list[str]) -> str:
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    more = _("and %(n)s more") % {"n": len(names) - MOST_NAMED}
    return f"{', '.join(names[:MOST_NAMED])} {more}"


def _tried(tried: dict, kept: dict) -> str:
    """The model that could not answer; with its key's name where the one that did has the same name."""
    label = tried.get("label") or tried["model"]
    return f"{label} ({tried['key']})" if tried.get("key") and label == kept.get("label") else label
