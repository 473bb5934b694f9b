"""What comes with Sambung to begin with: each is read, drawn, and has its words in both languages."""

from django.utils import translation

from tests.guards import words
from workflows.formats import own, templates
from workflows.formats.templates import TEMPLATES


def test_every_file_is_a_template():
    assert {path.stem for path in templates.FOLDER.iterdir()} == TEMPLATES.keys()
    assert {path.suffix for path in templates.FOLDER.iterdir()} == {".json"}


def test_each_is_read_anew_under_its_own_name():
    for template in TEMPLATES.values():
        first, second = template.read(), template.read()
        ids = [{node["id"] for node in found.structure["nodes"]} for found in (first, second)]
        assert ids[0].isdisjoint(ids[1])
        assert (first.name, first.description) == (str(template.name), str(template.description))
        assert len(first.description) <= 500


def test_nothing_but_agents_is_left_to_do():
    left = {
        slug: {line.code for line in one.read().report.lines if line.level == "todo"} for slug, one in TEMPLATES.items()
    }
    assert {slug: codes for slug, codes in left.items() if codes} == {}


def test_pictures_hold_every_step():
    for template in TEMPLATES.values():
        found = template.read().structure
        picture = template.picture
        assert len(picture.boxes) == len(found["nodes"])
        assert len(picture.lines) == len(found["edges"])
        assert all(box.x >= 0 and box.x + box.width <= picture.width for box in picture.boxes)
        assert all(box.y >= 0 and box.y + box.height <= picture.height for box in picture.boxes)


def test_their_files_are_as_an_export_writes_them():
    for slug in TEMPLATES:
        text = (templates.FOLDER / f"{slug}.json").read_text()
        if '"format": "sambung-workflow"' in text:
            found = TEMPLATES[slug].read()
            file = own.read(own.json.loads(text))
            again = own.written(name=file.name, description=file.description, icon=file.icon, structure=found.structure)
            assert own.text(again) == text


def test_names_are_in_indonesian_too():
    held = {words.singular(message): message.string for message in words.catalogue() if message.id}
    with translation.override("en"):
        said = [str(one) for template in TEMPLATES.values() for one in (template.name, template.description)]
    assert not [text for text in said if not held.get(text)]
