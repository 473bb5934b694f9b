"""The application with one kind of run more, which counts."""

from sambung.asgi import application  # isort: skip  sets Django up
from agents.runs import registry
from tests.agents.runs.counting import NAME, Counting

__all__ = ["application"]

registry.register(NAME, Counting())
