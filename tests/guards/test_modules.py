"""Every module says what it is, and why it imports something late."""

from tests.guards import modules
from tests.guards.imports import PROJECT


def test_every_module_says_what_it_is():
    assert modules.nameless(PROJECT) == []


def test_an_import_inside_a_function_says_why():
    assert modules.late_imports(PROJECT) == []


def test_planted_ones_are_found(tmp_path):
    (tmp_path / "migrations").mkdir()
    for name, text in {
        "nameless.py": "import os\n",
        "empty.py": "",
        "migrations/0001_initial.py": "import os\n",
        "late.py": '"""Late."""\n\n\ndef act():\n    import os\n\n    from os import path  # it is heavy\n',
        "told.py": '"""Told."""\n\n\nasync def act():\n    # Heavy.\n    import os\n\n    from os import path\n',
        "apps.py": '"""Apps."""\n\n\nclass Config:\n    def ready(self):\n        import os\n',
    }.items():
        (tmp_path / name).write_text(text)
    assert modules.nameless(tmp_path) == ["nameless.py"]
    assert modules.late_imports(tmp_path) == ["late.py:5"]
