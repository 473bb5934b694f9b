"""Keys to providers, agents, tools and their servers, runs, and what they took."""

from agents.models.agents import Agent, AgentBookmark, AgentUserPermission, AgentVersion, PermissionStatus, Visibility
from agents.models.drafts import AgentDraft
from agents.models.keys import BUNDLED, ApiKey, Provider
from agents.models.mcp import (
    McpOAuthSession,
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
)
from agents.models.runs import ACTIVE, Run, RunEvent, RunKind, RunStatus
from agents.models.tools import (
    ApprovalStatus,
    SearchService,
    ToolAllowance,
    ToolApproval,
    ToolChoice,
    ToolKey,
    ToolPreset,
)
from agents.models.usage import UsageEntry, UsageKind

__all__ = [
    "ACTIVE",
    "BUNDLED",
    "Agent",
    "AgentBookmark",
    "AgentDraft",
    "AgentUserPermission",
    "AgentVersion",
    "ApiKey",
    "ApprovalStatus",
    "McpOAuthSession",
    "McpServer",
    "McpServerCustomInstructions",
    "McpServerToolCustomInstructions",
    "PermissionStatus",
    "Provider",
    "Run",
    "RunEvent",
    "RunKind",
    "RunStatus",
    "SearchService",
    "ToolAllowance",
    "ToolApproval",
    "ToolChoice",
    "ToolKey",
    "ToolPreset",
    "UsageEntry",
    "UsageKind",
    "Visibility",
]
