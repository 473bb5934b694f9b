"""What everybody runs: publishing a draft, what was published, and what a workflow calls and is called."""

from workflows.publishing.known import known, offer

__all__ = ["known", "offer"]
