"""Pictures that a text's owner keeps: a place for each, which nothing of the text gets out of."""

import pytest

from sambung.lib import markdown

PK = "0199f000-0000-7000-8000-000000000001"


def shown(text: str, address=lambda pk: f"/here/{pk}/") -> str:
    return markdown.with_pictures(markdown.render(text, prefix="x", with_places=True), address)


def test_a_picture_with_its_words():
    found = shown(f'![A map of "Gayo" & <more>](picture:{PK.upper()})')
    assert f'<img class="picture" src="/here/{PK}/" alt="A map of &quot;Gayo&quot; &amp; &lt;more&gt;"' in found


def test_one_without_an_address_leaves_its_words():
    assert shown(f"a ![map](picture:{PK}) b", lambda pk: "") == '<p dir="auto">a map b</p>\n'


def test_an_address_is_escaped():
    assert 'src="/?a=1&amp;b=&quot;"' in shown(f"![](picture:{PK})", lambda pk: '/?a=1&b="')


def test_other_texts_have_none():
    assert markdown.render(f"![map](picture:{PK})", prefix="x") == '<p dir="auto">map</p>\n'


@pytest.mark.parametrize(
    "text",
    [
        "![map](picture:1)",
        "![map](picture:{PK}x)",
        "![map](picture:../{PK})",
        "![map](//picture:{PK})",
        "[map](picture:{PK})",
        '<span class="picture" data-picture="{PK}">map</span>',
        '`<span class="picture" data-picture="{PK}">map</span>`',
        "<img src='picture:{PK}'>",
    ],
)
def test_nothing_else_becomes_one(text):
    assert "<img" not in shown(text.replace("{PK}", PK))


def test_one_in_a_link_and_one_in_a_table():
    linked = shown(f"[![map](picture:{PK})](https://example.org/)")
    assert "<img" in linked
    assert shown(f"| a |\n|---|\n| ![map](picture:{PK}) |\n").count("<img") == 1
