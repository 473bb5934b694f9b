"""Rules of the stylesheets that a browser would not tell of."""

import re

import pytest

from tests.live import PROJECT

STYLES = sorted((PROJECT / "static" / "css").rglob("*.css"))
MONO = re.compile(r"font(?:-family)?:[^;]*var\(--mono\)[^;]*;(.{0,60})")


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_code_never_has_ligatures(style):
    """The shorthand `font` allows them again, and `->` would be drawn as an arrow."""
    for rule in MONO.finditer(style.read_text()):
        assert "font-variant-ligatures: none" in rule[1], rule[0]


def test_the_typefaces_are_named_by_their_tokens():
    named = [style.name for style in STYLES if "JetBrains Mono" in style.read_text()]

    assert named == ["tokens.css"]
