"""Workflows of n8n, as it exports them: items that flow along become values, and what cannot is told."""

from workflows.formats.n8n.reading import SOURCE, fits, read

__all__ = ["SOURCE", "fits", "read"]
