"""Which models a person may choose in a workspace: their keys', the team's, the instance's, and the bundled one."""

import re
from itertools import groupby

from django.utils.translation import gettext as _

from agents import engine, keys, learned
from agents.catalog import keyed, servers
from agents.catalog.enabled import offers_of
from agents.catalog.servers import ask_anew
from agents.catalog.values import Model, Reached, Reference
from agents.errors import Unavailable
from agents.models import BUNDLED, Provider
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

__all__ = [
    "Model",
    "Reached",
    "Reference",
    "ask_anew",
    "choices",
    "default",
    "find",
    "offered",
    "parse",
    "reach",
    "remember",
    "usable",
]

#: What a new chat asks where nobody chose: able, and not the dearest. The first that fits a name's beginning.
_USUAL = ("gpt-5-mini", "gpt-5", "gpt-4.1", "gpt-4o", "claude-sonnet", "claude-haiku", "claude", "gemini-2.5-flash")
_USUAL += ("gemini", "llama-3.3")


def usable(workspace: Workspace) -> list[Model]:
    """All models of the workspace: those under its keys and the person's own, then the instance's."""
    return [*keyed.models(keys.usable(workspace.user, workspace.team)), *servers.models()]


def offered(workspace: Workspace) -> list[Model]:
    """Those of them that the workspace offers."""
    chosen = offers_of(workspace)
    return [model for model in usable(workspace) if chosen.has(model.value)]


def shared(workspace: Workspace) -> list[Model]:
    """Those that everybody in the workspace has: in a team not the ones under a member's own key."""
    is_own = workspace.team is not None
    return [model for model in usable(workspace) if not (is_own and model.api_key and not model.holder)]


def find(reference: Reference, workspace: Workspace) -> Model | None:
    """The model while it can be used here, offered or not."""
    if reference.api_key is None:
        return servers.find(reference.provider, reference.model)
    found = keyed.models(keys.usable(workspace.user, workspace.team).filter(pk=reference.api_key))
    return next((model for model in found if model.id == reference.model), None)


def parse(value: str, workspace: Workspace) -> Model | None:
    """The model that a form names, if the workspace offers it."""
    return find(Reference.parse(value), workspace) if offers_of(workspace).has(value) else None


def alike(reference: Reference, workspace: Workspace) -> Model | None:
    """The model itself while it can be used here, else the same one under another key or server."""
    if found := find(reference, workspace):
        return found
    same = (reference.provider, reference.model)
    return next((model for model in offered(workspace) if (model.provider, model.id) == same), None)


def default(workspace: Workspace) -> Model | None:
    """The model of a new chat: the person's choice, the workspace's, else a usual one, the bundled one last."""
    for value in offers_of(workspace).defaults:
        if model := parse(value, workspace):
            return model
    found = offered(workspace)
    first = [model for model in found if (model.api_key, model.provider) == (found[0].api_key, found[0].provider)]
    usual = (model for name in _USUAL for model in first if re.search(rf"(^|/){re.escape(name)}", model.id))
    return next(usual, next(iter(found), None))


def choices(models: list[Model]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Models in groups by source, as a form's choices."""
    return [(source, [(m.value, m.label) for m in found]) for source, found in grouped(models)]


def grouped(models: list[Model]) -> list[tuple[str, list[Model]]]:
    """Models by the name of their source, in their order."""
    return [(name, list(found)) for (_key, name), found in groupby(models, key=lambda m: (m.api_key, source(m)))]


def source(model: Model) -> str:
    """What people call where a model comes from: its key, the server, this machine."""
    if model.api_key:
        holders = {"team": _("Team"), "instance": _("Server")}
        return " · ".join(filter(None, (model.key_label, holders.get(model.holder))))
    return named(model.provider)


def named(provider: str) -> str:
    """What people call a provider of the instance's own models."""
    names = {BUNDLED: _("On this machine"), Provider.OPENAI_COMPATIBLE: _("Your server")}
    return names.get(provider) or Provider(provider).label


async def reach(reference: Reference, workspace: Workspace | None) -> Reached:
    """Return the model and where it is asked, for whoever works in the workspace: None, who has gone, uses no key.

    Raises Unavailable.
    """
    if reference.api_key is None:
        endpoint = servers.endpoint(reference.provider)
        model = await servers.seek(reference.provider, reference.model)
    elif workspace is None:
        raise Unavailable("key_not_yours")
    else:
        model, endpoint = await in_thread(_under_key, reference, workspace)
    if model is None:
        raise Unavailable("model_not_offered", model=reference.model)
    return Reached(model, endpoint)


async def remember(model: Model, found: list[engine.Learned]) -> None:
    """Keep what a model has turned out not to take."""
    if found:
        await in_thread(learned.keep, model.api_key, model.provider, model.id, found)


def _under_key(reference: Reference, workspace: Workspace) -> tuple[Model | None, engine.Endpoint]:
    """The key is looked up anew: who may use it is decided now."""
    key = keys.usable(workspace.user, workspace.team).filter(pk=reference.api_key).first()
    if key is None:
        raise Unavailable("key_not_yours")
    found = (model for model in keyed.models([key]) if model.id == reference.model)
    return next(found, None), keys.endpoint(key)
