"""People of every role, and one workspace of Alice's with a row of each kind; every text of hers is a canary."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from agents.models import (
    AgentDraft,
    AgentUserPermission,
    AgentVersion,
    McpServer,
    PermissionStatus,
    ToolAllowance,
    ToolApproval,
    ToolKey,
    ToolPreset,
)
from chats.models import Archive, Attachment, Chat, Folder, Message, Prompt, PromptVersion, Role, Tag, Transfer
from documents.models import AgentCollection, Document, DocumentFolder, DocumentPicture
from sambung.lib.files.blocks import Block
from teams.models import Team, TeamRole, User, UserRole
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, UserFactory
from tests.guards import world_runs
from workflows.actions import triggers

CANARY = "CANARY-A"
ROLES = ("anonymous", "stranger", "owner", "teammate", "other_admin", "instance_admin")
BACKEND = settings.AUTHENTICATION_BACKENDS[0]
SCRIPT = {"HX-Request": "true"}
_NOBODYS = uuid.UUID(int=0)  # an id that no row has


@dataclass(frozen=True)
class World:
    """`people` by role, and the ids that addresses name, by what they name."""

    people: dict[str, User | None]
    team: Team
    workspace: Workspace
    ids: dict[str, uuid.UUID]

    @property
    def holders(self) -> set[str]:
        return {"owner", "teammate"} if self.workspace.team else {"owner"}

    def path(self, name: str, names: str = "", pk: uuid.UUID | None = None) -> str:
        """The address of a workspace's view, for the object that it names or for another id."""
        takes = {"chat": "chat_id", "deleted": "chat_id", "member": "member_id", "invite": "invite_id"}
        takes |= {"key": "key_id", "agent": "agent_id", "gone_agent": "agent_id", "draft": "draft_id"}
        takes |= {"server": "server_id", "preset": "preset_id"}
        takes |= {"tool_key": "key_id", "approval": "approval_id", "allowance": "allowance_id"}
        takes |= {"version": "version_id", "permission": "permission_id"}
        takes |= {"prompt": "prompt_id", "gone_prompt": "prompt_id", "prompt_version": "version_id"}
        takes |= dict.fromkeys(("transfer", "failed_transfer", "done_transfer"), "transfer_id")
        takes |= {"folder": "folder_id", "tag": "tag_id", "archive": "archive_id"}
        takes |= {"document_picture": "picture_id"}
        takes |= {"collection": "collection_id", "collection_item": "item_id", "agent_collection": "bound_id"}
        takes |= dict.fromkeys(("document", "gone_document", "document_file"), "document_id") | {
            "document_version": "version_id"
        }
        takes |= dict.fromkeys(("workflow", "gone_workflow", "published_workflow"), "workflow_id")
        takes |= dict.fromkeys(("workflow_schedule", "workflow_webhook", "workflow_form"), "trigger_id")
        takes |= {"workflow_node": "node_id", "workflow_version": "version_id"}
        takes |= dict.fromkeys(("document_folder", "gone_document_folder"), "folder_id")
        takes |= {"file": "attachment_id", "waiting_file": "attachment_id"}
        takes = (takes | world_runs.TAKES).get(names, "message_id")
        values = {takes: pk or self.ids[names]} if names else {}
        if names == "workflow_node":
            values["workflow_id"] = self.ids["workflow"]
        values |= _BESIDE.get(name, {})
        if self.workspace.team:
            return reverse(f"team:{name}", kwargs={"team_slug": self.workspace.team.slug, **values})
        return reverse(f"app:{name}", kwargs=values)


#: What addresses hold beside an id.
_BESIDE = {
    "workflow_run_value": {"which": "input"},
    "workflow_step_value": {"which": "input"},
    "workflow_run_file": {"digest": world_runs.DIGEST},
    "message_call": {"call_id": "call"},
    "message_call_decide": {"approval_id": _NOBODYS},
    "workflow_trigger_new": {"kind": "schedule"},
    "message_image": {"index": 0},
    "document_page_image": {"number": 1},
    "deleted_undo": {"moment": 0},
    "toolkit": {"toolkit": "calculator"},
}


