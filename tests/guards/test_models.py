"""Every model: who holds its rows, what it is called, what becomes of a row when a person goes, where admins see it."""

from itertools import combinations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from django.db.models import Model

from teams import access
from teams.models import User, leave_to_team
from tests.guards.apps import WITH_MODELS

MODELS = [model for app in WITH_MODELS for model in apps.get_app_config(app).get_models()]
#: As the data model names them.
TABLES = {
    "teams.User": "users",
    "teams.Team": "teams",
    "teams.TeamMember": "team_members",
    "teams.TeamInvite": "team_invites",
    "teams.SlugRedirect": "slug_redirects",
    "teams.Notification": "notifications",
    "teams.Mail": "mails",
    "teams.Instance": "instance",
    "teams.AuditEntry": "audit_entries",
    "agents.ApiKey": "api_keys",
    "agents.Agent": "agent",
    "agents.AgentVersion": "agent_version",
    "agents.AgentUserPermission": "agent_user_permission",
    "agents.AgentBookmark": "agent_bookmark",
    "agents.AgentDraft": "agent_draft",
    "agents.McpServer": "mcp_server",
    "agents.McpServerCustomInstructions": "mcp_server_custom_instructions",
    "agents.McpServerToolCustomInstructions": "mcp_server_tool_custom_instructions",
    "agents.McpOAuthSession": "mcp_oauth_session",
    "agents.ToolKey": "tool_key",
    "agents.ToolPreset": "tool_preset",
    "agents.ToolApproval": "tool_approval",
    "agents.ToolAllowance": "tool_allowance",
    "agents.Run": "run",
    "agents.RunEvent": "run_event",
    "agents.UsageEntry": "usage_entry",
    "workflows.Workflow": "workflow",
    "workflows.WorkflowNode": "workflow_node",
    "workflows.WorkflowEdge": "workflow_edge",
    "workflows.WorkflowChange": "workflow_change",
    "workflows.WorkflowVersion": "workflow_version",
    "workflows.WorkflowLink": "workflow_link",
    "workflows.WorkflowTest": "workflow_test",
    "workflows.WorkflowTrigger": "workflow_trigger",
    "workflows.WorkflowRun": "workflow_run",
    "workflows.WorkflowStep": "workflow_step",
    "workflows.Approval": "approval",
    "documents.Document": "document",
    "documents.DocumentVersion": "document_version",
    "documents.DocumentFolder": "document_folder",
    "documents.DocumentLink": "document_link",
    "documents.DocumentPicture": "document_picture",
    "documents.DocumentExtraction": "document_extraction",
    "documents.DocumentChunk": "document_chunk",
    "documents.ChunkText": "chunk_text",
    "documents.SearchWord": "search_word",
    "documents.EmbeddingSpace": "embedding_space",
    "documents.SearchTotals": "search_totals",
    "documents.Collection": "collection",
    "documents.CollectionItem": "collection_item",
    "documents.AgentCollection": "agent_collection",
    "chats.Chat": "chats",
    "chats.Message": "messages",
    "chats.ChatRead": "chat_reads",
    "chats.ChatCollection": "chat_collection",
    "chats.Folder": "folders",
    "chats.Tag": "tags",
    "chats.ChatTag": "chat_tags",
    "chats.ChatDocument": "chat_document",
    "chats.Archive": "archive",
    "chats.ArchiveItem": "archive_item",
    "chats.Attachment": "attachments",
    "chats.Prompt": "prompts",
    "chats.PromptVersion": "prompt_version",
    "chats.PublicLink": "public_link",
    "chats.Transfer": "transfer",
}
#: Models that no policy names, and why. None so far.
WITHOUT_POLICY: dict[str, str] = {}
#: Models that admin does not show, and why.
WITHOUT_ADMIN = {
    "agents.RunEvent": "admin refuses composite keys, and the events hold what people are told",
    "documents.DocumentChunk": "a job makes it of what people wrote; reading the document again makes it anew",
    "documents.ChunkText": "it holds what people wrote, and is made as the passage is",
    "documents.SearchWord": "it holds words that people wrote, counted by a job",
    "documents.SearchTotals": "sums that a job keeps",
}
#: Keys to a person that go with the person, and why.
GOES_WITH_PERSON = {
    "teams.TeamMember.user": "a place in a team is the person's, not the team's",
    "agents.AgentUserPermission.user": "what one person sees is nobody else's",
    "agents.AgentBookmark.user": "what one person keeps at hand is nobody else's",
    "agents.ToolPreset.user": "tools that one person binds together are nobody else's",
    "agents.ToolAllowance.user": "what one person allows for always holds for them alone",
    "agents.McpServerCustomInstructions.user": "what one person says to models is nobody else's",
    "agents.McpServerToolCustomInstructions.user": "what one person says to models is nobody else's",
    "agents.McpOAuthSession.user": "a sign-in is one person's",
    "chats.ChatRead.user": "how far one person has read is nobody else's",
    "chats.Archive.user": "what one person puts together is nobody else's",
    "chats.Transfer.user": "what one person takes out or brings in is nobody else's",
    "teams.Notification.user": "what one person should know is nobody else's",
    "teams.Mail.user": "what is written to one person is nobody else's",
}
#: What each JSON column holds and where that is checked.
JSON = {
    "teams.User.preferences": "our own keys, written by views one by one",
    "teams.Team.settings": "our own keys; nothing writes it yet",
    "teams.Team.metadata": "our own keys; nothing writes it yet",
    "teams.Notification.data": "our own keys, written by whoever notifies",
    "teams.Mail.error_params": "what fills the sentence of a code, written by failures.columns",
    "teams.Instance.web_hosts": "names of hosts, checked by the form of the settings",
    "teams.AuditEntry.data": "our own keys, written by audit.record",
    "agents.ApiKey.limits": "figures that the engine reads from a provider's answer",
    "agents.ApiKey.learned": "what the engine learned from refusals, by model",
    "agents.ApiKey.model_cache": "what the engine made of a provider's list",
    "agents.ApiKey.added_models": "agents.validators.validate_model_names",
    "agents.Agent.starters": "agents.validators.validate_starters",
    "agents.Agent.chat_model": "agents.validators.validate_chat_model",
    "agents.Agent.allowed_mcp_servers": "agents.validators.validate_allowed_mcp_servers",
    "agents.Agent.allowed_app_default_toolkit": "agents.validators.validate_allowed_toolkits",
    "agents.Agent.allowed_workflows": "agents.validators.validate_allowed_workflows",
    "workflows.Workflow.structure": "workflows.validators.validate_structure",
    "workflows.Workflow.tool_config": "workflows.validators.validate_tool_config",
    "workflows.Workflow.extra": "what an XYFlow file has beside nodes and edges, as it came",
    "workflows.Workflow.imported": "our own keys, written when a file was brought",
    "workflows.WorkflowNode.position": "workflows.validators.validate_position",
    "workflows.WorkflowNode.data": "a draft's may be unfinished; workflows.nodes.checking says what is wrong with it",
    "workflows.WorkflowNode.extra": "what an XYFlow file has beside it, as it came",
    "workflows.WorkflowEdge.extra": "what an XYFlow file has beside it, as it came",
    "workflows.WorkflowVersion.structure": "workflows.validators.validate_structure",
    "workflows.WorkflowVersion.tool_config": "workflows.validators.validate_tool_config",
    "workflows.WorkflowTest.input": "checked by the input's schema when it runs",
    "workflows.WorkflowTest.mocks": "our own keys, written when a run is kept as a test",
    "workflows.WorkflowTest.expected": "what a run gave",
    "workflows.WorkflowTrigger.config": "our own keys, written by the forms of triggers",
    "workflows.WorkflowTrigger.sample": "what fitted the input's schema, or what somebody tries the draft with",
    "workflows.WorkflowTrigger.limits": "workflows.validators.validate_limits",
    "workflows.WorkflowTrigger.last_error_params": "what fills the sentence of a code, written by failures.columns",
    "workflows.WorkflowRun.structure": "workflows.validators.validate_structure",
    "workflows.WorkflowRun.input": "what fitted the input's schema",
    "workflows.WorkflowRun.output": "what nodes gave",
    "workflows.WorkflowRun.mocks": "what a test held",
    "workflows.WorkflowRun.limits": "workflows.validators.validate_limits",
    "workflows.WorkflowStep.input": "what the engine resolved",
    "workflows.WorkflowStep.output": "what a node gave",
    "workflows.WorkflowStep.usage": "figures that the engine counts",
    "workflows.WorkflowStep.error_params": "what fills the sentence of a code, written by failures.columns",
    "workflows.Approval.form": "what the node holds, which was checked when it was published",
    "workflows.Approval.buttons": "what the node holds, which was checked when it was published",
    "workflows.Approval.audience": "what the node holds, which was checked when it was published",
    "workflows.Approval.votes": "our own keys, written when somebody decides",
    "workflows.Approval.values": "what fitted the form",
    "agents.AgentVersion.content": "what an agent's columns held, which were checked",
    "agents.McpServer.config": "agents.validators.validate_mcp_config",
    "agents.McpServer.tool_cache": "what agents.mcp.listing made of a server's list",
    "agents.McpServer.resource_cache": "what agents.mcp.session made of a server's list",
    "agents.McpServer.prompt_cache": "what agents.mcp.session made of a server's list",
    "agents.ToolPreset.tools": "agents.validators.validate_tools",
    "agents.ToolApproval.args": "arguments that fitted their tool's schema",
    "agents.ApiKey.last_error_params": "what fills the sentence of a code, written by failures.columns",
    "agents.McpServer.last_error_params": "what fills the sentence of a code, as agents.mcp.looks keeps it",
    "agents.AgentDraft.error_params": "what fills the sentence of a code, written by failures.columns",
    "agents.Run.error_params": "what fills the sentence of a code, written by failures.columns",
    "documents.EmbeddingSpace.error_params": "what fills the sentence of a code, written by failures.columns",
    "chats.Transfer.error_params": "what fills the sentence of a code, written by failures.columns",
    "agents.Run.usage": "figures that the engine counts",
    "agents.RunEvent.data": "the log's own lines",
    "documents.Document.status_detail": "our own keys, written by documents.knowledge.progress",
    "documents.DocumentExtraction.warnings": "codes and what fills their sentences, as readers give them",
    "documents.DocumentChunk.anchor": "our own keys, written by documents.knowledge.chunking",
    "chats.Chat.settings": "chats.validators.validate_settings",
    "chats.Chat.metadata": "our own keys, written by actions",
    "chats.Message.parts": "chats.validators.validate_parts",
    "chats.Message.metadata": "our own keys, written by the end of a run",
    "chats.Message.tool_invocations": "kept as imports bring it, shown to nobody yet",
    "chats.Folder.settings": "chats.validators.validate_folder_settings",
    "chats.Folder.held": "our own keys, written when a folder is deleted",
    "chats.Attachment.metadata": "our own keys, written when a file is read",
    "chats.Prompt.variables": "chats.validators.validate_variables",
    "chats.PromptVersion.variables": "what a prompt's column held, which was checked",
    "chats.PublicLink.snapshot": "what chats.sharing made of a chat",
    "chats.Transfer.options": "our own keys, written by the forms of transfers",
    "chats.Transfer.report": "our own keys, written by the job",
}
EDITED = {
    *("teams.User", "teams.Team", "teams.Instance", "agents.ApiKey", "agents.Agent", "chats.Chat"),
    *("agents.ToolKey", "agents.ToolPreset"),
    *("agents.McpServer", "agents.McpServerCustomInstructions", "agents.McpServerToolCustomInstructions"),
    "agents.McpOAuthSession",
    *("documents.Document", "documents.DocumentFolder", "documents.DocumentLink", "documents.Collection"),
    *("workflows.Workflow", "workflows.WorkflowNode", "workflows.WorkflowEdge"),
    *("workflows.WorkflowTest", "workflows.WorkflowTrigger", "workflows.WorkflowLink"),
    *("chats.Folder", "chats.Archive", "chats.Prompt", "chats.PublicLink"),
}


