"""What is looked for before tools are collected: all of it by one statement."""

import pytest

from agents import tools
from agents.engine import schemas
from agents.models import SearchService, ToolKey
from agents.tools import looks


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Looks that a test makes are forgotten after it."""
    monkeypatch.setattr(looks, "_known", list(looks._known))


def test_looks_are_read_together_once(workspace, django_assert_num_queries):
    look, other = looks.any_row(ToolKey), looks.Look("(SELECT 7)")
    with django_assert_num_queries(1), looks.together():
        assert (look.value, other.value, look.value) == (False, 7, False)


def test_a_look_alone_sees_what_has_come_since(alice):
    look = looks.any_row(ToolKey, "is_active")
    assert look.value is False
    key = ToolKey.objects.create(user=alice, service=SearchService.SEARXNG, base_url="https://search.example.org")
    assert look.value is True
    ToolKey.objects.filter(pk=key.pk).update(is_active=False)
    assert look.value is False


def test_a_look_that_is_made_inside_is_read_as_well(db):
    first = looks.Look("(SELECT 1)")
    with looks.together():
        assert first.value == 1
        assert looks.Look("(SELECT 2)").value == 2


def test_the_tools_of_an_empty_instance_are_one_statement(workspace, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert tools.sources(workspace)


def test_schemas_of_what_is_built_in_are_made_once(workspace):
    found = [tool for source in tools.sources(workspace) for tool in source.tools]
    assert len(found) > 15
    assert [tool.ref for tool in found if not isinstance(tool.parameters, schemas.Sent)] == []