def make(is_team: bool) -> World:
    """Make everybody, and the rows of Alice's personal workspace or of her team's."""
    alice, bob, carol, dave = (UserFactory(name=name) for name in ("Alice", "Bob", "Carol", "Dave"))
    ada = UserFactory(name="Ada", role=UserRole.ADMIN)
    team, other = TeamFactory(name=f"{CANARY} team", created_by=alice), TeamFactory(created_by=dave)
    for group, user, role in ((team, alice, "admin"), (team, bob, "member"), (other, dave, "admin")):
        TeamMemberFactory(team=group, user=user, role=TeamRole(role))
    people = dict(zip(ROLES, (None, carol, alice, bob, dave, ada), strict=True))
    workspace = Workspace(alice, team if is_team else None)
    return World(people, team, workspace, rows(workspace) | _rows_of_team(team if is_team else other))


def _rows_of_team(team: Team) -> dict[str, uuid.UUID]:
    """A member who is not its maker, and an open invite."""
    member = team.members.exclude(user=team.created_by).first() or TeamMemberFactory(team=team)
    return {"member": member.pk, "invite": factories.invite(team, note=CANARY).pk}


def rows(workspace: Workspace) -> dict[str, uuid.UUID]:
    """One row of each kind in the workspace."""
    chat = ChatFactory(**workspace.scope, title=f"{CANARY} chat", settings={"system_prompt": CANARY})
    answer = factories.exchange(chat, f"{CANARY} question", f"{CANARY} answer")
    run = factories.run(chat, status="succeeded", finished_at=timezone.now())
    Message.objects.filter(pk=answer.pk).update(run=run)
    waiting = factories.message(chat, Role.USER, f"{CANARY} waiting", queued_at=timezone.now())
    deleted = ChatFactory(**workspace.scope, title=f"{CANARY} deleted", deleted_at=timezone.now())
    Chat.objects.filter(pk=chat.pk).update(current_message=answer)
    named = {"chat": chat, "deleted": deleted, "question": answer.parent, "answer": answer}
    named |= {"waiting": waiting, "image": answer, "instance_key": factories.api_key(models=())}
    named["key"] = factories.api_key(workspace.user, workspace.team, label=f"{CANARY} key", models=())
    named["tool_key"] = _tool_key(**workspace.scope)
    named["instance_tool_key"] = _tool_key(user=None, team=None)
    named |= _agents(workspace) | _decisions(workspace) | _servers(workspace)
    named |= _filed(workspace) | _prompts(workspace) | _documents(workspace)
    named |= _workflows(workspace) | world_runs.rows(workspace, CANARY)
    named["queried"] = _queried(workspace)
    factories.chat_document(chat, named["document"], is_pinned=True)
    named |= _transfers(workspace) | _files(workspace, chat)
    return {name: row.pk for name, row in named.items()}


def _queried(workspace: Workspace) -> Message:
    """A reply with a question about tables, in a chat that has no files."""
    reply = factories.exchange(ChatFactory(**workspace.scope, title=f"{CANARY} data"), CANARY, CANARY)
    call = {"type": "tool-call", "toolCallId": "call", "toolName": "query_data", "tool": "tables:data:query_data"}
    reply.parts = [call | {"args": {"sql": f"SELECT '{CANARY}'", "title": CANARY}}, *reply.parts]
    reply.save(update_fields=["parts"])
    return reply


def _transfers(workspace: Workspace) -> dict[str, Model]:
    """An import that waits for its choice, an export that failed, and one that is done."""
    chat = {"title": CANARY, "messages": 1, "updated_at": "2024-01-01", "is_here": False}
    report = {"chats": [chat], "problems": [], "left": {}}
    asked = {"options": {"format": "json", "chats": None}}
    file = default_storage.save("transfers/guard.zip", ContentFile(CANARY.encode()))
    return {
        "transfer": Transfer.objects.create(**workspace.scope, kind="import", report=report),
        "failed_transfer": Transfer.objects.create(**workspace.scope, kind="export", status="failed", **asked),
        "done_transfer": Transfer.objects.create(**workspace.scope, kind="export", status="done", file=file, **asked),
    }


