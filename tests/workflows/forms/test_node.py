"""The form of a node: what it shows is what it saves, and only what somebody changed is a change."""

import pytest

from tests.workflows.forms import samples
from tests.workflows.forms.posting import rendered, sent
from workflows.forms.controls import NOTHING
from workflows.forms.node import NodeForm
from workflows.nodes.checking import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(workspace):
    """The form of a node as it is shown."""
    return lambda node: NodeForm(samples.structure(node), node, workspace)


@pytest.fixture
def typed(workspace, shown):
    """The form of a node as it comes back with some fields changed; `now` is the node as others have left it."""

    def make(node: dict, now: dict | None = None, **changed) -> NodeForm:
        post = sent(rendered(shown(node)), **changed)
        return NodeForm(samples.structure(now or node), now or node, workspace, post)

    return make


@pytest.mark.parametrize("kind", samples.DATA)
def test_what_was_not_touched_is_no_change(kind, typed):
    form = typed(samples.node(kind))
    assert form.changes() == {}
    assert form.faults.at == {}


@pytest.mark.parametrize("kind", samples.DATA)
def test_what_is_shown_is_what_is_kept(kind, typed):
    """Whatever the node holds is read from what was rendered of it, value by value."""
    node = samples.node(kind)
    form = typed(node)
    found = {key: value for key, value in form.read().items() if value is not NOTHING}
    unshown = {"todo": {"was", "reason"}}.get(kind, set())
    assert found == {key: value for key, value in node["data"].items() if key not in unshown}


@pytest.mark.parametrize("kind", samples.DATA)
def test_an_empty_node_has_a_form(kind, shown, workspace):
    node = {"id": "x", "type": kind, "position": {"x": 0, "y": 0}, "data": {}}
    post = sent(rendered(shown(node)))
    form = NodeForm(samples.structure(node), node, workspace, post)
    form.changes()
    assert set(form.faults.at) <= {"name"}


@pytest.mark.parametrize("kind", samples.DATA)
def test_a_node_of_anything_has_a_form(kind, shown):
    """An import, or another version, may have left anything in there."""
    for odd in (5, "text", [1], {"x": {}}, None, True, [{"x": 1}], {"ref": 5}, [None]):
        data = dict.fromkeys(samples.node(kind)["data"], odd)
        node = {"id": "x", "type": kind, "position": {"x": 0, "y": 0}, "data": data | {"name": "Odd"}}
        rendered(shown(node))


# ---- changes --------------------------------------------------------------------------------------------
def test_only_what_was_changed_is_a_change(typed):
    form = typed(samples.node("http"), url="https://example.org/{{Input.city}}", **{"query-0-name": "which"})
    assert form.changes() == {
        "url": [{"text": "https://example.org/"}, {"ref": samples.REF, "as": "text"}],
        "query": [{"name": "which", "value": samples.LINE}, {"name": "empty"}],
    }


def test_what_was_emptied_is_taken_away(typed):
    form = typed(samples.node("llm"), maxTokens="", description="", disabled=[])
    assert form.changes() == {"maxTokens": NOTHING, "description": NOTHING, "disabled": NOTHING}


def test_what_the_form_shows_of_itself_is_kept_with_the_first_change(typed):
    node = samples.node("http")
    del node["data"]["method"], node["data"]["body"]
    assert typed(node, url="x").changes() == {"url": [{"text": "x"}], "method": "GET", "body": {"type": "none"}}


def test_what_cannot_be_read_is_told_and_the_rest_is_a_change(typed):
    form = typed(samples.node("llm"), maxTokens="many", temperature="1.5")
    assert form.changes() == {"temperature": 1.5}
    assert list(form.faults.at) == ["maxTokens"]
    assert 'value="many"' in rendered(form)


def test_a_key_of_somebody_elses_is_no_matter(typed):
    """What an import left in the data, and the form does not know, stays."""
    node = samples.node("template", foreign={"x": 1})
    assert typed(node, name="Other").changes() == {"name": "Other"}


# ---- others write as well -------------------------------------------------------------------------------
def test_what_others_changed_elsewhere_is_no_collision(typed):
    node = samples.node("http")
    now = samples.node("http", keyHeader="X-Key")
    form = typed(node, now, url="x")
    assert form.changes() == {"url": [{"text": "x"}]}
    assert form.collided(form.changes()) == []


def test_what_both_changed_collides_and_nothing_of_it_is_lost(typed):
    now = samples.node("http", url=[{"text": "theirs"}])
    form = typed(samples.node("http"), now, url="mine")
    assert form.collided(form.changes()) == ["url"]
    assert form.theirs("url") == "theirs"
    form.act("mine:url")
    assert form.changes() == {"url": [{"text": "mine"}]}
    assert form.collided(form.changes()) == []


def test_theirs_may_be_taken(typed):
    now = samples.node("http", url=[{"text": "theirs"}])
    form = typed(samples.node("http"), now, url="mine")
    form.act("theirs:url")
    assert form.changes() == {}
    assert form.raw["url"] == "theirs"


def test_both_having_written_the_same_is_no_change(typed):
    now = samples.node("http", url=[{"text": "same"}])
    assert typed(samples.node("http"), now, url="same").changes() == {}


