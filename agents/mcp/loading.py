"""The door to what brings the SDK, which takes a second or more to load when it is first needed."""

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.mcp.pool import Pool


async def pool() -> "Pool":
    """Return the pool of the running loop; it is loaded in a thread, so that replies go on meanwhile."""
    module = await asyncio.to_thread(import_module, "agents.mcp.pool")
    return module.current()
