"""The last step of every rendering: nh3 with a list of our own, narrower than what the writer can produce.

The writer escapes everything that it takes from the source, so nothing should be left to remove here. This is
the second lock: a mistake in the writer must not become markup of the model's choosing.
"""

import re

import nh3

from sambung.lib.markdown import code, math, tags
from sambung.lib.markdown.links import LEAVING, REL

_TEXT = set("p h3 h4 h5 h6 ul ol li blockquote hr br em strong del code pre".split())
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _TEXT | _TABLE | {"a", "sup", "div", "span"} | tags.ELEMENTS | math.ELEMENTS

_DIRECTED = ("p", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "pre", "div", "summary")
_ALIGN = {"align-left", "align-center", "align-right"}
_CLASSES = {
    "a": {"remote-image", "footnote-back"},
    "code": {"math-source"},
    "div": {"code", "table-scroll", "footnote"},
    "ol": {"footnotes"},
    "p": {"raw", "typed"},
    "pre": {"plain"},
    "span": {"task", "math-block", "picture"} | code.CLASSES,
    "sup": {"footnote-ref"},
    "td": _ALIGN,
    "th": _ALIGN,
}
_ATTRIBUTES = {
    "*": set(),  # the library adds title and lang where this is missing
    "a": {"href", "data-host"},
    "div": {"data-lang"},
    "ol": {"start"},
    "span": {"data-picture"},
    **{tag: set(math.ATTRIBUTES) for tag in math.ELEMENTS},
}
_ID = re.compile(r"[A-Za-z][\w-]*-fn(?:ref)?-\d{1,6}", re.ASCII)


def _values(with_notes: bool) -> dict[str, dict[str, set[str]]]:
    """Return the attributes with fixed values, by tag."""
    values: dict[str, dict[str, set[str]]] = {tag: {"dir": {"auto"}} for tag in _DIRECTED}
    for tag in ("pre", "div", "span"):
        values.setdefault(tag, {})["tabindex"] = {"0"}
    values["span"]["data-checked"] = {"true", "false"}
    values["th"] = {"scope": {"col"}}
    if with_notes:
        values["a"] = {"target": {"_blank"}}
    return values


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Let an id or a link inside the page through only where it has the form of our own footnotes."""
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name == "href" and value.startswith("#"):
        return value if _ID.fullmatch(value[1:]) else None
    return value


# Two lists, each with its one reused instance: most texts have no footnotes and then need neither ids nor
# links inside the page, nor the callback in Python for every attribute.
_common = {
    "tags": _TAGS,
    "clean_content_tags": {"script", "style"},
    "allowed_classes": _CLASSES,
    "link_rel": REL,
    "url_schemes": {"http", "https", "mailto"},
}
_without_notes = nh3.Cleaner(
    attributes=_ATTRIBUTES,
    tag_attribute_values=_values(False),
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_relative=lambda url: url if url.startswith(LEAVING) else None,
    **_common,
)
_with_notes = nh3.Cleaner(
    attributes={**_ATTRIBUTES, "a": {"href", "data-host", "id"}, "li": {"id"}},
    tag_attribute_values=_values(True),
    attribute_filter=_attribute,
    url_relative=lambda url: url if url.startswith(("#", LEAVING)) else None,
    **_common,
)


def clean(html: str, *, notes: bool = False) -> str:
    """Return the HTML with nothing but the listed tags, attributes, classes and addresses.

    `notes` allows the ids and inner links of footnotes, in the form of our own.
    """
    return (_with_notes if notes else _without_notes).clean(html)