def _files(workspace: Workspace, chat: Chat) -> dict[str, Model]:
    """A file of a chat, and one that waits in the composer of its person."""
    told = {"name": f"{CANARY}.txt", "mime_type": "text/plain", "size": 8, "sha256": "0" * 64, "text": CANARY}

    def made(**more) -> Attachment:
        file, small = (default_storage.save("attachments/guard", ContentFile(CANARY.encode())) for _ in range(2))
        return Attachment.objects.create(**workspace.scope, **told, file=file, thumbnail=small, **more)

    return {"file": made(chat=chat), "waiting_file": made()}


def _tool_key(**scope) -> ToolKey:
    """There is one for each service of a scope."""
    return ToolKey.objects.get_or_create(**scope, service="brave", defaults={"base_url": "https://brave.example"})[0]


def _decisions(workspace: Workspace) -> dict[str, Model]:
    """A reply that waits for a word about a tool, and one that its person has said for always."""
    chat = ChatFactory(**workspace.scope, title=f"{CANARY} asking")
    question = factories.message(chat, Role.USER, CANARY)
    run = factories.run(chat, status="waiting", attempt=1, lock_key=f"chat:{question.pk}")
    tool = {"tool": f"test:{CANARY}:{uuid.uuid4()}", "digest": "0" * 64}
    return {
        "pending": factories.message(chat, Role.ASSISTANT, CANARY, parent=question, run=run),
        "approval": ToolApproval.objects.create(run=run, call_id="call", args={"what": CANARY}, **tool),
        "allowance": ToolAllowance.objects.create(user=workspace.user, **tool),
    }


def _filed(workspace: Workspace) -> dict[str, Model]:
    """A folder with a chat, a tag, and an archive of the person's."""
    folder = Folder.objects.create(**workspace.owner, name=f"{CANARY} folder", settings={"system_prompt": CANARY})
    ChatFactory(**workspace.scope, title=f"{CANARY} in a folder", folder=folder)
    return {
        "folder": folder,
        "tag": Tag.objects.create(**workspace.owner, name=f"{CANARY} {uuid.uuid4()}"),
        "archive": Archive.objects.create(user=workspace.user, name=f"{CANARY} archive"),
    }


def _prompts(workspace: Workspace) -> dict[str, Model]:
    """A prompt with what it was, and one that was deleted."""
    given = workspace.scope | {"name": f"{CANARY} prompt", "content": f"{CANARY} {{code}}", "variables": ["code"]}
    prompt = Prompt.objects.create(**given)
    return {
        "prompt": prompt,
        "gone_prompt": Prompt.objects.create(**given, deleted_at=timezone.now()),
        "prompt_version": PromptVersion.objects.create(prompt=prompt, number=1, name=CANARY, content=CANARY),
    }


def _documents(workspace: Workspace) -> dict[str, Model]:
    """A document in a folder with what it was, what was deleted, a file, and a collection of an agent's."""
    folder = DocumentFolder.objects.create(**workspace.owner, name=f"{CANARY} folder of documents")
    given = {"title": f"{CANARY} document", "content": CANARY}
    document, gone = (factories.document(workspace.user, workspace.team, **given) for _ in range(2))
    Document.objects.filter(pk=document.pk).update(folder=folder)
    Document.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    told = {"name": f"{CANARY}.png", "mime_type": "image/png", "size": 7, "sha256": "0" * 64}
    blocks = [Block("heading", f"# {CANARY}", 1), Block("paragraph", CANARY)]
    file = factories.read_file(
        workspace.user, workspace.team, name=f"{CANARY}.txt", data=CANARY.encode(), blocks=blocks
    )
    collection = factories.collection(
        workspace.user, workspace.team, document, name=f"{CANARY} collection", description=CANARY
    )
    agent = factories.agent(workspace.user, workspace.team, name=f"{CANARY} reader")
    return {
        "document_file": file,
        "collection": collection,
        "collection_item": collection.items.get(),
        "agent_collection": AgentCollection.objects.create(agent=agent, collection=collection),
        "document": document,
        "gone_document": gone,
        "document_version": document.current_version,
        "document_picture": DocumentPicture.objects.create(
            document=document, file=default_storage.save("document-pictures/guard", ContentFile(b"picture")), **told
        ),
        "document_folder": folder,
        "gone_document_folder": DocumentFolder.objects.create(
            **workspace.owner, name=CANARY, deleted_at=timezone.now()
        ),
    }


