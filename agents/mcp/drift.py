"""What servers list while they are used: a tool that is described differently waits until somebody has seen it."""

from django.db import transaction

from agents.mcp import listing
from agents.mcp.connection import Target
from agents.models import McpServer
from sambung.lib.threads import in_thread


async def store(where: Target, listed: tuple[dict, ...]) -> None:
    """Keep what a server lists now; nothing is approved by that."""
    await in_thread(_store, where.server_id, listed)


@transaction.atomic
def _store(server_id, listed: tuple[dict, ...]) -> None:
    """A server that was never looked at stays so: who looks first sees all of it."""
    before = McpServer.objects.filter(pk=server_id).exclude(tool_cache=[]).values_list("tool_cache", flat=True).first()
    if before is None or listing.merged(before, listed, is_first=False, is_whole=False) == before:
        return
    kept = McpServer.objects.select_for_update(of=("self",)).get(pk=server_id)
    kept.tool_cache = listing.merged(kept.tool_cache, listed, is_first=False, is_whole=False)
    kept.save(update_fields=["tool_cache", "updated_at"])
