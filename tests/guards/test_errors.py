"""Codes of what fails: every one that is used has a sentence, and the document lists exactly those."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from sambung.lib import failures
from tests.guards import words

DOCUMENT = (words.PROJECT / "docs/errors.md").read_text(encoding="utf-8")
#: What takes the code of a failure first, and by name.
MADE = {
    "Failure",
    "Unavailable",
    "TooLong",
    "Failed",
    "Unusable",
    "NotSent",
    "failed",
    "broke",
    "_broke",
    "_problem",
    "Problem",
}
NAMED = {"fault"}
#: What takes the code of a refusal by name; `__init__` in classes that are one.
REFUSES = {"Refused", "__init__"}
ROW = re.compile(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| (.+?) \|", re.MULTILINE)
PLACE_ALONE = re.compile(r"%\(\w+\)s")


@cache
def _nodes() -> list[ast.AST]:
    """All that stands in the code, but for migrations."""
    paths = (path for package in words.PACKAGES for path in (words.PROJECT / package).rglob("*.py"))
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts)
    return [node for tree in trees for node in ast.walk(tree)]


def _calls() -> Iterator[ast.Call]:
    return (node for node in _nodes() if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _texts(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _used() -> set[str]:
    """The codes that failures are made with in the code."""
    given = [call.args[0] for call in _calls() if _name(call) in MADE and call.args]
    given += [key.value for call in _calls() for key in call.keywords if key.arg in NAMED]
    return set().union(*(_texts(one) for one in given if isinstance(one, ast.Constant | ast.IfExp | ast.BoolOp)))


def _refused() -> set[str]:
    """The codes that refusals are made with in the code."""
    given = [key.value for call in _calls() for key in call.keywords if key.arg == "code" and _name(call) in REFUSES]
    return set().union(*map(_texts, given))


def test_every_code_that_is_used_has_a_sentence():
    used = _used()
    assert len(used) > 50
    assert used <= failures.known().keys()


def test_every_code_is_used():
    listed = {id(key) for node in _nodes() if isinstance(node, ast.Dict) for key in node.keys}
    said = {node.value for node in _nodes() if isinstance(node, ast.Constant) and id(node) not in listed}
    assert failures.known().keys() <= said


def test_every_sentence_can_be_had_in_indonesian():
    said = {sentence for sentence in failures.known().values() if not PLACE_ALONE.fullmatch(sentence)}
    translated = {words.singular(message) for message in words.catalogue() if message.id and all(words.forms(message))}
    assert said <= translated


def test_the_document_lists_the_codes_with_their_sentences():
    told = DOCUMENT.partition("## Refusals")[0]
    assert {code.strip("`"): sentence for code, sentence in ROW.findall(told)} == failures.known()


def test_the_document_lists_the_codes_of_refusals():
    told = DOCUMENT.partition("## Refusals")[2]
    listed = {code for codes, _status in ROW.findall(told) for code in re.findall(r"`([a-z_]+)`", codes)}
    made = _refused() | {"refused"}
    assert len(made) > 5
    assert made <= listed
    assert listed - made <= failures.known().keys(), "where a failure's code fits, it is the same"


def test_codes_are_names():
    assert all(re.fullmatch(r"[a-z][a-z_]{2,49}", code) for code in failures.known())
