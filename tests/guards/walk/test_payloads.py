"""Hostile text in every place at once: on each page it stays text. C10, C33, C34.

Each column that holds words of people, models or servers holds a third of the payloads, what is Markdown all of them,
while the pages are walked. Which third goes on with the commits.
Nothing may come of it that our pages do not have with plain words, but what our own Markdown makes of them.
"""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import NoReverseMatch, reverse

from chats.messages.content import write
from chats.models import Message
from documents.data.saving import REF
from sambung.lib import markdown
from tests.guards import world
from tests.guards.apps import WITH_MODELS
from tests.guards.hostile import HOSTILE, PAYLOADS, Page, for_column
from tests.guards.routes import COMMON, INSTANCE, TEAM, WORKSPACE
from tests.guards.rows import Row
from tests.guards.world import SCRIPT, Caller, World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

#: Text columns that hold no words: what a program made, or what has a form that is checked.
MACHINE = {
    "teams.User": {"password", "email", "image"},
    "teams.Notification": {"kind"},
    "teams.Team": {"slug"},
    "teams.TeamInvite": {"email", "token"},
    "teams.Mail": {"to"},
    "teams.SlugRedirect": {"old_slug", "new_slug"},
    "teams.AuditEntry": {"action"},
    "agents.Agent": {"icon_id"},
    "agents.ApiKey": {"base_url", "key_last4"},
    "agents.McpServer": {"last_status"},
    "agents.McpOAuthSession": {"state"},
    "agents.Run": {"provider", "lock_key", "owner"},
    "agents.RunEvent": {"kind"},
    "agents.UsageEntry": {"provider", "price_source"},
    "agents.ToolKey": {"base_url", "key_last4"},
    "agents.ToolApproval": {"call_id", "tool", "digest"},
    "agents.ToolAllowance": {"topic", "tool", "digest"},
    "chats.Chat": {"provider", "public_token", "origin"},
    "chats.Message": {"content", "html"},  # made from the parts
    "chats.Attachment": {"file", "thumbnail", "mime_type", "sha256"},
    "chats.Tag": {"color"},
    "chats.PublicLink": {"password"},
    "documents.DocumentLink": {"password", "token"},
    "documents.DocumentPicture": {"file", "mime_type", "sha256"},
    "chats.Transfer": {"file"},
    "workflows.Workflow": {"icon_id"},
    "workflows.WorkflowNode": {"type"},
    "workflows.WorkflowEdge": {"source_handle", "target_handle"},
    "workflows.WorkflowTrigger": {"token_digest"},
    "workflows.WorkflowRun": {"key"},
    "workflows.WorkflowStep": {
        *("node_id", "node_type", "path", "handle", "idempotency_key", "input_file", "output_file"),
    },
    "workflows.Approval": {"default_button", "decision"},
}
#: These hand over no page.
SKIPPED = {"healthz", "message_image"}


OURS = Page(markdown.render(HOSTILE, prefix="x")).names


def _columns() -> Iterator[tuple[type[models.Model], str]]:
    for app in WITH_MODELS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
                if is_text and field.name not in MACHINE.get(model._meta.label, set()):
                    yield model, field.column


