"""What the documents name of the code, and whether it is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.guards.sizes import sources

#: Paths in code marks, such as `chats/actions/sending.py`.
PATH = re.compile(
    r"`((?:agents|bench|chats|documents|docs|locale|sambung|static|teams|templates|tests|workflows)/[\w./-]*)`"
)
#: Files in code marks that are named without their folder, such as `sending.py`.
_BARE = re.compile(r"`([\w-]+\.(?:py|js))`")
#: What is named of a module or a class, such as `links.find` and `Runtime._flush`.
_DOTTED = re.compile(r"`((?:\w+\.)+\w+)(?:\([^`]*\))?`")
_FILES = re.compile(r"\.(?:py|js|md|html|png|toml|txt|json|yml|zip|po|css)$")
OTHERS = {"AppConfig.ready"}  # of Django


def lost_files(text: str, root: Path) -> list[str]:
    """Return the files named without a folder that lie in none of the folders that their section names."""
    found = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        paths = [root / path for path in PATH.findall(section)]
        folders = [root, *(path if path.is_dir() else path.parent for path in paths)]
        found += [name for name in _BARE.findall(section) if not any((folder / name).exists() for folder in folders)]
    return found


def lost_names(text: str, root: Path) -> list[str]:
    """Return what is no module, and no function, class or method that a module or class of such a name has."""
    known = _known(root)
    named = [name for name in _DOTTED.findall(text) if not _FILES.search(name) and name not in OTHERS]
    places = {name: root / name.replace(".", "/") for name in named}
    modules = {name for name, place in places.items() if place.is_dir() or place.with_suffix(".py").exists()}
    return [
        name
        for name in named
        if name not in modules and name.rpartition(".")[2] not in known.get(name.split(".")[-2], ())
    ]


def pictures(text: str) -> tuple[str, str]:
    """Return the two pictures that the map opens with: the folders, and the layers."""
    folders, layers = (text.split(f"## {title}")[1].split("```")[1] for title in ("Folders", "Layers"))
    return folders, layers


def rooms_of(picture: str, app: str) -> str:
    """Return what a picture shows of an app: from its name to the next word at the beginning of a line."""
    return re.search(rf"^{app}\b(?![ ]*\()/?((?:.*\n)(?:[ ].*\n|\n(?=[ ]))*)", picture, re.MULTILINE)[1]


def _known(root: Path) -> dict[str, set[str]]:
    """What each module and class has, by its last name; a package has what it imports, too."""
    found: dict[str, set[str]] = {}
    for path in sources(root, ".py"):
        name = path.parent.name if path.stem == "__init__" else path.stem
        for owner, inner in _members(name, ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(owner, set()).add(inner)
    return found


def _members(owner: str, body: ast.Module | ast.ClassDef) -> Iterator[tuple[str, str]]:
    for node in body.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield owner, name
            case ast.ClassDef(name=name):
                yield owner, name
                yield from _members(name, node)
            case ast.ImportFrom(names=names):
                yield from ((owner, alias.asname or alias.name) for alias in names)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield owner, name
