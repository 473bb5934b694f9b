"""Modules that take seconds to import, loaded beside the event loop when they are first needed."""

import asyncio
import importlib
from types import ModuleType

_loaded: dict[str, ModuleType] = {}


async def load(name: str) -> ModuleType:
    """Return a module of the engine, imported in a thread the first time."""
    if (found := _loaded.get(name)) is None:
        found = _loaded[name] = await asyncio.to_thread(importlib.import_module, name)
    return found