def _fields(kind: type) -> list[tuple[str, models.Field]]:
    return [
        (f"{model._meta.label}.{field.name}", field)
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, kind)
    ]


def test_tables():
    assert {model._meta.label: model._meta.db_table for model in MODELS} == TABLES


def test_each_has_a_policy():
    without = {model._meta.label for model in MODELS if not access.is_registered(model)}
    assert without == set(WITHOUT_POLICY)


def test_unregistered_model_is_refused(alice):
    with pytest.raises(ImproperlyConfigured):
        access.rows(alice, Session.objects.all())


def test_each_has_an_admin_page():
    assert {model._meta.label for model in MODELS if not admin.site.is_registered(model)} == set(WITHOUT_ADMIN)


def test_a_row_of_a_team_outlives_its_author():
    keys = [(name, key) for name, key in _fields(models.ForeignKey) if key.related_model is User]
    assert keys
    staying = (models.SET_NULL, leave_to_team)  # the latter lets personal rows go: without an owner they are all's
    going = {name for name, key in keys if key.remote_field.on_delete not in staying}
    assert going == set(GOES_WITH_PERSON)
    assert all(key.null for name, key in keys if name not in going)


def test_ids_and_times():
    for model in MODELS:
        label, names = model._meta.label, {field.name for field in model._meta.concrete_fields}
        assert "created_at" in names, label
        assert ("updated_at" in names) == (label in EDITED), label
        if label != "agents.RunEvent":
            assert isinstance(model._meta.pk, models.UUIDField), label
            assert model._meta.pk.default.__name__ == "uuid7", label
    for name, _field in _fields(models.DateTimeField):
        assert name.endswith("_at") or name in {
            "teams.User.last_login",
            "agents.Run.lease_until",
            "agents.McpOAuthSession.pending_until",
        }, name


