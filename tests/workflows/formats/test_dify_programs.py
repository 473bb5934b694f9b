"""Programs and templates of Dify: what becomes of them gives what it gave there, or is left to do."""

import pytest

from tests.workflows.formats import told
from tests.workflows.formats.test_dify import START, read, row


def ran(program: str, **inputs) -> object:
    """What the last line of a program gives."""
    *before, last = program.strip().splitlines()
    exec("\n".join(before), inputs)
    return eval(last, inputs)


def test_a_template_that_repeats_gives_the_same_text_as_a_program():
    program = told.data(told.read("dify/digest.yml"), "List")["code"]
    for topics, wanted in ((["a ", " b"], "2 topics\n- a\n- b"), (["a"], "One topic\n- a"), ([], "One topic")):
        assert ran(program, said=topics) == wanted


@pytest.mark.parametrize(
    ("code", "language", "reason"),
    [
        ("function main() {}", "javascript", "rewrite_code"),
        ("import numpy\ndef main():\n    return {}", "python3", "code_imports"),
        ("def main(:", "python3", "code_broken"),
        ("x = 1", "python3", "code_broken"),
    ],
)
def test_programs_that_cannot_run_here_do_not_publish(code, language, reason):
    found = read(START, row("run", "code", code=code, code_language=language))
    assert told.kinds(found)["run"] == "todo"
    assert told.data(found, "run")["was"]["code"] == code
    assert told.said(found, "todo") == {("run", reason)}


def test_a_program_is_called_with_what_it_takes():
    code = "import json\n\n\ndef main(a, b=1):\n    return {'x': json.dumps([a, b])}\n"
    given = [{"variable": "a", "value_selector": ["in", "q"]}, {"variable": "c", "value_selector": ["in", "n"]}]
    found = read(
        START,
        row("run", "code", code=code, code_language="python3", variables=given, outputs={"x": {"type": "string"}}),
    )
    assert ran(told.data(found, "run")["code"], a="é", c=2) == {"x": '["\\u00e9", 1]'}


@pytest.mark.parametrize(
    ("template", "inputs", "wanted"),
    [
        (
            "{% for x in q %}{{ x.name|upper }}{% if x.n > 1 and not x.off %}!{% else %}.{% endif %}{% endfor %}",
            {"q": [{"name": "a", "n": 2}, {"name": "b", "n": 0}]},
            "A!B.",
        ),
        (
            "{{ q|join(', ') }} {{ q[0] }} {{ q|length }}{% if 'b' in q %} b{% elif q == [] %}{% endif %}",
            {"q": ["a", "b"]},
            None,
        ),
        ("{{ q|join(', ') }} {{ q[0] }} {{ q|length }}{% if 'b' in q %} b{% endif %}", {"q": ["a", "b"]}, "a, b a 2 b"),
        ("{{ q|default('none') }}{# said #}{% if q %}{% endif %}", {"q": None}, "none"),
    ],
)
def test_templates_that_decide(template, inputs, wanted):
    variables = [{"variable": name, "value_selector": ["in", name]} for name in inputs]
    found = read(START, row("say", "template-transform", template=template, variables=variables))
    if wanted is None:
        assert told.said(found, "todo") == {("say", "dify_template")}
    else:
        assert ran(told.data(found, "say")["code"], **inputs) == wanted
        assert told.said(found, "changed") == {("say", "dify_template_code")}


@pytest.mark.parametrize(
    "template", ["{{ q.__class__ }}{% if q %}{% endif %}", "{% import 'x' as y %}", "{{ cycler }}", "{% set q = 1 %}"]
)
def test_templates_with_more_than_that_do_not_publish(template):
    found = read(
        START,
        row(
            "say", "template-transform", template=template, variables=[{"variable": "q", "value_selector": ["in", "q"]}]
        ),
    )
    is_plain_path = template.startswith("{{ q")  # a name is looked up, never an attribute
    assert told.kinds(found)["say"] == ("code" if is_plain_path else "todo")
