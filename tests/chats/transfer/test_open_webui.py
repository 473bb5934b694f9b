"""Open WebUI's chats, of several versions."""

import io
import json

import pytest

from chats.transfer.readers import open_webui
from chats.transfer.source import Source


def read(item: dict):
    (found,) = Source(io.BytesIO(json.dumps([item]).encode())).found()
    assert not found.problem
    return found


def said(chat: dict) -> list[tuple]:
    return [(m["id"], m["parent"], m["role"], [part["text"] for part in m["parts"]]) for m in chat["messages"]]


TREE = {
    "q": {
        "id": "q",
        "parentId": None,
        "childrenIds": ["a", "b"],
        "role": "user",
        "content": "Hi",
        "timestamp": 1700000000,
    },
    "a": {
        "id": "a",
        "parentId": "q",
        "role": "assistant",
        "content": "One",
        "model": "llama3.2:3b",
        "modelName": "Llama",
    },
    "b": {"id": "b", "parentId": "q", "role": "assistant", "content": "Two", "model": "qwen3", "timestamp": 1700000009},
}
NEW = {
    "id": "row",
    "user_id": "u",
    "title": "Talk",
    "chat": {
        "title": "Inner",
        "models": ["llama3.2:3b"],
        "params": {"system": "Be kind."},
        "history": {"messages": TREE, "currentId": "a"},
        "messages": [TREE["q"], TREE["a"]],
        "tags": [],
        "timestamp": 1700000000000,
    },
    "created_at": 1700000000,
    "updated_at": 1700000500,
    "archived": True,
    "pinned": True,
    "meta": {"tags": ["work", "work", "AI"]},
    "folder_id": "f1",
}


def test_the_form_of_today():
    found = read(NEW)
    chat = found.chat
    assert said(chat) == [
        ("q", None, "user", ["Hi"]),
        ("a", "q", "assistant", ["One"]),
        ("b", "q", "assistant", ["Two"]),
    ]
    assert (chat["current"], chat["origin"], chat["title"]) == ("a", "open-webui:row", "Talk")
    assert (chat["is_pinned"], chat["archives"]) == (True, ["Open WebUI"])
    assert [tag["name"] for tag in chat["tags"]] == ["work", "AI"]
    assert chat["settings"] == {"system_prompt": "Be kind."}
    assert chat["messages"][1]["metadata"] == {"model": "llama3.2:3b", "label": "Llama"}
    assert chat["messages"][1]["created_at"] == chat["messages"][0]["created_at"]  # it has no date of its own
    assert chat["updated_at"].isoformat() == "2023-11-14T22:21:40+00:00"
    assert found.left == {open_webui.FOLDERS: 1}


def test_the_older_form_without_a_tree():
    rows = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": ""},
    ]
    old = {"id": "old", "title": "Old", "timestamp": 1690000000, "chat": {"messages": rows, "tags": [{"name": "x"}]}}
    chat = read(old).chat
    assert said(chat) == [
        ("message-0", None, "user", ["Hi"]),
        ("message-1", "message-0", "assistant", ["Hello"]),
    ]
    assert (chat["current"], [tag["name"] for tag in chat["tags"]]) == ("message-1", ["x"])


def test_milliseconds_are_dates_too():
    chat = read({"id": "1", "chat": {"messages": [], "timestamp": 1700000000123}}).chat
    assert chat["created_at"].year == 2023


def test_thoughts_in_the_text_are_thoughts():
    text = (
        'Before\n<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>\n'
        "&gt; First\n> Second\n</details>\nAfter"
    )
    item = {"id": "1", "chat": {"messages": [{"id": "a", "role": "assistant", "content": text}]}}
    parts = read(item).chat["messages"][0]["parts"]
    assert parts == [
        {"type": "text", "text": "Before"},
        {"type": "reasoning", "text": "First\nSecond"},
        {"type": "text", "text": "After"},
    ]


def test_files_and_lists_of_pieces():
    content = [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,x"}}]
    message = {"id": "a", "role": "user", "content": content, "files": [{"type": "image", "url": "data:"}]}
    found = read({"id": "1", "chat": {"history": {"messages": {"a": message}, "currentId": "a"}}})
    (message,) = found.chat["messages"]
    assert message["parts"] == [
        {"type": "text", "text": "See"},
        {"type": "image", "image": "inline-1", "mimeType": "image/png"},
    ]
    assert found.left == {open_webui.FILES: 1}


def test_pictures_stay_where_they_stand():
    words = "Before\n![a chart](data:image/png;base64,aGk=)\nAfter ![b](https://x.example/b.png)"
    nodes = {
        "u": {"role": "user", "content": "", "files": [{"type": "image", "url": "data:image/jpeg;base64,aGk="}]},
        "a": {"role": "assistant", "content": words, "parentId": "u"},
    }
    chat = read({"id": "1", "chat": {"history": {"messages": nodes, "currentId": "a"}}}).chat
    asked, answered = chat["messages"]
    assert asked["parts"] == [{"type": "image", "image": "inline-1", "mimeType": "image/jpeg"}]
    assert answered["parts"] == [
        {"type": "text", "text": "Before"},
        {"type": "image", "image": "inline-2", "mimeType": "image/png"},
        {"type": "text", "text": "After ![b](https://x.example/b.png)"},
    ]
    kept = [(file["id"], file["message"], file["name"], file["data"]) for file in chat["files"]]
    assert kept == [("inline-1", "u", "inline-1.jpeg", "aGk="), ("inline-2", "a", "inline-2.png", "aGk=")]


def test_sources_errors_and_merged_answers_come_along():
    sources = [
        {
            "source": {"name": "search"},
            "document": ["one", "two", "three"],
            "metadata": [
                {"source": "https://a.example/1", "title": "One [1]"},
                {"source": "https://b.example/2"},
                {"source": "https://a.example/1"},
            ],
        },
        {"source": {"id": "f1", "name": "notes.pdf"}, "document": ["x"], "metadata": [{"name": "notes.pdf"}]},
    ]
    reply = {"role": "assistant", "content": "As said [1].", "sources": sources, "merged": {"content": "Both agree."}}
    failed = {"role": "assistant", "content": "", "error": {"content": "No room\nleft"}}
    chat = read({"id": "1", "chat": {"history": {"messages": {"a": reply, "b": failed}, "currentId": "a"}}}).chat
    cited = "1. [One \\[1\\]](<https://a.example/1>)\n2. [https://b.example/2](<https://b.example/2>)\n3. notes.pdf"
    assert said(chat) == [
        ("a", None, "assistant", ["As said [1].", cited]),
        ("a-merged", None, "assistant", ["Both agree."]),
        ("b", None, "assistant", ["> No room\n> left"]),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {"chat": {"messages": [None, 7, "x", {"role": ["user"]}, {"role": "user", "content": 5}]}},
        {"chat": {"history": {"messages": {"a": {"role": "user", "content": "x", "parentId": "a"}}, "currentId": 4}}},
        {"chat": {"messages": [], "params": [], "tags": {"a": 1}}, "meta": 5, "created_at": "x", "title": None},
        {
            "chat": {
                "messages": [
                    {
                        "role": "assistant",
                        "content": "x",
                        "output": [7, {"type": "message"}],
                        "sources": [3],
                        "error": 1,
                    }
                    | {"files": [4, {"url": ["data:"]}], "merged": "x"}
                ]
            }
        },
    ],
)
def test_odd_values_do_no_harm(odd):
    assert len(read({"id": "1"} | odd).chat["messages"]) <= 1