def test_what_others_took_away_and_nobody_touched_stays_away(typed):
    now = samples.node("llm")
    del now["data"]["temperature"]
    assert typed(samples.node("llm"), now, maxTokens="5").changes() == {"maxTokens": 5}


def test_what_was_saved_is_what_the_next_save_begins_with(typed):
    form = typed(samples.node("http"), url="one")
    changes = form.changes()
    form.saved(changes)
    form.node["data"] |= changes
    assert form.changes() == {}


def test_a_broken_digest_of_what_was_seen_overwrites_nothing(typed):
    now = samples.node("http", url=[{"text": "theirs"}])
    for seen in ("", "{broken", "[]", '{"url": 5}', "[" * 100_000):
        form = typed(samples.node("http"), now, url="mine", seen=seen)
        assert "url" in form.changes()


# ---- names ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["", "  ", "input", " Input ", "x" * 81, "a\0b", "a\u202eb"])
def test_a_name_that_cannot_be_is_told(typed, name):
    form = typed(samples.node("template"), name=name)
    assert form.changes() == {}
    assert list(form.faults.at) == ["name"]


@pytest.mark.parametrize("name", ["天気", "Read mail (2)", "a.b", "{{x}}"])
def test_a_name_may_be_of_any_script(typed, name):
    assert typed(samples.node("template"), name=name).changes() == {"name": name}


# ---- rows -----------------------------------------------------------------------------------------------
def act(form: NodeForm, words: str) -> list:
    form.act(words)
    return form.read()["query"]


def test_rows_are_added_removed_and_moved(typed):
    form = typed(samples.node("http"))
    first, second = form.read()["query"]
    assert act(form, "down:query-0") == [second, first]
    assert act(form, "up:query-1") == [first, second]
    assert act(form, "add:query") == [first, second]
    assert len(form.raw["query"]) == 3
    assert form.focus == "query-2"
    assert act(form, "remove:query-0") == [second]


@pytest.mark.parametrize(
    "words",
    [
        "add:",
        "add:url",
        "add:nothing",
        "remove:query-9",
        "remove:query",
        "up:query-0",
        "remove:query-x",
        "x",
        "add:query-0",
        "mine:no",
    ],
)
def test_an_act_on_what_is_not_there_does_nothing(typed, words):
    form = typed(samples.node("http"))
    before = form.read()
    form.act(words)
    assert form.read() == before


def test_rows_in_rows_are_added(typed):
    form = typed(samples.node("input"))
    at = samples.SCHEMA["order"].index("lines")
    form.act(f"add:schema-fields-{at}-fields")
    assert len(form.raw["schema"]["fields"][at]["fields"]) == 3
    html = rendered(form)
    assert f'id="node-schema-fields-{at}-fields-2-name"' in html


def test_a_list_holds_only_so_many(typed):
    form = typed(samples.node("approval"))
    for _n in range(9):
        form.act("add:buttons")
    assert len(form.raw["buttons"]) == 5


# ---- what is wrong --------------------------------------------------------------------------------------
def test_what_keeps_it_from_running_stands_at_its_field(shown):
    node = samples.node("http", url=[{"text": "nowhere"}])
    form = shown(node)
    form.problems = [fault for fault in faults(samples.structure(node)) if fault.node == node["id"]]
    found = next(one for one in form.shown if one["path"] == "url")
    assert [fault.code for fault in found["problems"]] == ["workflow_http_address"]


# ---- tools ----------------------------------------------------------------------------------------------
CALCULATE = {"kind": "toolkit", "source": "calculator", "name": "calculate", "title": "Calculate"}


def calculating(**more) -> dict:
    return samples.node("tool", tool=CALCULATE | more, arguments={"expression": {"value": "6 * 7"}})


def test_a_tool_is_kept_as_it_is_when_it_is_chosen(typed):
    form = typed(samples.node("tool", arguments={}), **{"tool-ref": "toolkit:calculator:calculate"})
    kept = form.changes()["tool"]
    assert {part: kept[part] for part in CALCULATE} == CALCULATE
    assert (len(kept["digest"]), kept["effect"]) == (64, "none")
    assert "Expression *" in rendered(form)


def test_each_argument_has_its_type(typed):
    node = calculating()
    assert typed(node).read()["arguments"] == {"expression": {"value": "6 * 7"}}
    form = typed(node, **{"arguments-a0-how": "model", "arguments-a0-model": "the sum"})
    assert form.changes()["arguments"] == {"expression": {"model": "the sum"}}


def test_a_tool_that_has_changed_says_so_until_somebody_has_looked(typed, shown):
    node = calculating(digest="d" * 64, effect="none")
    assert "is not what it was" in rendered(shown(node))
    form = typed(node, act="look")
    kept = form.changes()["tool"]
    assert kept["digest"] != "d" * 64
    assert "is not what it was" not in rendered(form)


def test_a_tool_can_only_be_treated_with_more_care_than_it_asks_for(shown):
    assert 'name="effect"' in rendered(shown(calculating(digest="d" * 64, effect="none")))
    node = samples.node("tool", tool=CALCULATE | {"name": "gone", "effect": "unsafe"})
    assert 'name="effect"' not in rendered(shown(node))