def test_optional_text_is_empty_not_null():
    nullable = {name for name, field in _fields(models.CharField) + _fields(models.TextField) if field.null}
    handles = {"workflows.WorkflowEdge.source_handle", "workflows.WorkflowEdge.target_handle"}  # as XYFlow has them
    wanted = {"teams.User.image", "agents.Run.lock_key", "chats.Chat.public_token", "chats.Tag.color"}
    assert nullable == wanted | handles


def test_defaults_stand_in_the_database():
    without = [
        name
        for name, field in _fields(models.Field)
        if field.has_default() and not field.primary_key and not field.has_db_default()
    ]
    assert without == []


def test_json_fields_are_known_and_checked():
    assert {name for name, _ in _fields(models.JSONField)} == set(JSON)
    for name, field in _fields(models.JSONField):
        wanted = JSON[name].rpartition(".validate_")[2] if ".validate_" in JSON[name] else None
        found = [check.__name__ for check in field.validators if check.__name__.startswith("validate_")]
        assert found == ([f"validate_{wanted}"] if wanted else []), name


def test_constraints_have_names_of_their_table():
    for model in MODELS:
        for rule in [*model._meta.constraints, *model._meta.indexes]:
            assert rule.name.startswith(f"{model._meta.db_table.rstrip('s')}"), rule.name
        assert not model._meta.unique_together, model
        assert [
            f.name for f in model._meta.concrete_fields if f.unique and not (f.primary_key or f.one_to_one)
        ] == [], model


