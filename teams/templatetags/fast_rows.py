"""Templates that are rendered once and filled in from then on: 80 calls for a message instead of 2,600.

`{% repeat "chats/_row.html" row=rows %}` gives what `for` and `include` would give. The rows are frozen dataclasses;
`SLOTS` of their class names the fields whose values are only put into their places. The template is rendered once for
each shape, which is the other fields and which of the filled ones are empty, with the places left open. So it may ask
whether a filled field is empty, but neither compare nor filter it.

`{% once "components/_shortcuts.html" %}` is `include` for a template that takes nothing.

Such templates see the workspace's addresses, and nothing of the request or the person: what is kept is for everybody.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from html import escape
from typing import ClassVar
from uuid import UUID, uuid4, uuid5

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import trans_real

from teams.models import Team
from teams.workspace import Workspace

register = template.Library()
_INDENTATION = re.compile(r"\n\s+")
_PLACES = uuid4()  # nobody can write a place into a text


@dataclass(frozen=True)
class _Nothing:
    SLOTS: ClassVar = ()


@register.simple_tag(takes_context=True)
def repeat(context, template_name: str, **given) -> SafeString:
    """Render the template for each row, which it knows by the name of the argument."""
    ((name, rows),) = given.items()
    workspace, words = context.get("workspace"), trans_real.catalog()
    slug = workspace.team.slug if workspace and workspace.team else ""
    filled = "".join(_filled(template_name, name, row, slug, words) for row in rows)
    return mark_safe(filled)  # noqa: S308  each value was escaped


@register.simple_tag(takes_context=True)
def once(context, template_name: str) -> SafeString:
    """Render a template that takes nothing."""
    return repeat(context, template_name, nothing=[_Nothing()])


def _filled(template_name: str, name: str, row, slug: str, words) -> str:
    texts = {field: text for field in row.SLOTS if (text := getattr(row, field))}
    shape = replace(row, **{field: _place(field) for field in texts})
    escaped = {field: _escaped(text) for field, text in texts.items()}
    return _stencil(template_name, name, shape, bool(slug), words) % {"slug": slug, **escaped}


def _escaped(text) -> str:
    return text if isinstance(text, SafeString) else escape(str(text))


@lru_cache(maxsize=512)
def _stencil(template_name: str, name: str, shape, is_of_team: bool, words) -> str:
    """The template as a format string. `words`, the catalogue, is what its translations hang on."""
    team = Team(slug=str(_place("slug"))) if is_of_team else None
    html = render_to_string(template_name, {name: shape, "workspace": Workspace(user=None, team=team)})
    html = _INDENTATION.sub("\n", html).replace("%", "%%")  # forty rows of it would be a fifth of a page
    for field in ("slug", *shape.SLOTS):
        html = html.replace(str(_place(field)), f"%({field})s")
    return html


@cache
def _place(field: str) -> UUID:
    """Stands where the field's value will be. It is an id, for the sake of addresses, and the same in every thread."""
    return uuid5(_PLACES, field)
