"""Questions with their answers, made from documentation in Debian packages: downloaded, unpacked, never installed.

GNOME's help in English and Indonesian: a question is a topic's title, its answer the topic without title and
description. Python's FAQ: a question is a heading of it, its answer what stands below, among the whole documentation
without those headings.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree, html

from sambung.lib.files.blocks import Block

FOLDER = Path(__file__).parent / "results" / "sets"
_HELP, _PYTHON = "gnome-user-docs", "python3.11-doc"
_MALLARD = "{http://projectmallard.org/1.0/}"
_ASIDE = {_MALLARD + name for name in ("info", "title", "links", "media", "screen")}
_SPACE = re.compile(r"\s+")


class NoPackages(Exception):
    """The packages cannot be had; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Page:
    """A document of a set: what it says, and the question that it answers, "" for one that is only there."""

    name: str
    blocks: tuple[Block, ...]
    question: str = ""


def fetch() -> None:
    """Download what is not there yet. Raises NoPackages."""
    for package in (_HELP, _PYTHON):
        _unpacked(package)


def help_pages(language: str) -> list[Page]:
    """GNOME's help; language: `C` or `id`. Raises NoPackages."""
    folder = _unpacked(_HELP) / "usr/share/help" / language / "gnome-help"
    return [page for path in sorted(folder.glob("*.page")) if (page := _topic(path))]


def python_pages() -> list[Page]:
    """Python's documentation, each question of the FAQ a page of its own. Raises NoPackages."""
    folder = _unpacked(_PYTHON) / "usr/share/doc/python3.11/html"
    pages: list[Page] = []
    for path in sorted(folder.rglob("*.html")):
        name = str(path.relative_to(folder))
        if name.startswith(("_", "genindex", "search", "py-modindex", "contents")):
            continue
        body = html.parse(str(path)).getroot().find(".//div[@class='body']")
        if body is None:
            continue
        if name.startswith("faq/") and name != "faq/index.html":
            pages += _questions(name, body)
        if blocks := tuple(_blocks_of_html(body)):
            pages.append(Page(name, blocks))
    return pages


def _unpacked(package: str) -> Path:
    """Where the package's files lie. Raises NoPackages."""
    into = FOLDER / package
    if not (into / ".whole").exists():
        into.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["apt-get", "download", "-qq", package], cwd=into, check=True, capture_output=True)
            (file,) = into.glob("*.deb")
            subprocess.run(["dpkg-deb", "--extract", file.name, "."], cwd=into, check=True, capture_output=True)
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise NoPackages(f"Debian's package {package} cannot be downloaded: {error}.") from error
        (into / ".whole").touch()
    return into


# ---- GNOME's help ---------------------------------------------------------------------------------------
def _topic(path: Path) -> Page | None:
    page = etree.parse(str(path)).getroot()
    title = page.find(_MALLARD + "title")
    if page.get("type") != "topic" or title is None:
        return None
    blocks = tuple(_of_mallard(page))
    return Page(path.stem, blocks, _said(title)) if blocks else None


def _of_mallard(element: etree._Element) -> Iterator[Block]:
    for found in element:
        if found.tag in _ASIDE or not isinstance(found.tag, str):
            if found.tag == _MALLARD + "title" and element.tag == _MALLARD + "section":
                yield Block("heading", f"## {_said(found)}", 2)
        elif found.tag == _MALLARD + "p":
            if text := _said(found):
                yield Block("paragraph", text)
        else:
            yield from _of_mallard(found)


# ---- Python's documentation -----------------------------------------------------------------------------
def _questions(name: str, body: html.HtmlElement) -> Iterator[Page]:
    """The sections of an FAQ that answer one question each, taken out of its body."""
    for section in [one for one in body.iter("section") if one.find("section") is None]:
        heading = section.find("h3") if section.find("h3") is not None else section.find("h2")
        if heading is None or "?" not in _said(heading):
            continue
        question = _said(heading).rstrip("¶").strip()
        section.remove(heading)
        if blocks := tuple(_blocks_of_html(section)):
            yield Page(f"{name}#{section.get('id')}", blocks, question)
        section.getparent().remove(section)


def _blocks_of_html(element: html.HtmlElement) -> Iterator[Block]:
    for found in element.iter("h1", "h2", "h3", "h4", "p", "dt", "pre", "li"):
        text = found.text_content().rstrip("¶ \n") if found.tag == "pre" else _said(found).rstrip("¶").strip()
        if not text or (found.tag == "li" and found.find("p") is not None):
            continue
        if found.tag.startswith("h"):
            yield Block("heading", f"{'#' * int(found.tag[1])} {text}", int(found.tag[1]))
        else:
            yield Block("code" if found.tag == "pre" else "paragraph", text)


def _said(element: etree._Element) -> str:
    return _SPACE.sub(" ", "".join(element.itertext())).strip()
