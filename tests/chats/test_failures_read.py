"""Migrations that turn sentences in the metadata of messages into codes."""

from importlib import import_module

import pytest
from django.apps import apps

from agents.migrations import _sentences
from tests.factories import exchange

pytestmark = pytest.mark.django_db
MOVED = import_module("chats.migrations.0010_read_failures")
MISSING = import_module("chats.migrations.0012_missing_tools_as_codes")
OLD = {"model": "o3", "why": "The model's service failed. Try again shortly. It said: No.", "label": "O3", "key": ""}
NEW = {"model": "o3", "code": "server_failed", "params": {"detail": "No."}, "label": "O3", "key": ""}


def test_models_that_were_passed_by_are_read_once_and_go_back(chat, monkeypatch):
    monkeypatch.setattr(_sentences, "BATCH", 1)
    replies = [exchange(chat, str(n), "x") for n in range(3)]
    for reply in replies:
        reply.metadata = {"passed_on": [OLD, OLD], "left_out": 1}
        reply.save()

    def kept() -> list[dict]:
        for reply in replies:
            reply.refresh_from_db()
        return [reply.metadata for reply in replies]

    for _twice in range(2):
        MOVED._change(apps, MOVED._to_code)
        assert kept() == [{"passed_on": [NEW, NEW], "left_out": 1}] * 3
    MOVED._change(apps, MOVED._to_sentence)
    assert kept() == [{"passed_on": [OLD, OLD], "left_out": 1}] * 3


def test_missing_tools_are_read_once_and_go_back(chat):
    reply = exchange(chat)
    old = [
        ["Drop", "It is switched off."],
        ["web", "It is not here any more, rests, or is not for you."],
        ["x", "Why."],
    ]
    reply.metadata = {"tools_missing": old, "left_out": 1}
    reply.save()
    new = [
        {"title": "Drop", "code": "mcp_tool_off", "params": {}},
        {"title": "web", "code": "tool_gone", "params": {}},
        {"title": "x", "code": "other", "params": {"text": "Why."}},
    ]
    for _twice in range(2):
        MISSING._change(apps, MISSING._to_code)
        reply.refresh_from_db()
        assert reply.metadata == {"tools_missing": new, "left_out": 1}
    MISSING._change(apps, MISSING._to_sentence)
    reply.refresh_from_db()
    assert reply.metadata == {"tools_missing": old, "left_out": 1}
