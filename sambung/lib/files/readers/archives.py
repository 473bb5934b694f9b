"""Files that are ZIPs of XML: Office, OpenDocument, books. Opened within limits; XML without entities or network."""

import io
import posixpath
import zipfile
from urllib.parse import unquote

from lxml import etree

from sambung.lib.files.readers import Unreadable

UNPACKED, MEMBERS = 300_000_000, 10_000  # bytes and members
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def parser() -> etree.XMLParser:
    """Return a parser that fetches nothing, resolves nothing and refuses trees that are too deep."""
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


class Archive:
    """A ZIP file whose members are read by name. Raises Unreadable where it unpacks to too much."""

    def __init__(self, data: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        members = self._zip.infolist()
        if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
            raise Unreadable("broken")
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable("password")
        self.names = {member.filename for member in members}

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises KeyError where there is none."""
        return self._zip.read(name)

    def open(self, name: str) -> io.BufferedIOBase:
        """The member as a stream. Raises KeyError where there is none."""
        return self._zip.open(name)

    def xml(self, name: str) -> etree._Element:
        """The root of an XML member. Raises KeyError, XMLSyntaxError, and Unreadable where it declares entities."""
        root = etree.fromstring(self.read(name), parser())
        if root.getroottree().docinfo.doctype:
            raise Unreadable("broken")
        return root

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What an Office part refers to: id -> (last word of its type, the part's name or the address)."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if place not in self.names:
            return {}
        return {
            one.get("Id"): (one.get("Type", "").rsplit("/", 1)[-1], _target(one, folder))
            for one in self.xml(place).iter(_RELATION)
        }

    def related(self, part: str, kind: str) -> list[str]:
        """The names of the parts of one type that an Office part refers to, as far as they are there."""
        return [name for found, name in self.relations(part).values() if found == kind and name in self.names]


def _target(relation: etree._Element, folder: str) -> str:
    target = relation.get("Target", "")
    if relation.get("TargetMode") == "External":
        return target
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