def _poison() -> None:
    """Put all payloads into each column. What types and checks forbid is another test's; all is undone at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # what is made for the search stands on these columns, and cannot hold so much
        cursor.execute("DROP FUNCTION IF EXISTS chats_words_gone() CASCADE")
        for name in ("chats", "messages"):
            cursor.execute(f"ALTER TABLE {name} DROP COLUMN IF EXISTS search CASCADE")
        for model, column in _columns():
            table = model._meta.db_table
            for rule in model._meta.constraints:
                if isinstance(rule, models.CheckConstraint) and column in str(rule.condition):
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{rule.name}"')
            for (index,) in _indexes(cursor, table, column):
                cursor.execute(
                    f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{index}"; DROP INDEX IF EXISTS "{index}"'
                )
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text")
            cursor.execute(f"UPDATE {table} SET {column} = %s || id", [for_column(f"{table}.{column}")])
    for message in Message.objects.all():
        kept = dict.fromkeys(("label", "model", "key", "edited_by"), HOSTILE) | {"seconds": 1}
        message.metadata = message.metadata | kept | {"agent": {"id": str(message.pk), "name": HOSTILE}}
        write(message, [{"type": "text", "text": HOSTILE}, *_call(message)]).save()


def _indexes(cursor, table: str, column: str):
    """Indexes with the column: a name of this length fits none."""
    query = """SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef ~ ('\\m' || %s || '\\M')
               AND indexname NOT LIKE '%%_pkey'"""
    cursor.execute(query, [table, column])
    return cursor.fetchall()


def _call(message: Message) -> list[dict]:
    """A call with its result, if it is a reply."""
    if message.role != "assistant":
        return []
    args = {HOSTILE[:500]: HOSTILE, "sql": HOSTILE, "title": HOSTILE}
    call = {"toolCallId": "1", "toolName": HOSTILE, "title": HOSTILE, "tool": REF, "args": args}
    return [
        {"type": "reasoning", "text": HOSTILE},
        {"type": "tool-call"} | call,
        {"type": "tool-result", "toolCallId": "1", "result": {"rows": [HOSTILE]}, "isError": True},
    ]


def _paths(case: World) -> dict[str, str]:
    """All pages that can be read, with the names of their routes."""
    table = WORKSPACE | (TEAM if case.workspace.team else {})
    read = {name: row for name, row in table.items() if row.holder.startswith("200") and name not in SKIPPED}
    paths = {name: case.path(name, row.names) for name, row in read.items()}
    paths["chat_earlier"] += f"?before={case.ids['answer']}"
    paths["chat_later"] += f"?after={case.ids['question']}&end={case.ids['answer']}"
    return paths | _open(COMMON)


def _open(table: dict[str, Row]) -> dict[str, str]:
    """Those of the pages that name no object."""
    found = {}
    for name, row in table.items():
        if row.holder.startswith("200") and name not in SKIPPED:
            with suppress(NoReverseMatch):
                found[name] = reverse(name)
    return found


def _walk(caller: Caller, paths: dict[str, str]) -> dict[str, Page]:
    pages = {}
    for name, path in paths.items():
        for headers in ({}, SCRIPT):
            response = caller.send("GET", path, headers=headers)
            if response.status_code == 200 and "text/html" in response.headers.get("Content-Type", ""):
                pages[f"{name}{' in part' if headers else ''}"] = Page(response.content.decode())
    return pages


@pytest.mark.parametrize("is_team", [False, True], ids=["personal", "team"])
def test_hostile_text_is_text_on_every_page(is_team):
    assert len(PAYLOADS) >= 300
    case = world.make(is_team)
    caller, admin = Caller(case.people["owner"]), Caller(case.people["instance_admin"])
    paths, instance = _paths(case), _open(INSTANCE)
    plain = _walk(caller, paths) | _walk(admin, instance)
    _poison()
    hostile = _walk(caller, paths) | _walk(admin, instance)
    assert set(hostile) == set(plain), "a page that cannot be shown with such text"
    assert len(hostile) > 40
    ours = OURS.union({"br", "@open"}, *(page.names for page in plain.values()))
    assert {name: page.names - ours for name, page in hostile.items() if page.names - ours} == {}
    assert {name: page.problems for name, page in hostile.items() if page.problems} == {}


def test_the_check_sees_what_it_should():
    for text in ("<b onclick=alert(1)>", "<a href=javascript:alert(1)>", "<script>x</script>", "<img src=//evil.x/y>"):
        assert Page(text).problems, text
    assert Page("<p>&lt;script&gt;</p>").problems == []


def test_each_machine_column_is_there():
    for label, names in MACHINE.items():
        assert names <= {field.name for field in apps.get_model(label)._meta.concrete_fields}, label
