"""Texts that stand in a longer one: their headings lie deeper, and they leave nothing open."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sambung.lib.markdown import nested, render
from tests.lib.test_markdown_stream import TEXTS


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("# Title\n\n## Two ##\n\ntext", "### Title\n\n#### Two ##\n\ntext"),
        ("##### Five\n###### Six", "###### Five\n###### Six"),
        ("Title\n=====\n\nTwo\nlines\n---\nx", "### Title\n\n#### Two lines\nx"),
        ("> # In a quote\n> x", "> ### In a quote\n> x"),
        ("> Title\n> ===", "> ### Title"),
        ("```sh\n# no heading\n```", "```sh\n# no heading\n```"),
        ("#tag and \\# sign", "#tag and \\# sign"),
        ("人 #\n\n# 人", "人 #\n\n### 人"),
    ],
)
def test_headings(text, below):
    assert nested(text, below=2) == below


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("First\n\n```python\nprint('unclosed')", "\n```"),
        ("~~~~\nx\n~~~", "\n~~~~"),
        ("`````\n```\nx", "\n`````"),
        ("```", "\n```"),
        ("x\n\n<!-- not closed\n\nmore", "\n-->"),
        ("<pre>\nx\n\ny", "\n</pre>"),
        ("<script>\n\nx", "\n</script>"),
        ("<details>\n<summary>x</summary>\n\ny", "\n\n</details>"),
        ("<details>\n\n```\nx", "\n```\n\n</details>"),
        ("<details>\n\nx\n\n</details>", ""),
        ("`<details>` and ```x```", ""),
        ("- a\n  ```\n  x", ""),
        ("> ```\n> x", ""),
        ("whole\n\n```\nx\n```", ""),
        ("", ""),
    ],
)
def test_what_is_open_is_closed(text, end):
    assert nested(text, below=2) == text + end


@settings(max_examples=200, deadline=None)
@given(
    TEXTS | st.lists(st.sampled_from(["```\n", "~~~\n", "<!--", "<pre>", "x", "\n", "# a\n", "> ", "- "])).map("".join)
)
def test_what_follows_stands_by_itself(text):
    if "<" in text and "details" in text:
        return  # the page folds by its own rules
    html = render(nested(text, below=2) + "\n\n## Behind", prefix="m-1")
    assert html.rstrip().removesuffix("</section>").endswith('<h4 dir="auto">Behind</h4>') or "[^" in text
