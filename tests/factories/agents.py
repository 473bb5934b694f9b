"""Factories of agents, keys, runs under way and what calls of models cost."""

import uuid

from django.utils import timezone

from agents import keys
from agents.models import Agent, ApiKey, Run, RunStatus, UsageEntry, UsageKind
from agents.runs import lifecycle, registry
from agents.runs.registry import Work
from teams.models import Team, User


def agent(user: User | None = None, team: Team | None = None, **fields) -> Agent:
    """Add an agent: a person's, or a team's."""
    given = {"name": "Helper", "description": "Helps.", "instructions": "You help."}
    return Agent.objects.create(user=user, team=team, **given | fields)


def api_key(
    user: User | None = None, team: Team | None = None, secret: str = "sk-0123456789abcdefwxyz", **fields
) -> ApiKey:
    """Add a key: a person's, a team's, or the instance's. `models` are the ids that it lists."""
    given = {"provider": "openai", "label": "A key", "base_url": "https://api.openai.com/v1"}
    models = fields.pop("models", ("gpt-5-mini",))
    key = ApiKey(user=user, team=team, **given | fields)
    key.model_cache, key.listed_at = [{"id": name} for name in models], timezone.now()
    key.encrypted_key, key.key_last4 = keys.seal(key, secret) if secret else None, keys.last4(secret)
    key.save()
    return key


def begin(run_id: uuid.UUID, owner: str) -> Work:
    """Put a run under way, held by `owner`, as if its process served it; return what it needs."""
    lease = timezone.now() + lifecycle.LEASE
    Run.objects.filter(pk=run_id).update(status=RunStatus.RUNNING, attempt=1, owner=owner, lease_until=lease)
    found = Run.objects.get(pk=run_id)
    return registry.kind(found.kind).load(found)


def usage(user: User | None, team: Team | None = None, **fields) -> UsageEntry:
    """Add a call of a model that was made for a person, in a team or not."""
    given = {"kind": UsageKind.CHAT, "provider": "openai_compatible", "model": "fake-plain", "price_source": "provider"}
    given |= {"input_tokens": 10, "output_tokens": 5, "cost": "0.25"}
    return UsageEntry.objects.create(user=user, team=team, **given | fields)
