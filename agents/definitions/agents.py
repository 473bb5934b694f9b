"""What people do with agents: make, change, take back, copy, delete them; say who sees them; keep them at hand.

The caller has made sure that `by` may, but for what depends on the role of `by`.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents import keys, policies
from agents.models import Agent, AgentBookmark, AgentUserPermission, AgentVersion, PermissionStatus, Visibility
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from teams import access, audit
from teams.models import User
from teams.workspace import Workspace

_NAME_LENGTH = Agent._meta.get_field("name").max_length


# ---- Content --------------------------------------------------------------------------------------------
@transaction.atomic
def create(*, by: User, workspace: Workspace, content: dict, is_active: bool = True) -> Agent:
    """Make a private agent of `content`, which is by the names of `Agent.CONTENT`. Raises Refused."""
    agent = Agent(**workspace.scope, **content, is_active=is_active)
    _check_keys(agent, by)
    agent.clean_fields(exclude=("user", "team"))
    agent.save()
    return agent


@transaction.atomic
def change(*, by: User, agent: Agent, content: dict) -> Agent:
    """Change some of an agent's content and keep what it was; without a difference nothing is kept. Raises Refused."""
    kept = _locked(agent)
    before = kept.content
    changed = [name for name, value in content.items() if value != before[name]]
    if not changed:
        return kept
    for name in changed:
        setattr(kept, name, content[name])
    _check_keys(kept, by, known=_keys(before["chat_model"]))
    kept.clean_fields(exclude=("user", "team"))
    last = kept.versions.first()
    AgentVersion.objects.create(agent=kept, number=last.number + 1 if last else 1, content=before, created_by=by)
    kept.save(update_fields=[*changed, "updated_at"])
    return kept


@transaction.atomic
def restore_version(*, by: User, version: AgentVersion) -> Agent:
    """Make an agent what it was: a change like others. Keys that `by` cannot use any more are left out."""
    agent = version.agent
    content = {name: version.content[name] for name in Agent.CONTENT if name in version.content}
    return change(by=by, agent=agent, content=_with_usable_keys(content, Workspace(by, agent.team)))


@transaction.atomic
def duplicate(*, by: User, agent: Agent, workspace: Workspace) -> Agent:
    """Copy an agent into a workspace, where it is private. Keys that cannot be used there are left out."""
    content = _with_usable_keys(agent.content, workspace)
    content["name"] = (_("Copy of %(name)s") % {"name": agent.name})[:_NAME_LENGTH]
    return create(by=by, workspace=workspace, content=content)


@transaction.atomic
def set_active(*, by: User, agent: Agent, is_active: bool) -> None:
    """Let an agent answer, or rest: then only those who can change it see it."""
    kept = _locked(agent)
    kept.is_active = is_active
    kept.save(update_fields=["is_active", "updated_at"])


@transaction.atomic
def delete(*, by: User, agent: Agent) -> None:
    """Put an agent away; `restore` takes it back. Chats with it go on with their model."""
    kept = _locked(agent)
    kept.deleted_at = timezone.now()
    kept.save(update_fields=["deleted_at"])
    _record("agent.deleted", by, kept)


@transaction.atomic
def restore(*, by: User, agent: Agent) -> None:
    """Take a deleted agent back."""
    Agent.objects.filter(pk=agent.pk).update(deleted_at=None)
    _record("agent.restored", by, agent)


def _locked(agent: Agent) -> Agent:
    """The row as it is now, for this transaction alone."""
    kept = Agent.objects.select_for_update(of=("self",)).filter(pk=agent.pk, deleted_at=None).first()
    if kept is None:
        raise Refused(_("This agent has been deleted meanwhile."), code="gone")
    return kept


