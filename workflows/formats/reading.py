"""Any file of a workflow: which program it comes from, and what is built of it."""

from types import ModuleType

from django.utils.translation import gettext as _

from sambung.lib.schema import Unreadable
from workflows.formats import better_chatbot, dify, n8n, own
from workflows.formats.loading import load
from workflows.formats.tidying import tidy
from workflows.formats.values import Imported

#: What reads each format, in the order in which they are asked whether a file is theirs.
READERS: tuple[ModuleType, ...] = (dify, n8n, better_chatbot, own)
#: What a person calls each.
SOURCES = {
    own.SOURCE: "Sambung",
    better_chatbot.SOURCE: "better-chatbot",
    dify.SOURCE: "Dify",
    n8n.SOURCE: "n8n",
}


def read(raw: bytes | str) -> Imported:
    """Build the workflow that a file holds; nothing is stored. Raises Unreadable, with a sentence for people."""
    found = _one(load(raw))
    reader = next((reader for reader in READERS if reader.fits(found)), None)
    if reader is None:
        raise Unreadable(_("This is no workflow of Sambung, better-chatbot, Dify or n8n."))
    return tidy(reader.read(found))


def _one(found: object) -> dict:
    """The workflow itself: some programs put it into a list, or under a name."""
    if isinstance(found, list):
        if len(found) > 1 and all(isinstance(one, dict) and "nodes" in one for one in found):
            raise Unreadable(_("This file holds %(n)s workflows. Import them one by one.") % {"n": len(found)})
        found = found[0] if len(found) == 1 else None
    if not isinstance(found, dict):
        raise Unreadable(_("This is no workflow of Sambung, better-chatbot, Dify or n8n."))
    inner = found.get("workflow")
    is_wrapped = "nodes" not in found and isinstance(inner, dict) and "nodes" in inner
    return {"name": found.get("name")} | inner if is_wrapped else found
