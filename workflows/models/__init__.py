"""Workflows: the draft as rows, what was published, what starts them, their runs and steps, and who approves."""

from workflows.models.approvals import Approval
from workflows.models.changes import WorkflowChange
from workflows.models.links import WorkflowLink
from workflows.models.runs import (
    ENDED,
    WAITING,
    Effect,
    StepStatus,
    Trigger,
    WorkflowRun,
    WorkflowStep,
)
from workflows.models.triggers import TriggerKind, WorkflowTrigger
from workflows.models.workflows import (
    Workflow,
    WorkflowEdge,
    WorkflowNode,
    WorkflowTest,
    WorkflowVersion,
    empty_structure,
)

__all__ = [
    "ENDED",
    "WAITING",
    "Approval",
    "Effect",
    "StepStatus",
    "Trigger",
    "TriggerKind",
    "Workflow",
    "WorkflowChange",
    "WorkflowEdge",
    "WorkflowLink",
    "WorkflowNode",
    "WorkflowRun",
    "WorkflowStep",
    "WorkflowTest",
    "WorkflowTrigger",
    "WorkflowVersion",
    "empty_structure",
]
