"""Workflows and chatflows of Dify, as its YAML files hold them: read here is what can be mapped, the rest is told."""

from workflows.formats.dify.reading import SOURCE, fits, read

__all__ = ["SOURCE", "fits", "read"]
