"""What a workspace offers the fields of nodes: models, agents, tools, people, collections. Each is asked for once."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from agents import catalog, tools
from agents.catalog import Reference
from agents.definitions import given
from agents.models import Agent
from agents.tools import Tool
from teams import access
from teams.models import User
from teams.workspace import Workspace
from workflows.forms.controls import NOTHING, Choice


class Offers:
    """The choices of a workspace by kind, as `Around.offers` is asked for them."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    def __call__(self, kind: str) -> Any:
        return getattr(self, kind)

    @cached_property
    def models(self) -> list:
        return catalog.choices(catalog.offered(self.workspace))

    @cached_property
    def model_values(self) -> dict[str, dict]:
        """What is kept of a model, by what forms send."""
        return {model.value: stored_model(model.reference) for model in catalog.offered(self.workspace)}

    @cached_property
    def agents(self) -> list[tuple[str, str]]:
        rows = access.rows(self.workspace.user, Agent.objects.filter(is_active=True))
        return [(str(pk), name) for pk, name in rows.order_by("name", "id").values_list("pk", "name")]

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        if not self.workspace.team:
            return [(str(self.workspace.user.pk), str(self.workspace.user))]
        people = User.objects.filter(memberships__team=self.workspace.team, is_active=True)
        return [(str(one.pk), str(one)) for one in people.order_by("name", "email")]

    @cached_property
    def collections(self) -> list[tuple[str, str]]:
        kind = given.kinds().get("collections")
        return kind.offered(self.workspace) if kind else []

    @cached_property
    def tools(self) -> list[tuple[str, list[tuple[str, str]]]]:
        found = [source for source in tools.sources(self.workspace) if source.tools]
        return [(str(source.title), [(tool.ref, str(tool.title)) for tool in source.tools]) for source in found]

    @cached_property
    def tool_values(self) -> dict[str, Tool]:
        """The tools by their references."""
        return {tool.ref: tool for source in tools.sources(self.workspace) for tool in source.tools}


def stored_model(reference: Reference) -> dict:
    """A model as a node keeps it."""
    stored = reference.stored
    return {"apiKey": stored["api_key"], "provider": stored["provider"], "model": stored["model"]}


class Model(Choice):
    """A model: kept as {apiKey, provider, model}. One that is not offered any more stays until another is chosen."""

    def __init__(self, name: str, label: Any, **kwargs):
        super().__init__(name, label, offered="models", **kwargs)

    def key(self, value):
        if not isinstance(value, Mapping):
            return ""
        return f"{value.get('apiKey') or value.get('provider', '')}:{value.get('model', '')}"

    def raw_of(self, value, around):
        """The value, behind the provider, which a key does not tell."""
        found = super().raw_of(value, around)
        provider = value.get("provider", "") if isinstance(value, Mapping) else ""
        return {"value": found, "was": f"{provider} {found}" if found else ""}

    def take(self, post, path):
        return {"value": post.get(path, "")[:400], "was": post.get(f"{path}-was", "")[:500]}

    def read(self, raw, around, faults, path):
        if not raw["value"]:
            return NOTHING
        if found := around.offers("model_values").get(raw["value"]):
            return found
        provider, _sep, kept = raw["was"].partition(" ")
        if kept != raw["value"]:
            faults.add(path, _("This model is not offered here. Choose another."))
            return NOTHING
        return stored_model(Reference.parse(kept)._replace(provider=provider))

    def shown(self, raw, around, faults, path):
        shown = super().shown(raw["value"], around, faults, path)
        return shown | {"was": raw["was"]}

    def words(self, raw):
        return raw.partition(":")[2]


#: What is kept of a tool beside its reference: as it was when it was chosen.
_KEPT = ("title", "digest", "effect")


class ToolChoice(Choice):
    """A tool, with the digest of what it was when it was chosen: one that has changed is to be looked at again."""

    template = "tool"

    def __init__(self, name: str, label: Any, **kwargs):
        super().__init__(name, label, offered="tools", refreshes=True, **kwargs)

    def raw_of(self, value, around):
        if not isinstance(value, Mapping):
            return dict.fromkeys(("ref", *_KEPT), "")
        ref = ":".join(str(value.get(part, "")) for part in ("kind", "source", "name"))
        return {"ref": ref} | {part: str(value.get(part) or "") for part in _KEPT}

    def take(self, post, path):
        given = {part: post.get(f"{path}-{part}", "")[:500] for part in ("ref", "was", *_KEPT)}
        if given.pop("was") != given["ref"] or post.get("act") == "look":
            given |= dict.fromkeys(_KEPT, "")
        return given

    def read(self, raw, around, faults, path):
        if not raw["ref"]:
            return NOTHING
        kind, _sep, rest = raw["ref"].partition(":")
        source, _sep, name = rest.partition(":")
        kept = {"kind": kind, "source": source, "name": name}
        if not raw["digest"] and (tool := around.offers("tool_values").get(raw["ref"])):
            return kept | {"title": str(tool.title), "digest": tool.digest, "effect": tool.effect}
        return kept | {part: raw[part] for part in _KEPT if raw[part]}

    def is_blank(self, raw, around):
        return not raw["ref"]

    def shown(self, raw, around, faults, path):
        tool: Tool | None = around.offers("tool_values").get(raw["ref"])
        now = {"title": str(tool.title), "digest": tool.digest, "effect": tool.effect} if tool else {}
        kept = {part: raw[part] or now.get(part, "") for part in _KEPT} if raw["digest"] or not now else now
        is_drifted = bool(now) and kept["digest"] != now["digest"]
        told = {"kept": [*kept.items(), ("was", raw["ref"])], "tool": tool, "is_drifted": is_drifted}
        return super().shown(raw["ref"], around, faults, path) | told

    def words(self, raw):
        return raw.rpartition(":")[2]
