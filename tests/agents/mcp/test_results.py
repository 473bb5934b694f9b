"""What a server answers: what reaches the model, and words for whatever does not."""

import base64

import mcp_types as types
import pytest

from agents.mcp import results

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
TEXT = {"type": "text", "text": "Took it."}


def said(*content: dict, structured=None):
    answer = {"content": list(content), "structuredContent": structured}
    return results.of_call(types.CallToolResult.model_validate(answer))


def image(data: str = DOT, kind: str = "image/png") -> dict:
    return {"type": "image", "data": data, "mimeType": kind}


def file(kind: str, data: str = DOT) -> dict:
    return {"type": "resource", "resource": {"uri": "file:///a", "blob": data, "mimeType": kind}}


def test_a_picture_is_shown_and_the_model_knows_that_it_does_not_see_it():
    found = said(TEXT, image(), file("image/png"))
    assert [kind for kind, _ in found.show.images] == ["image/png"] * 2
    assert found.content.split("\n\n")[1:] == [results.SHOWN % "image/png, 70 bytes"] * 2


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (image(kind="image/svg+xml"), "[A picture (image/svg+xml, 70 bytes) was left out: pictures of its kind"),
        (image("no base64!"), "was left out: it cannot be read"),
        (image("A" * 8_000_000), "was left out: it is too large"),
        ({"type": "audio", "data": DOT, "mimeType": "audio/wav"}, "[A sound (audio/wav, 70 bytes) was left out"),
        (file("application/pdf"), "[A file (file:///a, application/pdf, 70 bytes) was left out"),
        (file("text/plain", "no base64!"), "[A file (file:///a, text/plain"),
        (file(""), "[A file (file:///a, of unknown kind, 70 bytes) was left out"),
    ],
)
def test_what_is_left_out_is_named_with_its_reason(part, words):
    found = said(TEXT, part, {"type": "text", "text": "Well."})
    before, told, after = found.content.split("\n\n")
    assert (before, after, found.show) == ("Took it.", "Well.", None)
    assert words in told
    assert "Neither you nor the person has it." in told


def test_pictures_beyond_the_most_are_named():
    found = said(*[image()] * 6)
    assert len(found.show.images) == results.MOST_PICTURES
    assert found.content.count("no more than 4 are shown") == 2


def test_a_text_that_comes_as_a_file_is_read():
    assert said(file("text/csv; charset=utf-8", base64.b64encode("a,ü".encode()).decode())).content == "a,ü"


@pytest.mark.parametrize(
    ("text", "structured", "expected"),
    [
        ('{"n": 1}', {"n": 1}, {"n": 1}),
        ("", {"n": 1}, {"n": 1}),
        ("hello", {"result": "hello"}, "hello"),
        ("a and 2", {"result": ["a", 2], "ok": True}, "a and 2"),
        ("2 rows found", {"rows": ["x", "y"]}, '2 rows found\n\n{"rows": ["x", "y"]}'),
    ],
)
def test_nothing_of_what_is_structured_is_lost(text, structured, expected):
    assert said({"type": "text", "text": text}, structured=structured).content == expected


@pytest.mark.timeout(20)
@pytest.mark.parametrize("most", [3_000, 1])
def test_what_is_structured_is_not_looked_for_without_end(most):
    """Eight megabytes of it held up everybody for a minute."""
    leaf = "a" * 1_000 + "b"
    text = "a" * (4_000_000 if most > 1 else 90_000) + leaf

    content = said({"type": "text", "text": text}, structured={"k": [leaf] * most}).content

    assert content.startswith(text[:90_000])
    assert ('"k"' in content) is False


def test_the_pictures_of_a_prompt_are_shown():
    messages = [{"role": "user", "content": TEXT}, {"role": "user", "content": image()}]
    found = results.of_prompt(types.GetPromptResult.model_validate({"messages": messages}))
    assert found.content == f"user:\nTook it.\n\nuser:\n{results.SHOWN % 'image/png, 70 bytes'}"
    assert len(found.show.images) == 1