def _indexes(model: type[Model]) -> dict[str, tuple]:
    """Name -> (columns, orders, condition, is unique) of each index in the database."""
    query = """
        SELECT i.relname, pg_get_indexdef(x.indexrelid), pg_get_expr(x.indpred, x.indrelid), x.indisunique,
            array(SELECT pg_get_indexdef(x.indexrelid, n, true) FROM generate_series(1, x.indnatts) AS n)
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = %s::regclass
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [model._meta.db_table])
        return {
            name: (tuple(columns), " USING " + definition.partition(" USING ")[2], condition, is_unique)
            for name, definition, condition, is_unique, columns in cursor.fetchall()
        }


def _twice(found: dict[str, tuple]) -> list[tuple[str, str]]:
    """Pairs of indexes of which one serves whatever the other does."""
    pairs = []
    for (name, (columns, _, condition, is_unique)), (other, (wider, _, also, is_also)) in combinations(
        found.items(), 2
    ):
        if condition != also:
            continue
        shorter, longer = sorted([(columns, name, is_unique), (wider, other, is_also)], key=lambda row: len(row[0]))
        if longer[0][: len(shorter[0])] == shorter[0] and not shorter[2]:
            pairs.append((shorter[1], longer[1]))
    return pairs


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_no_index_twice(model):
    assert _twice(_indexes(model)) == []


def test_planted_index_is_found():
    found = {
        "a": (("user_id",), "", None, False),
        "b": (("user_id", "team_id"), "", None, False),
        "c": (("user_id",), "", "deleted_at IS NULL", False),
        "d": (("user_id", "name"), "", None, True),
        "e": (("team_id",), "", None, True),
        "f": (("team_id", "name"), "", None, False),
    }
    assert _twice(found) == [("a", "b"), ("a", "d")]
