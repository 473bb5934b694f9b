"""ChatGPT's conversations as they come: branches, hidden nodes, tools, images, dates that are not there."""

import io
import json

import pytest

from chats.transfer.readers import chatgpt
from chats.transfer.source import Source


def node(name: str, parent: str | None, role: str = "user", said: object = "Hello", **message) -> dict:
    content = said if isinstance(said, dict) else {"content_type": "text", "parts": [said]}
    given = {"id": name, "author": {"role": role, "name": None, "metadata": {}}, "content": content}
    given |= {"create_time": 1700000000.25, "recipient": "all", "metadata": {}}
    return {"id": name, "parent": parent, "children": [], "message": given | message}


def conversation(*nodes: dict, **fields) -> dict:
    root = {"id": "root", "message": None, "parent": None, "children": []}
    given = {"title": "Talk", "create_time": 1700000000.0, "update_time": 1700000100.0, "conversation_id": "abc"}
    return given | {"mapping": {one["id"]: one for one in (root, *nodes)}} | fields


def read(item: dict):
    (found,) = Source(io.BytesIO(json.dumps([item]).encode())).found()
    assert not found.problem
    return found


def shape(chat: dict) -> list[tuple]:
    return [(m["id"], m["parent"], m["role"], "".join(part["text"] for part in m["parts"])) for m in chat["messages"]]


def test_branches_and_the_one_on_show():
    found = read(
        conversation(
            node("q", "root", said="Which?"),
            node("a1", "q", "assistant", "One", metadata={"model_slug": "gpt-4o"}),
            node("a2", "q", "assistant", "Two"),
            current_node="a1",
        )
    )
    assert shape(found.chat) == [
        ("q", None, "user", "Which?"),
        ("a1", "q", "assistant", "One"),
        ("a2", "q", "assistant", "Two"),
    ]
    assert found.chat["current"] == "a1"
    assert found.chat["origin"] == "chatgpt:abc"
    assert found.chat["messages"][1]["metadata"] == {"model": "gpt-4o"}
    assert found.chat["messages"][0]["created_at"].isoformat() == "2023-11-14T22:13:20.250000+00:00"


def test_hidden_and_empty_nodes_hand_their_place_on():
    found = read(
        conversation(
            node("s", "root", "system", ""),
            node("h", "s", "system", "secret", metadata={"is_visually_hidden_from_conversation": True}),
            node("c", "h", "user", {"content_type": "user_editable_context", "user_profile": "me"}),
            node("q", "c", said="Hi"),
            node("e", "q", "assistant", {"content_type": "text", "parts": [""]}),
            node("a", "e", "assistant", "Yes"),
            current_node="gone",
        )
    )
    assert shape(found.chat) == [("q", None, "user", "Hi"), ("a", "q", "assistant", "Yes")]
    assert found.chat["current"] == "a"
    assert found.left == {chatgpt.HIDDEN: 2}


def test_tools_thoughts_code_and_images():
    image = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-1", "size_bytes": 9}
    heard = {"content_type": "audio_transcription", "text": "spoken"}
    found = read(
        conversation(
            node("q", "root", said={"content_type": "multimodal_text", "parts": [image, heard, "Look"]}),
            node("t", "q", "assistant", {"content_type": "thoughts", "thoughts": [{"summary": "s", "content": "Hm"}]}),
            node(
                "c", "t", "assistant", {"content_type": "code", "language": "python", "text": "```"}, recipient="python"
            ),
            node(
                "r",
                "c",
                "tool",
                {"content_type": "execution_output", "text": "4"},
                author={"role": "tool", "name": "python"},
            ),
            node("x", "r", "assistant", {"content_type": "hologram", "text": "shimmer"}),
        )
    )
    assert [text for *_, text in shape(found.chat)] == [
        "spoken\n\nLook",
        "Hm",
        "````python\n```\n````",
        "```\n4\n```",
        "shimmer",
    ]
    assert [m["role"] for m in found.chat["messages"]] == ["user", "assistant", "assistant", "tool", "assistant"]
    assert found.chat["messages"][1]["parts"][0]["type"] == "reasoning"
    assert found.chat["messages"][3]["tool_invocations"] == [{"from": "python", "to": "all"}]
    assert found.left == {chatgpt.IMAGES: 1, chatgpt.OTHER: 1}


def test_dates_that_are_not_there():
    found = read(conversation(node("q", "root", create_time=None), create_time=None, update_time=None))
    assert found.chat["created_at"].year == 1970
    found = read(conversation(node("q", "root"), node("a", "q", create_time=None), create_time=float(10**30)))
    assert {m["created_at"].year for m in found.chat["messages"]} == {2023}


def test_children_before_parents_and_rings():
    found = read(conversation(node("b", "a"), node("a", "root"), node("x", "y"), node("y", "x"), node("z", "nowhere")))
    assert [(name, parent) for name, parent, *_ in shape(found.chat)] == [
        ("a", None),
        ("b", "a"),
        ("y", None),
        ("x", "y"),
        ("z", None),
    ]


def test_without_an_id_the_messages_make_one():
    first, same = (read(conversation(node("q", "root"), conversation_id=None)).chat["origin"] for _ in range(2))
    other = read(conversation(node("other", "root"), conversation_id=None)).chat["origin"]
    assert first == same != other


@pytest.mark.parametrize(
    "odd",
    [
        {"mapping": {"a": None, "b": [], "c": {"message": 7}, "d": {"message": {"author": "x", "content": "y"}}}},
        {"mapping": {"a": node("a", ["x"], said={"content_type": "text", "parts": {"a": 1}})}},
        {"mapping": {"a": node("a", None, said={"content_type": ["text"]})}, "title": {"x": 1}, "current_node": [1]},
        {"mapping": {"a": node("a", None, "moderator")}, "create_time": "soon", "update_time": True},
        {"mapping": {"a": node("a", 5, said={"content_type": "text", "parts": [None, 1, {"text": "x"}, "kept"]})}},
    ],
)
def test_odd_values_do_no_harm(odd):
    assert len(read(conversation() | odd).chat["messages"]) <= 1