def _workflows(workspace: Workspace) -> dict[str, Model]:
    """A workflow with a node, and one that was deleted."""
    given = {"name": f"{CANARY} workflow", "description": CANARY}
    told = {"level": "todo", "code": "kept", "node": "n", "name": CANARY, "params": {}}
    given["imported"] = {"source": "dify", "at": "2026-11-30T00:00:00+00:00", "lines": [told]}
    sketch = factories.Sketch().node(f"{CANARY} node", "template", content=[{"text": CANARY}])
    workflow = factories.workflow(workspace.user, workspace.team, sketch, **given)
    gone = factories.workflow(workspace.user, workspace.team, **given, deleted_at=timezone.now())
    found = {"workflow": workflow, "workflow_node": workflow.nodes.get(), "gone_workflow": gone}
    return found | _published(workspace)


def _published(workspace: Workspace) -> dict[str, Model]:
    """A workflow that is published, and what starts it."""
    by, canary = workspace.user, ("template", {"content": [{"text": CANARY}]})
    workflow = factories.published(by, workspace.team, factories.line(canary), name=f"{CANARY} published")
    plan = {"cron": "0 7 * * *", "zone": "UTC", "missed": "once", "overlap": "skip", "input": {}}
    configs = {"schedule": plan, "webhook": {"scheme": "standard"}, "form": {"most": 1, "thanks": CANARY}}
    made = {
        f"workflow_{kind}": triggers.create(by=by, workflow=workflow, kind=kind, config=config).trigger
        for kind, config in configs.items()
    }
    return {"published_workflow": workflow, "workflow_version": workflow.versions.get()} | made


def _servers(workspace: Workspace) -> dict[str, Model]:
    """An MCP server here, one of the instance, and a preset of tools."""
    config = {"transport": "streamable-http", "url": "https://mcp.example.org/mcp"}
    here = {"name": f"{CANARY}-{uuid.uuid4().hex[:8]}", "description": CANARY, "config": config}
    instances, _ = McpServer.objects.get_or_create(user=None, team=None, name="all", defaults={"config": config})
    return {
        "server": McpServer.objects.create(**workspace.scope, **here),
        "instance_server": instances,
        "preset": ToolPreset.objects.create(user=workspace.user, name=f"{CANARY} {uuid.uuid4()}"),
    }


def _agents(workspace: Workspace) -> dict[str, Model]:
    """An agent with what it was and somebody who was given it, one that was deleted, and one that is being written."""
    agent = factories.agent(workspace.user, workspace.team, name=f"{CANARY} agent", instructions=CANARY)
    permission = AgentUserPermission.objects.create(agent=agent, user=UserFactory(), status=PermissionStatus.VISIBLE)
    return {
        "agent": agent,
        "gone_agent": factories.agent(workspace.user, workspace.team, name=CANARY, deleted_at=timezone.now()),
        "version": AgentVersion.objects.create(agent=agent, number=1, content=agent.content | {"name": CANARY}),
        "permission": permission,
        "draft": AgentDraft.objects.create(**workspace.scope, sentence=CANARY),
    }


class Caller:
    """Sends requests as one person; whatever one does is undone after it, but for a GET."""

    def __init__(self, user: User | None, **options):
        self._client = Client(raise_request_exception=False, **options)
        if user is not None:
            self._client.force_login(user, backend=BACKEND)
        self._cookies = self._client.cookies.output(header="")

    def send(self, method: str, path: str, data: dict | None = None, headers: dict | None = None):
        """Send `data` as a form, but for GET."""
        self._client.cookies = SimpleCookie(self._cookies)
        given = {} if method == "GET" else (data or {})
        if method in {"PUT", "PATCH", "DELETE"}:
            given = urlencode(given)
        send = getattr(self._client, method.lower())
        if method == "GET":
            return send(path, given, headers=headers or {})
        with _of_the_test():
            response = send(path, given, headers=headers or {})
            transaction.set_rollback(True)
        return response


def _of_the_test() -> transaction.Atomic:
    """A transaction around a request that counts as the test's own: in one of its own nothing may wait."""
    made = transaction.atomic()
    made._from_testcase = True
    return made


def routes(patterns=None, spaces: tuple[str, ...] = (), route: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name with namespaces, route) of every address of the project."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        whole = route + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern.url_patterns, inner, whole)
        else:
            yield ":".join([*spaces, pattern.name or "<unnamed>"]), whole
