"""Keys of search services: who may use which, and that they are opened for their own address alone."""

import pytest

from agents import keys, personal_data, tool_keys
from agents.models import SearchService, ToolKey
from agents.tools import Failed
from sambung.lib.errors import Refused
from teams import sealing
from teams.models import AuditEntry
from teams.workspace import Workspace

pytestmark = pytest.mark.django_db

SECRET = "BSA-0123456789-wxyz"
INSTANCE = {"user": None, "team": None}


@pytest.fixture
def kept(alice, workspace):
    return tool_keys.save(by=alice, scope=workspace.scope, service="brave", secret=SECRET)


def test_a_key_is_kept_sealed_and_used(kept, workspace):
    assert (kept.base_url, kept.key_last4) == ("https://api.search.brave.com", "wxyz")
    assert SECRET.encode() not in bytes(kept.encrypted_key)
    access = tool_keys.chosen(workspace)
    assert (access.service, access.base_url, access.secret) == ("brave", "https://api.search.brave.com", SECRET)
    assert SECRET not in repr(access)


def test_the_nearest_key_is_used(alice, bob, carol, team, workspace, kept):
    tool_keys.save(by=alice, scope=INSTANCE, service="exa", secret="e" * 20)
    tool_keys.save(by=alice, scope=Workspace(alice, team).scope, service="tavily", secret="t" * 20)
    assert tool_keys.chosen(workspace).service == "brave"
    assert tool_keys.chosen(Workspace(alice, team)).service == "tavily"
    assert tool_keys.chosen(Workspace(bob, team)).service == "tavily"
    assert tool_keys.chosen(Workspace(carol)).service == "exa"


def test_without_a_key_the_environment_counts(settings, workspace):
    assert tool_keys.chosen(workspace) is None
    assert not tool_keys.is_there(workspace)
    settings.SEARCH_SERVICES = {"searxng": ("http://127.0.0.1:8888", "")}
    assert tool_keys.is_there(workspace)
    assert tool_keys.chosen(workspace).policy.names("127.0.0.1", 8888)


def test_a_second_key_takes_the_place_of_the_first(alice, bob, team, workspace, kept):
    tool_keys.save(by=alice, scope=workspace.scope, service="brave", secret="another-key-0987")
    assert ToolKey.objects.get().key_last4 == "0987"
    for person in (alice, bob):
        tool_keys.save(by=person, scope=Workspace(person, team).scope, service="exa", secret="x" * 20)
    assert ToolKey.objects.filter(team=team).count() == 1


@pytest.mark.parametrize(
    "changes", [{"base_url": "https://evil.example"}, {"id": "00000000-0000-7000-8000-000000000000"}]
)
def test_a_key_belongs_to_its_row_and_address(workspace, kept, changes):
    ToolKey.objects.filter(pk=kept.pk).update(**changes)
    with pytest.raises(Failed, match="Enter it again"):
        tool_keys.chosen(workspace)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8888", "http://search.example", "ftp://x", ""])
def test_an_address_that_is_not_allowed_is_refused(alice, workspace, address):
    with pytest.raises(Refused):
        tool_keys.save(by=alice, scope=workspace.scope, service=SearchService.SEARXNG, base_url=address)


def test_a_rotation_takes_them_along(kept, workspace):
    assert any(kind.rows is tool_keys.sealed_rows for kind in sealing.kinds)
    assert keys.renew(kept) is False


def test_the_audit_log_tells_no_key(kept, alice):
    tool_keys.delete(by=alice, key=kept)
    told = list(AuditEntry.objects.filter(action__startswith="tool_key.").values_list("action", "data"))
    assert [action for action, _ in told] == ["tool_key.deleted", "tool_key.kept"]
    assert SECRET not in str(told)


def test_whoever_leaves_takes_their_key_along(alice, kept):
    personal_data.delete_personal(alice)
    assert not ToolKey.objects.exists()
