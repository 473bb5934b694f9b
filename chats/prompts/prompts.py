"""Prompts: written, changed, taken back, copied, shown to everybody, deleted.

The caller has made sure that `by` may. `content` is by the names of `CONTENT`.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chats.models import Prompt, PromptVersion
from chats.prompts import variables
from sambung.lib.errors import Refused
from teams import audit
from teams.models import Team, User
from teams.workspace import Workspace

CONTENT = ("name", "content", "category")
CONTENT_LENGTH = 100_000  # characters
_KEPT = {"name", "content"}  # what a version holds


class Outdated(Refused):
    """Somebody else has changed the prompt meanwhile; `prompt` is what it is now."""

    def __init__(self, prompt: Prompt):
        super().__init__(_("Somebody has changed this prompt meanwhile. Nothing of yours is lost."), code="outdated")
        self.prompt = prompt


@transaction.atomic
def create(*, by: User, workspace: Workspace, content: dict) -> Prompt:
    """Write a prompt, which its workspace alone sees."""
    return Prompt.objects.create(**_new(workspace, content))


@transaction.atomic
def create_missing(*, by: User, workspace: Workspace, contents: list[dict]) -> tuple[int, int]:
    """Write prompts that the workspace does not have by name and text; return how many were written, and how many not.

    Two of these at the same time come one after the other.
    """
    model, owner = (Team, workspace.team) if workspace.team else (User, workspace.user)
    model.objects.select_for_update(no_key=True).get(pk=owner.pk)
    known = set(Prompt.objects.filter(workspace.q, deleted_at=None).values_list("name", "content"))
    named = {(content["name"], content["content"]): content for content in contents}
    new = [Prompt(**_new(workspace, content)) for key, content in named.items() if key not in known]
    Prompt.objects.bulk_create(new)
    return len(new), len(contents) - len(new)


@transaction.atomic
def change(*, by: User, prompt: Prompt, content: dict, seen: datetime | None = None) -> Prompt:
    """Change some of a prompt and keep what it was. `seen` is the `updated_at` of what `by` has had before them.

    Raises Outdated where it was changed since, and Refused where it was deleted.
    """
    kept = _locked(prompt)
    if seen and kept.updated_at != seen:
        raise Outdated(kept)
    changed = {name: value for name, value in content.items() if value != getattr(kept, name)}
    if not changed:
        return kept
    if changed.keys() & _KEPT:
        _keep(kept, by)
    for name, value in changed.items():
        setattr(kept, name, value)
    kept.variables = variables.names(kept.content)
    kept.save(update_fields=[*changed, "variables", "updated_at"])
    return kept


@transaction.atomic
def restore_version(*, by: User, version: PromptVersion) -> Prompt:
    """Make a prompt what it was: a change like others. Raises Refused."""
    return change(by=by, prompt=version.prompt, content={name: getattr(version, name) for name in _KEPT})


@transaction.atomic
def copy(*, by: User, prompt: Prompt, workspace: Workspace) -> Prompt:
    """Copy a prompt into a workspace, which alone sees the copy."""
    return create(by=by, workspace=workspace, content={name: getattr(prompt, name) for name in CONTENT})


@transaction.atomic
def set_public(*, by: User, prompt: Prompt, is_public: bool) -> None:
    """Let everybody who is signed in read and copy a prompt, or its workspace alone. Raises Refused."""
    kept = _locked(prompt)
    if kept.is_public == is_public:
        return
    kept.is_public = is_public
    kept.save(update_fields=["is_public"])
    action = "prompt.published" if is_public else "prompt.unpublished"
    audit.record(action, by=by, target=kept, team=kept.team, prompt=str(kept.pk))


@transaction.atomic
def delete_prompt(*, prompt: Prompt) -> None:
    """Put a prompt away; `restore_prompt` takes it back."""
    Prompt.objects.filter(pk=prompt.pk, deleted_at=None).update(deleted_at=timezone.now())


def restore_prompt(*, prompt: Prompt) -> None:
    """Take a deleted prompt back."""
    restore_prompts(Prompt.objects.filter(pk=prompt.pk))


def restore_prompts(prompts: QuerySet[Prompt]) -> None:
    """Take deleted prompts back."""
    prompts.update(deleted_at=None)


def _new(workspace: Workspace, content: dict) -> dict:
    return workspace.scope | content | {"variables": variables.names(content["content"])}


def _locked(prompt: Prompt) -> Prompt:
    """The row as it is now, for this transaction alone."""
    kept = Prompt.objects.select_for_update(of=("self",)).filter(pk=prompt.pk, deleted_at=None).first()
    if kept is None:
        raise Refused(_("This prompt has been deleted meanwhile."), code="gone")
    return kept


def _keep(prompt: Prompt, by: User) -> None:
    """Add what a prompt is now to its versions."""
    last = prompt.versions.first()
    PromptVersion.objects.create(
        prompt=prompt,
        number=last.number + 1 if last else 1,
        name=prompt.name,
        content=prompt.content,
        variables=prompt.variables,
        created_by=by,
    )
