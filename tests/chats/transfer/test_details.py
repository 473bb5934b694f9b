"""What Open WebUI keeps of a reply: blocks of details in its text, and items."""

import pytest

from chats.transfer.readers import details

CALL = (
    '<details type="tool_calls" done="true" id="call_7" name="get_weather" '
    'arguments="&quot;{\\&quot;city\\&quot;: \\&quot;Bandung\\&quot;}&quot;" '
    'result="&quot;{\\&quot;temp\\&quot;: 24}&quot;">\n<summary>Tool Executed</summary>\n</details>\n'
)
THOUGHT = (
    '<details type="reasoning" done="true" duration="2">\n<summary>Thought</summary>\n&gt; So &lt;b&gt;\n</details>\n'
)


def called(name: str, args: dict, call_id: str = "call", **fields) -> dict:
    return {"type": "tool-call", "toolCallId": call_id, "toolName": name, "title": name, "args": args} | fields


def gave(result: object, call_id: str = "call") -> dict:
    return {"type": "tool-result", "toolCallId": call_id, "result": result}


def words(text: str, kind: str = "text") -> dict:
    return {"type": kind, "text": text}


def test_thoughts_calls_and_words():
    assert details.of_text(f"{THOUGHT}{CALL}It is 24 degrees.") == [
        words("So <b>", "reasoning"),
        called("get_weather", {"city": "Bandung"}, "call_7"),
        gave({"temp": 24}, "call_7"),
        words("It is 24 degrees."),
    ]


def test_code_that_was_run_with_what_came_of_it():
    block = (
        '<details type="code_interpreter" done="true" output="{&quot;stdout&quot;: &quot;4&quot;}">\n'
        "<summary>Analyzed</summary>\n```python\nprint('</details>')\n```\n</details>\nFour."
    )
    assert details.of_text(block) == [
        called("code_interpreter", {"code": "print('</details>')", "language": "python"}),
        gave({"stdout": "4"}),
        words("Four."),
    ]


@pytest.mark.parametrize(
    ("told", "args", "result"),
    [
        ('name="look"', {}, None),
        ('name="look" arguments=""', {}, None),
        ('name="look" arguments="[1]"', {"arguments": [1]}, None),
        ('name="look" arguments="{broken"', {"arguments": "{broken"}, None),
        ('name="look" result="plain"', {}, "plain"),
        ('name="look" result="&quot;42&quot;"', {}, "42"),
        ('name="look" result="42"', {}, "42"),
    ],
)
def test_arguments_and_results_of_any_form(told, args, result):
    parts = details.of_text(f'<details type="tool_calls" done="true" {told}>\n<summary>x</summary>\n</details>')
    assert parts == [called("look", args), *([gave(result)] if result else [])]


def test_a_result_that_stands_inside():
    block = '<details type="tool_calls" name="look">\n<summary>x</summary>\n{&quot;a&quot;: 1}\n</details>'
    assert details.of_text(block) == [called("look", {}), gave({"a": 1})]


def test_ids_and_names_are_such_as_services_take():
    parts = details.of_text('<details type="tool_calls" id="a b" name="Cuaca hari ini">\n</details>\n' * 2)
    assert parts == [
        called("Cuaca_hari_ini", {}, "a_b", title="Cuaca hari ini"),
        called("Cuaca_hari_ini", {}, "a_b-1", title="Cuaca hari ini"),
    ]


def test_another_kind_is_folded():
    block = '<details type="graph" done="true">\n<summary>Plan</summary>\nOne\n</details>'
    assert details.of_text(block) == [words("<details>\n<summary>Plan</summary>\n\nOne\n\n</details>")]


def test_what_an_answer_shows_as_code_is_code():
    text = f'It writes:\n```html\n{CALL}```\nand `<details type="reasoning">`'
    assert details.of_text(text) == [words(text)]


def test_a_block_without_its_end_stays_and_so_does_what_follows_an_open_fence():
    assert details.of_text('<details type="reasoning">\nopen') == [words('<details type="reasoning">\nopen')]
    assert [part["type"] for part in details.of_text(f"```\nx\n{CALL}")] == ["text", "tool-call", "tool-result"]


OUTPUT = [
    {"type": "reasoning", "summary": [], "content": [{"type": "output_text", "text": "Hm"}]},
    {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"a": 1}'},
    {"type": "function_call_output", "call_id": "c1", "output": [{"type": "input_text", "text": "found"}]},
    {"type": "open_webui:code_interpreter", "id": "c2", "code": "1+1", "lang": "python", "output": {"result": "2"}},
    {"type": "web_search_call", "id": "c3", "action": {"query": "x"}},
    {"type": "message", "content": [{"type": "output_text", "text": "Done."}]},
]


def test_items():
    assert details.of_items(OUTPUT, "") == [
        words("Hm", "reasoning"),
        called("look", {"a": 1}, "c1"),
        gave("found", "c1"),
        called("code_interpreter", {"code": "1+1", "language": "python"}, "c2"),
        gave({"result": "2"}, "c2"),
        called("web_search", {"query": "x"}, "c3"),
        words("Done."),
    ]


def test_items_of_a_text_that_was_changed_since_do_not_count():
    assert details.of_items(OUTPUT, "Done. More.")
    assert details.of_items(OUTPUT, "Something else") == []
    assert details.of_items(None, "x") == []
