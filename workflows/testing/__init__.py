"""Runs that were kept as tests: what goes in, what models, tools and services answer, and what must come out."""

from workflows.testing.running import Result, run_all

__all__ = ["Result", "run_all"]
