"""Metadata of messages: one schema knows every key, and what copies and exports keep of them."""

from dataclasses import fields

import pytest
from jsonschema import Draft202012Validator

from agents.generation.report import Report
from agents.usage.meter import Round
from chats.messages import metadata
from chats.models import Message
from tests.chats.replies.test_kind import MINI, NINETY, OPENAI
from tests.chats.steps import send

SCHEMA = Draft202012Validator(metadata.SCHEMA)
FULL = Report(
    asked=MINI,
    answered=MINI,
    rounds=[Round(MINI, OPENAI, NINETY)],
    passed_on=[{"model": "o3", "code": "connect_failed", "params": {}, "label": "O3", "key": ""}],
    learned=[{"what": "tools", "value": ""}],
    left_out=0,
    tools_left_out=9,
    tools_unseen=True,
    tools_missing=[{"title": "Fly", "code": "mcp_tool_off", "params": {}}],
    files_cut=["long.txt"],
    images_unseen=True,
)


@pytest.mark.django_db
def test_what_a_reply_keeps_fits_the_schema(chat, alice, answer):
    _, reply = send(chat, alice, "@Nobody Hello")
    answer(reply, usage={"input_tokens": 1, "output_tokens": 2}, report=FULL, seconds=1.0, first_token_seconds=0.1)
    for message in Message.objects.filter(chat=chat):
        assert list(SCHEMA.iter_errors(message.metadata)) == []
    kept = Message.objects.get(pk=reply.pk).metadata
    assert {
        "left_out": 0,
        "tools_unseen": True,
        "files_cut": ["long.txt"],
        "cost": kept["cost"],
    }.items() <= kept.items()


def test_what_was_not_reported_is_not_kept():
    assert metadata.of_report(Report()) == {}


def test_each_name_is_a_key():
    known = metadata.SCHEMA["properties"]
    assert set(metadata.COPIED) | set(metadata.REPORTED) <= set(known)
    assert set(metadata.REPORTED) <= {field.name for field in fields(Report)}
    assert list(SCHEMA.iter_errors({"unheard": 1})) != []
