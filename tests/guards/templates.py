"""How templates are written, and what a row that is rendered once and filled in may ask of what is filled in."""

import re
from collections.abc import Iterator

from django.template import Node, NodeList, engines
from django.template.base import FilterExpression, TokenType, VariableNode
from django.template.defaulttags import ForNode, IfNode, TemplateLiteral
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import BlockTranslateNode

WIDTH = 160
_HTMX = re.compile(r"\bhx-[a-z]")
_CONDITION = r"(?:\{%[^%]*%\})?"
_VALUE = r"""(?:=(?:"(?:[^"{]|\{(?!%|\{)|\{\{.*?\}\}|\{%.*?%\})*"|'[^']*'))?"""
_ALONE = re.compile(rf"\s*{_CONDITION}hx-[\w:.-]+{_VALUE}{_CONDITION}\s*")

Slots = frozenset[str]


def badly_laid(text: str) -> Iterator[str]:
    """Name the lines that are too long, and those where an attribute of htmx stands beside another."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > WIDTH:
            yield f"{number}: {len(line)} characters"
        if _HTMX.search(line) and not _ALONE.fullmatch(line):
            yield f"{number}: one attribute a line: {line.strip()}"


def misused(template_name: str, slots: Slots) -> Iterator[str]:
    """Name what a row template does with a slot beyond showing it and asking whether it is empty.

    slots: how the template calls them, such as "row.title".
    """
    yield from _of_nodes(engines["django"].engine.get_template(template_name).nodelist, slots)


def misused_in(source: str, slots: Slots) -> Iterator[str]:
    """The same for the text of a template."""
    yield from _of_nodes(engines["django"].engine.from_string(source).nodelist, slots)


def _of_nodes(nodes: NodeList, slots: Slots) -> Iterator[str]:
    for node in nodes:
        yield from _of_node(node, slots)


def _of_node(node: Node, slots: Slots) -> Iterator[str]:
    for expression in _expressions(node):
        if _slot(expression, slots) and _is_changed(expression):
            yield f"{expression.token} is filtered"
    if isinstance(node, IfNode):
        for condition in (condition for condition, _ in node.conditions_nodelists if condition):
            yield from _of_condition(condition, slots)
    if isinstance(node, ForNode) and _slot(node.sequence, slots):
        yield f"{node.sequence.token} is walked"
    if isinstance(node, BlockTranslateNode):
        yield from _of_translation(node, slots)
    if isinstance(node, IncludeNode):
        name = node.template.resolve({})
        yield from misused(name, slots | _named(node.extra_context, slots))
    elif extra := getattr(node, "extra_context", None):
        slots |= _named(extra, slots)
    for child in (name for name in node.child_nodelists if hasattr(node, name)):
        yield from _of_nodes(getattr(node, child), slots)


def _of_condition(condition, slots: Slots) -> Iterator[str]:
    if isinstance(condition, TemplateLiteral):
        if _slot(condition.value, slots) and _is_changed(condition.value):
            yield f"{condition.text} is filtered"
        return
    sides = [side for side in (condition.first, condition.second) if side is not None]
    if condition.id not in ("and", "or", "not"):
        yield from (f"{side.text} is compared" for side in sides if _is_slot(side, slots))
    for side in sides:
        yield from _of_condition(side, slots)


def _of_translation(node: BlockTranslateNode, slots: Slots) -> Iterator[str]:
    """Words show a slot as it is; which of their forms is meant may not hang on it."""
    if node.countervar and _slot(node.counter, slots):
        yield f"{node.counter.token} is counted"
    within = slots | _named(node.extra_context, slots)
    for token in (*node.singular, *(node.plural or ())):
        shown, bar, _ = token.contents.partition("|")
        if token.token_type == TokenType.VAR and bar and shown.strip() in within:
            yield f"{token.contents} is filtered"


def _expressions(node: Node) -> Iterator[FilterExpression]:
    """What the node itself resolves."""
    found = [node.filter_expression] if isinstance(node, VariableNode) else list(vars(node).values())
    for value in found:
        if isinstance(value, FilterExpression):
            yield value
        elif isinstance(value, dict):
            yield from (one for one in value.values() if isinstance(one, FilterExpression))
        elif isinstance(value, list | tuple) and not isinstance(value, NodeList):
            yield from (one for one in value if isinstance(one, FilterExpression))


def _slot(expression: FilterExpression, slots: Slots) -> bool:
    return str(getattr(expression.var, "var", "")) in slots


def _is_changed(expression: FilterExpression) -> bool:
    """Whether a filter does more than ask whether it is empty."""
    return any(function.__name__ != "default" for function, _ in expression.filters)


def _is_slot(side, slots: Slots) -> bool:
    return isinstance(side, TemplateLiteral) and _slot(side.value, slots)


def _named(extra: dict[str, FilterExpression], slots: Slots) -> Slots:
    """What the slots are called where they are handed on under other names."""
    return frozenset(name for name, expression in extra.items() if _slot(expression, slots))
