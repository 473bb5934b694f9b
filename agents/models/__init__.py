"""Keys to providers, agents, and runs."""

from agents.models.agents import Agent, AgentBookmark, AgentUserPermission, AgentVersion, PermissionStatus, Visibility
from agents.models.drafts import AgentDraft
from agents.models.keys import BUNDLED, ApiKey, Provider
from agents.models.runs import ACTIVE, Run, RunEvent, RunKind, RunStatus

__all__ = [
    "ACTIVE",
    "BUNDLED",
    "Agent",
    "AgentBookmark",
    "AgentDraft",
    "AgentUserPermission",
    "AgentVersion",
    "ApiKey",
    "PermissionStatus",
    "Provider",
    "Run",
    "RunEvent",
    "RunKind",
    "RunStatus",
    "Visibility",
]
