"""Which names in braces are variables, and what becomes of them."""

import pytest

from chats.prompts import variables


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("Review this code:\n\n{code}", ["code"]),
        ("{b}{a}{b}", ["b", "a"]),
        ("{bahan_2} {_x} {Größe} {名前}", ["bahan_2", "_x", "Größe", "名前"]),
        ("{हिन्दी} {தமிழ்} {ไทยคำ} {teks}", ["हिन्दी", "தமிழ்", "ไทยคำ", "teks"]),
        ('{"name": "x"} {"a"} [{1}] {}', []),
        ("function f() { x: 1 } {a b} {a-b} {a.b} {2a} { a }", []),
        ("if (x) {\n  y\n}", []),
        ("{{name}} {{name} x", []),
        ('{"key": {value}} {"a": [{b}]}', ["value", "b"]),
        (r"Solve \frac{a}{b} = {value}", ["value"]),
        (r"\begin{equation} \text{mass} \sqrt[3]{x} \frac{\sqrt{a}}{b}", []),
        (r"x^{n} a_{i} \sum_{i} \hat*{x} a^{2}{b}", []),
        ("file_{name}.txt v2{part} /{path} [{x}] ({y})", ["name", "part", "path", "x", "y"]),
        ("v{x} Größe{x} 前{x} ${x}{y}", []),
        ("body{color:{color}}", ["color"]),
        (r"\{name} and \{x\}", []),
        (r"\\{name}", ["name"]),
        ("${name} `$ {x}`", ["x"]),
        ("{" + "a" * 50 + "} {" + "b" * 51 + "}", ["a" * 50]),
        ("{a\n} {a", []),
        ("\\frac{{1}}{n}", []),
    ],
)
def test_names(content, names):
    assert variables.names(content) == names


def test_pieces_are_the_text():
    content = "\n{a} and {{b}}, {c}"
    pieces = variables.pieces(content)
    assert pieces == [("\n", "a"), (" and {{b}}, ", "c"), ("", "")]
    assert "".join(f"{text}{{{name}}}" if name else text for text, name in pieces) == content


def test_a_backslash_makes_braces_text_and_goes():
    content = r"\{a} {a} \\{a} \{b\}"
    assert variables.filled(content, {"a": "1"}) == r"{a} 1 \\1 \{b\}"
    assert variables.pieces(content) == [("{a} ", "a"), (r" \\", "a"), (r" \{b\}", "")]


def test_values_are_not_filled_in_again():
    text = variables.filled("{a} {b} {a} {{a}}", {"a": "{b} \\1 \\g<0>", "b": ""})
    assert text == "{b} \\1 \\g<0>  {b} \\1 \\g<0> {{a}}"


def test_a_variable_without_a_value_stays():
    assert variables.filled("Dear {name}", {}) == "Dear {name}"


@pytest.mark.parametrize(
    ("name", "content", "is_long"),
    [("code", "A {code}", True), ("bean", "A {bean}", False), ("bean", "A\n  {bean}\nB", True), ("b", "{bean}", False)],
)
def test_long_ones(name, content, is_long):
    assert variables.is_long(name, content) == is_long
