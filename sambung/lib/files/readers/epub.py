"""Books (`.epub`): their chapters in the order of reading, each a page of HTML."""

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from lxml.etree import XMLSyntaxError

from sambung.lib.files.blocks import Block, Piece, ReadWarning, Told, closed, heading
from sambung.lib.files.readers import File, Unreadable, html
from sambung.lib.files.readers.archives import Archive

_CONTAINER, _RIGHTS = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = {"application/xhtml+xml", "text/html"}


def read(file: File) -> Iterator[Piece]:
    """The blocks of each chapter, with its title as `path`. Raises Unreadable where the book is locked."""
    archive = Archive(file.data)
    package = _package(archive)
    root = archive.xml(package)
    pages = list(_pages(root, posixpath.dirname(package)))
    yield Told({"pages": len(pages)})
    if title := root.findtext(".//{http://purl.org/dc/elements/1.1/}title"):
        yield heading(title, 1)
    missing = [page for page in pages if page not in archive.names]
    locked = _locked(archive)
    for page in pages:
        if page in archive.names and page not in locked:
            yield from closed(_chapter(archive.read(page)))
    if locked.intersection(pages):
        if locked.issuperset(pages):
            raise Unreadable("password")
        missing += sorted(locked.intersection(pages))
    if missing:
        yield ReadWarning("chapters_unread", {"count": len(missing)})


def _package(archive: Archive) -> str:
    found = next(archive.xml(_CONTAINER).iter("{*}rootfile"), None)
    if found is None:
        raise Unreadable("broken")
    return found.get("full-path", "")


def _pages(root, folder: str) -> Iterator[str]:
    """The names of the chapters, in the order of reading; inside the book, whatever they say."""
    named = {one.get("id"): one for one in root.iter("{*}item")}
    for one in root.iter("{*}itemref"):
        found = named.get(one.get("idref"))
        is_page = found is not None and found.get("media-type") in _PAGES and found.get("properties") != "nav"
        if is_page and one.get("linear") != "no":
            place = posixpath.join("/", folder, unquote(found.get("href", "").partition("#")[0]))
            yield posixpath.normpath(place).lstrip("/")


def _locked(archive: Archive) -> set[str]:
    """The members that only a reader with a key can open."""
    if _RIGHTS not in archive.names:
        return set()
    try:
        return {unquote(one.get("URI", "")) for one in archive.xml(_RIGHTS).iter("{*}CipherReference")}
    except XMLSyntaxError:
        return set()


def _chapter(data: bytes) -> Iterator[Piece]:
    """The blocks of a chapter under its own title."""
    blocks = list(html.blocks_of(data.decode("utf-8", "replace")))
    first = next((block.text for block in blocks if isinstance(block, Block) and block.kind == "heading"), "")
    path = first.lstrip("# ")
    for block in blocks:
        yield replace(block, path=path) if isinstance(block, Block) else block
