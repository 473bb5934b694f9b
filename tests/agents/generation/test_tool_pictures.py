"""Pictures of tools as messages keep them, on their way to a model."""

import base64
import io
from types import SimpleNamespace
from unittest.mock import AsyncMock

import mcp_types as types
import pytest
from PIL import Image

from agents import catalog, engine, tools
from agents.engine import Turn
from agents.generation import context, loop, tool_pictures
from agents.mcp import results

CALL = {"type": "tool-call", "toolCallId": "c1", "toolName": "shot", "args": {}}


def shot(*pictures: bytes, left_out: int = 0) -> Turn:
    """A reply with pictures, as it is stored."""
    kept = {"kind": "images", "images": [base64.b64encode(one).decode() for one in pictures], "leftOut": left_out}
    result = {"type": "tool-result", "toolCallId": "c1", "result": "Took a shot.", "show": kept}
    return Turn("assistant", (CALL, result))


def given(*turns: Turn, vision: bool | None = True, share: int = 1) -> list[Turn]:
    model = catalog.Model("openai_compatible", "m", "M", 32_768, vision=vision)
    return context.readable(turns, model, (engine.Tool("shot", "", {}),), share)


def seen(turn: Turn) -> list[bytes]:
    return [one["image"] for one in turn.parts[-1]["images"]]


@pytest.mark.parametrize("vision", [True, None])
def test_a_model_that_may_see_gets_them(vision):
    (found,) = given(shot(b"one", b"two"), vision=vision)
    assert seen(found) == [b"one", b"two"]
    assert found.parts[-1]["result"] == "Took a shot."


def test_one_that_does_not_see_is_told_what_it_misses():
    (found,) = given(shot(b"one", b"two"), vision=False)
    assert seen(found) == []
    assert found.parts[-1]["result"].splitlines() == [
        "Took a shot.",
        "[The image “shot 1” is not here: this model sees no images.]",
        "[The image “shot 2” is not here: this model sees no images.]",
    ]


@pytest.mark.parametrize(("share", "most"), [(1, context.MOST_PICTURES), (4, 2), (16, 1)])
def test_the_newest_go_and_words_for_those_before(share, most):
    turns = [turn for n in range(6) for turn in (Turn.of("user", "Again."), shot(b"%d" % n, b"%d+" % n))]
    found = given(*turns, share=share)
    assert [one for turn in found if turn.role == "assistant" for one in seen(turn)] == [
        one for n in range(6) for one in (b"%d" % n, b"%d+" % n)
    ][-most:]
    assert "[The picture “shot 1” was sent before and is not sent again.]" in found[1].parts[-1]["result"]


def test_what_could_not_be_read_is_told():
    (found,) = given(shot(b"one", left_out=2))
    assert "[2 of the pictures could not be read. Nobody sees them.]" in found.parts[-1]["result"]


def test_other_results_stay_as_they_are():
    table = {"type": "tool-result", "toolCallId": "c1", "result": {"shown": True}, "show": {"kind": "chart"}}
    (found,) = given(Turn("assistant", (CALL, table)))
    assert found.parts[-1]["result"] == {"shown": True}
    assert not tool_pictures.is_of(table)


def test_images_are_known_to_go_with_a_reply():
    assert context.has_image([shot(b"one")])
    assert not context.has_image([Turn.of("user", "No.")])


async def test_what_a_tool_of_a_server_shows_is_what_the_model_is_sent_next(monkeypatch):
    """From the server's answer over the loop to the request, as a picture that can be opened."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    block = types.ImageContent(type="image", data=base64.b64encode(drawn.getvalue()).decode(), mime_type="image/png")
    answer = types.CallToolResult(content=[types.TextContent(type="text", text="Took a screenshot."), block])
    kind = SimpleNamespace(limits=None, call=AsyncMock(return_value=results.of_call(answer)))
    monkeypatch.setattr(tools.registry, "_kinds", {"test": kind})
    tool = tools.Tool("test", "server", "shot", "Shot", "", {"type": "object"})
    said = iter([[engine.ToolCall("c", "shot", {})], [engine.Text("Red.")]])
    asked = []

    async def ask(parts, sink):
        asked.append(parts)
        for event in next(said):
            sink(event)

    talk = loop.Conversation(
        (), tools.Bound({"shot": tool}), lambda: tools.Caller(None), loop.Gate(), lambda event: None
    )
    await talk.hold(ask, 3)

    (found,) = given(Turn("assistant", asked[1]))
    (data,) = seen(found)
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.size, picture.format) == ((8, 8), "WEBP")
    told = found.parts[-1]["result"]
    assert told.startswith("Took a screenshot.\n\n[A picture (image/png, ")
    assert told.endswith(", which is shown to the person.]")