# ---- Keys -----------------------------------------------------------------------------------------------
def _check_keys(agent: Agent, by: User, known: frozenset[str] = frozenset()) -> None:
    """Refuse keys that `by` cannot use where the agent is, but for those that it had before."""
    named = _keys(agent.chat_model) - known
    if named - _usable(named, Workspace(by, agent.team)):
        raise Refused(Failure("key_not_yours"))


def _with_usable_keys(content: dict, workspace: Workspace) -> dict:
    """The content without keys that cannot be used in the workspace: models are then looked for elsewhere."""
    model = content.get("chat_model")
    if not model:
        return dict(content)
    usable = _usable(_keys(model), workspace)
    model, *fallbacks = [
        named | {"api_key": named.get("api_key") if named.get("api_key") in usable else None}
        for named in (model, *model.get("fallbacks", ()))
    ]
    return content | {"chat_model": model | ({"fallbacks": fallbacks} if fallbacks else {})}


def _keys(chat_model: dict | None) -> frozenset[str]:
    """The ids of the keys that an agent names."""
    named = [chat_model, *chat_model.get("fallbacks", ())] if chat_model else []
    return frozenset(reference["api_key"] for reference in named if reference.get("api_key"))


def _usable(named: frozenset[str], workspace: Workspace) -> set[str]:
    if not named:
        return set()
    found = keys.usable(workspace.user, workspace.team).filter(pk__in=named)
    return {str(pk) for pk in found.values_list("pk", flat=True)}


# ---- Who sees it ----------------------------------------------------------------------------------------
@transaction.atomic
def set_visibility(*, by: User, agent: Agent, visibility: str) -> None:
    """Say who sees an agent beside its workspace. Raises Refused."""
    kept = _locked(agent)
    if visibility == kept.visibility:
        return
    if visibility != Visibility.PRIVATE and not policies.may_open(by):
        raise Refused(
            _("Only agent admins can let everybody use an agent. Ask one, or let single people use it."),
            code="not_yours",
        )
    kept.visibility = visibility
    kept.save(update_fields=["visibility", "updated_at"])
    _record("agent.visibility_changed", by, kept, visibility=visibility)


@transaction.atomic
def grant(*, by: User, agent: Agent, email: str) -> None:
    """Let one person use an agent, by their address. Whether there is such a person is not told."""
    person = User.objects.filter(email=email.strip().lower(), is_active=True).exclude(pk=by.pk).first()
    if person is None:
        return
    visible = {"status": PermissionStatus.VISIBLE}
    AgentUserPermission.objects.update_or_create(agent=agent, user=person, defaults=visible)
    _record("agent.granted", by, agent, to=person.email)


@transaction.atomic
def revoke(*, by: User, permission: AgentUserPermission) -> None:
    """Take back what one person was granted."""
    _record("agent.revoked", by, permission.agent, of=permission.user.email)
    permission.delete()


def _record(action: str, by: User, agent: Agent, **data) -> None:
    audit.record(action, by=by, target=agent, team=agent.team, agent=str(agent.pk), **data)


# ---- For oneself ----------------------------------------------------------------------------------------
@transaction.atomic
def hide(*, by: User, agent: Agent) -> bool:
    """Take an agent out of one's lists; return whether one may still use it.

    A person to whom it was granted alone gives the grant up.
    """
    hidden = {"status": PermissionStatus.HIDDEN}
    AgentUserPermission.objects.update_or_create(agent=agent, user=by, defaults=hidden)
    return access.rows(by, Agent.objects.filter(pk=agent.pk)).exists()


def unhide(*, by: User, agent: Agent) -> None:
    """Put an agent back into one's lists."""
    AgentUserPermission.objects.filter(agent=agent, user=by, status=PermissionStatus.HIDDEN).delete()


def set_bookmark(*, by: User, agent: Agent, is_on: bool) -> None:
    """Keep an agent at hand, or no more."""
    if is_on:
        AgentBookmark.objects.get_or_create(agent=agent, user=by)
    else:
        AgentBookmark.objects.filter(agent=agent, user=by).delete()
