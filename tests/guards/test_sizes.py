"""No file above 400 lines, no function above 40: whatever grows longer is cut where its subject ends."""

from tests.guards import sizes
from tests.guards.imports import PROJECT


def test_no_file_is_too_long():
    assert len(sizes.sources(PROJECT, ".py", ".js")) > 500
    assert sizes.long_files(PROJECT) == []


def test_no_function_is_too_long():
    assert sizes.long_functions(PROJECT) == []


def test_planted_ones_are_found(tmp_path):
    def body(lines: int) -> str:
        return "def grown():\n" + "    pass\n" * (lines - 1)

    for name, text in {
        "chats/long.py": "x = 1\n" * 401,
        "chats/full.py": "x = 1\n" * 400,
        "static/js/long.js": "x;\n" * 401,
        "static/vendor/theirs.js": "x;\n" * 401,
        "chats/migrations/0001_initial.py": "x = 1\n" * 401,
        "chats/grown.py": f"class Inner:\n    async {body(41).replace(chr(10), chr(10) + '    ')}\n",
        "chats/whole.py": body(40),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert sizes.long_files(tmp_path) == ["chats/long.py: 401", "static/js/long.js: 401"]
    assert sizes.long_functions(tmp_path) == ["chats/grown.py:2 grown: 41"]
