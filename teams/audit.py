"""The audit log: who did what to whom, and when. Never message text, never a secret."""

from contextvars import ContextVar

from teams.models import AuditEntry, Team, User

#: The client's address of the present request; set by `teams.middleware.ClientAddressMiddleware`.
client_address: ContextVar[str | None] = ContextVar("client_address", default=None)


def record(action: str, *, by: User | None = None, target: object = "", team: Team | None = None, **data) -> None:
    """Add an entry to the present transaction. `action` is `<noun>.<verb>`, `data` what else is worth knowing."""
    AuditEntry.objects.create(
        actor=by,
        actor_name=f"{by} <{by.email}>" if by else "",
        action=action,
        target=str(target)[:300],
        team=team,
        ip=client_address.get(),
        data=data,
    )
