"""The documents are true where that can be checked: variables, paths, links, targets."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.guards import papers, rooms
from tests.guards.apps import WITH_MODELS
from tests.guards.papers import PATH

PROJECT = Path(__file__).parent.parent.parent
PAPERS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
READERS = ("sambung/settings.py", "sambung/supervisor/config.py", "sambung/home.py")
#: Names that `_text("…")`, `env.text("…")` and their like read.
READ = re.compile(r'(?:_text|env\.\w+|environ\.get)\(\s*"([A-Z_]+)"')
#: Links to files and folders of ours, without their anchors.
LINK = re.compile(r"""(?:\]\(|src="|srcset=")([^)#"\s:]+)(#[^)"\s]*)?[)"]""")
#: What is made on each machine: a folder of the data directory with a name like one of ours, and the bench's figures.
MADE = {"static/", "bench/results/latest.json"}


def _read(*names: str) -> str:
    return "\n".join((PROJECT / name).read_text() for name in names)


def _variables_read() -> set[str]:
    return set(READ.findall(_read(*READERS))) | {"PORT"}


def test_every_variable_is_explained_in_the_example():
    explained = set(re.findall(r"^#([A-Z_]+)=", _read(".env.example"), re.MULTILINE))
    assert explained == _variables_read()


def test_every_variable_is_explained_in_the_documents():
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", _read("docs/configuration.md"), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"[A-Z_]+", row)} == _variables_read()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_and_paths_lead_somewhere(paper):
    text = paper.read_text()
    links = {(paper.parent / link).resolve() for link, _anchor in LINK.findall(text)}
    paths = {PROJECT / path for path in PATH.findall(text) if path not in MADE}
    assert not {str(path.relative_to(PROJECT)) for path in links | paths if not path.exists()}


def test_targets_named_in_the_documents_exist():
    makefile = _read("Makefile")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = {
        name for paper in PAPERS for name in re.findall(r"`(?:[A-Z_]+=\S+ )?make ([a-z][a-z-]*)", paper.read_text())
    }
    assert named - {"db-"} <= targets
    assert targets - {"help"} <= set(re.findall(r"[a-z][a-z-]+", _read("README.md"))), "README names every target"


def test_decisions_are_listed():
    folder = PROJECT / "docs/adr"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_a_dead_link_would_be_noticed():
    assert LINK.findall("[a](b.md) [c](d/e.md#f) [g](https://h.i)") == [("b.md", ""), ("d/e.md", "#f")]
    assert PATH.findall("see `chats/nothing.py`, `var/x` and `make run`") == ["chats/nothing.py"]


def test_every_table_and_column_is_in_the_data_model():
    rows = {}
    for line in _read("docs/data-model.md").splitlines():
        if found := re.match(r"\| `(\w+)` \(\w+\) \| (.*?) \|", line):
            rows[found[1]] = set(re.findall(r"\w+", re.sub(r"\(.*?\)", "", found[2])))
    unlisted = {"id", "pk", "created_at", "updated_at"}  # what the rules at the top say
    models = [model for app in WITH_MODELS for model in apps.get_app_config(app).get_models()]
    columns = {model._meta.db_table: {field.name for field in model._meta.fields} - unlisted for model in models}
    assert {table: names - {"updated_at"} for table, names in rows.items()} == columns


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_files_named_without_their_folder_lie_where_the_section_says(paper):
    assert papers.lost_files(paper.read_text(), PROJECT) == []


def test_what_the_map_names_of_modules_and_classes_is_there():
    assert papers.lost_names(_read("docs/architecture.md"), PROJECT) == []


def test_lost_files_and_names_would_be_noticed():
    text = "## A\n`chats/filing/` has `tags.py`.\n\n`folders.py` and `tree.py`\n## B\n`tags.py`, `manage.py`"
    assert papers.lost_files(text, PROJECT) == ["tree.py", "tags.py"]
    text = "`links.find`, `links.lose()`, `agents.runs.registry`, `Runtime._flush`, `Runtime.lost`, `AppConfig.ready()`"
    assert papers.lost_names(text, PROJECT) == ["links.lose", "Runtime.lost"]
    assert papers.rooms_of("a/  one\n  b/  two\n\nc/  three\n", "a") == "  one\n  b/  two\n"


@pytest.mark.parametrize("app", rooms.ROOMS)
def test_the_map_opens_with_every_room(app):
    folders, layers = papers.pictures(_read("docs/architecture.md"))
    known = [room for line in rooms.ROOMS[app] for room in line.split() if room != "api"]  # which is to come
    stands = {"doors", "acts", "rooms", "tables"}
    assert [word for word in re.findall(r"\w+", papers.rooms_of(layers, app)) if word not in stands] == known
    shown = set(re.findall(r"(\w+)(?:/|\.py)", papers.rooms_of(folders, app)))
    assert set(known) - shown == set()


def test_the_glossary_has_the_fields_word_for_each_of_ours():
    rows = [line for line in _read("docs/glossary.md").splitlines() if line.startswith("|")]
    assert rows[0] == "| word | what it means here | said of as |"
    assert [row for row in rows[2:] if not re.fullmatch(r"\| \*\*[^|]+\*\* \| [^|]+ \| [^|]+ \|", row)] == []
    assert len(rows) > 60
