"""Names of files out of anything that people write."""

import io
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sambung.lib.names import LONGEST, Names, safe


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Plan for 2024", "Plan for 2024"),
        ("../../etc/passwd", "etc passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\x", "C x"),
        ("a\0b\n\u202ec", "ab c"),
        ("CON", "_CON"),
        ("lpt1.txt", "_lpt1.txt"),
        ("console", "console"),
        (" . ", "chat"),
        ("", "chat"),
        ("e\u0301", "é"),
        ('<a href="x">|?*', "a href= x"),
    ],
)
def test_safe(text, name):
    assert safe(text, "chat") == name


@given(st.text())
def test_every_name_is_one_plain_name(text):
    name = safe(text, "chat")
    assert PurePosixPath(name).parts == (name,)
    assert PureWindowsPath(name).parts == (name,)
    assert name not in {".", ".."}
    assert len(name.encode()) <= LONGEST + 1
    assert safe(name, "chat") in {name, safe(name, "x")}


def test_a_long_name_is_cut_between_characters():
    assert safe("é" * 100, "chat") == "é" * 60


def test_each_once_whatever_its_case():
    names = Names()
    taken = [names.take("chats", name, "md") for name in ("Plan", "plan", "Plan (2)", "Plan")]
    assert taken == ["chats/Plan.md", "chats/plan (2).md", "chats/Plan (2) (2).md", "chats/Plan (3).md"]


def test_it_unpacks_below_its_folder(tmp_path):
    file, names = io.BytesIO(), Names()
    with zipfile.ZipFile(file, "w") as archive:
        for title in ("../up", "/etc/x", "a/b", "..", "C:\\y", "con", "x" * 500):
            archive.writestr(names.take("chats", safe(title, "chat"), "md"), "")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md"))
    assert len(found) == 7
    assert {path.count("/") for path in found} == {1}
