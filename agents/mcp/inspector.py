"""The inspector: what a server lists, what a tool of it gives, for a page. Waits for the server, within limits."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.utils import timezone

from agents import tools
from agents.mcp import listing, loading
from agents.mcp.connection import SignInNeeded
from agents.models import McpServer
from agents.runs import runtime
from agents.tools import Caller, Failed, Failure, Result
from sambung.lib.waiting import SERVERS, Busy
from teams import access
from teams.models import User
from teams.workspace import Workspace

if TYPE_CHECKING:
    from agents.mcp.pool import Pool

Answer = TypeVar("Answer")
WITHIN = 45.0  # seconds for a page to wait


def refresh(server: McpServer, user: User) -> Failure | None:
    """List a server anew, as this person; return the problem, None where there is none."""
    try:
        found = _waited(lambda pool: pool.listing(server.pk, user.pk, anew=True))
    except Busy as busy:  # which says nothing of the server
        return Failure(busy.code)
    except Failed as failed:
        _note(server, "sign_in" if isinstance(failed, SignInNeeded) else "failed", failed.failure)
        return failed.failure
    _keep(server, user, found)
    return None


@transaction.atomic
def _keep(server: McpServer, user: User, found) -> None:
    """Store what was listed. Where nothing was known, who may change the server sees it now, and so approves it."""
    kept = McpServer.objects.select_for_update(of=("self",)).get(pk=server.pk)
    may_change = access.rows(user, McpServer.objects.filter(pk=kept.pk), access.WRITE).exists()
    is_first = not kept.tool_cache and may_change
    kept.tool_cache = listing.merged(kept.tool_cache, found.tools, is_first=is_first, is_whole=True)
    kept.resource_cache, kept.prompt_cache = found.resources, found.prompts
    kept.instructions, kept.last_status, kept.checked_at = found.instructions, "ok", timezone.now()
    kept.last_error_code, kept.last_error_params = "", {}
    kept.save()
    server.refresh_from_db()


def _note(server: McpServer, status: str, problem: Failure) -> None:
    server.last_status, server.checked_at = status, timezone.now()
    server.last_error_code, server.last_error_params = problem.code, dict(problem.params)
    server.save(update_fields=["last_status", "last_error_code", "last_error_params", "checked_at"])


def try_tool(server: McpServer, user: User, name: str, args: dict) -> Result:
    """Run one tool as this person; what goes wrong is a result that says so. Raises Busy."""
    kept = next((one for one in server.tool_cache if one["name"] == name and listing.is_ready(one)), None)
    if kept is None:
        return Result.failed(Failure("mcp_no_such_tool"))
    caller = Caller(Workspace(user, server.team))
    tool = listing.tool(kept, str(server.pk), server.name)
    return _tried(lambda pool: tools.call(tool, args, caller, lambda text: None))


def read_resource(server: McpServer, user: User, uri: str) -> Result:
    """Return what stands at one of the server's addresses. Raises Busy."""
    return _tried(lambda pool: pool.read_resource(server.pk, user.pk, uri))


def get_prompt(server: McpServer, user: User, name: str, args: dict[str, str]) -> Result:
    """Return what one of the server's prompts says with these arguments. Raises Busy."""
    return _tried(lambda pool: pool.get_prompt(server.pk, user.pk, name, args))


def _tried(ask: Callable[["Pool"], Awaitable[Result]]) -> Result:
    try:
        return _waited(ask)
    except Failed as failed:
        return Result.failed(failed.failure)


def _waited(ask: Callable[["Pool"], Awaitable[Answer]]) -> Answer:
    """Return what the pool gives. Raises Failed and Busy."""
    try:
        return runtime.wait(_asked(ask), WITHIN, SERVERS)
    except TimeoutError:
        raise Failed("mcp_no_answer_in_time") from None


async def _asked(ask: Callable[["Pool"], Awaitable[Answer]]) -> Answer:
    return await ask(await loading.pool())
