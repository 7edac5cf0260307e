"""Zip archives (workbooks, KMZ, zipped Shapefiles) and XML, held to limits before anything in them is unpacked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from geo.readers.files import refuse

__all__ = ["MAX_UNPACKED", "Archive", "declares_type", "local_name", "read_elements", "text_of"]

MAX_UNPACKED: Final = 400_000_000
"""Most bytes that one archive may unpack to."""

_MAX_MEMBERS: Final = 10_000
_MAX_ELEMENTS: Final = 20_000_000
_MAX_DEPTH: Final = 64
_DOCTYPE: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class Archive:
    """A zip archive in memory.

    Parameters
    ----------
    data
        The whole archive.
    name
        The file, for messages.

    Raises
    ------
    InputError
        It is no zip archive, or would unpack to more than `MAX_UNPACKED` bytes.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except Exception as error:  # noqa: BLE001 -- a damaged archive gives errors of many families
            raise refuse(name, str(error), "a zip archive", rule="format") from None
        if len(members) > _MAX_MEMBERS:
            raise refuse(name, f"{len(members):,} members", f"at most {_MAX_MEMBERS:,}", rule="size-limit")
        size = sum(member.file_size for member in members)
        if size > MAX_UNPACKED:
            raise refuse(name, f"{size:,} bytes when unpacked", f"at most {MAX_UNPACKED:,}", rule="size-limit")
        self.members = tuple(member.filename for member in members if not member.is_dir())

    def read(self, member: str) -> bytes:
        """Return one member.

        Parameters
        ----------
        member
            One of `members`.

        Returns
        -------
        bytes
            Its content; never more than the archive says that it holds.

        Raises
        ------
        InputError
            There is no such member, it is damaged, or it is encrypted.
        """
        try:
            size = self._zip.getinfo(member).file_size
            with self._zip.open(member) as file:
                data = file.read(size + 1)
        except Exception as error:  # noqa: BLE001 -- as above
            raise refuse(self.name, f"{member}: {error}", "a member that can be unpacked", rule="format") from None
        if len(data) > size:
            raise refuse(self.name, f"{member} is larger than it says", "an honest archive", rule="size-limit")
        return data


def read_elements(
    data: bytes, name: str, ends: frozenset[str], starts: frozenset[str] = frozenset()
) -> Iterator[ET.Element]:
    """Yield the elements of an XML text that bear one of some names, as each one ends.

    Parameters
    ----------
    data
        The text, in any encoding that it declares.
    name
        The file, for messages.
    ends
        Names without a namespace. An element is emptied once it was looked at, with everything before it.
    starts
        Names of elements that are yielded as they begin.

    Yields
    ------
    Element
        One of `ends` with everything inside it; one of `starts` with its attributes alone.

    Raises
    ------
    InputError
        It is not XML, passes a limit, or declares a document type: that is where entities come from, which may repeat
        themselves until the memory is full, or name other files.
    """
    if declares_type(data):
        expected = "XML without a document type or entities"
        raise refuse(name, "a document type declaration", expected, "take it out", rule="xml-entities")
    depth = count = inside = 0
    waiting: list[ET.Element] = []
    try:
        for event, element in ET.iterparse(io.BytesIO(data), events=("start", "end")):  # noqa: S314 -- no DTD
            wanted = local_name(element) in ends
            if event == "start":
                depth, count = depth + 1, count + 1
                inside += wanted
                waiting.append(element)
                if depth > _MAX_DEPTH or count > _MAX_ELEMENTS:
                    expected = f"at most {_MAX_DEPTH} levels and {_MAX_ELEMENTS:,} elements"
                    raise refuse(name, "more", expected, rule="size-limit")
                if local_name(element) in starts:
                    yield element
                continue
            depth -= 1
            inside -= wanted
            waiting.pop()
            if wanted:
                yield element
            if not inside:  # nobody above waits for it
                element.clear()
                if waiting:
                    waiting[-1].remove(element)
    except ET.ParseError as error:
        raise refuse(name, str(error), "XML", rule="xml") from None
    except (LookupError, ValueError) as error:
        raise refuse(name, str(error), "XML in an encoding that is known", rule="xml") from None


def declares_type(data: bytes) -> bool:
    """Return whether an XML text declares a document type or an entity, in whatever encoding it is."""
    return bool(_DOCTYPE.search(data) or _DOCTYPE.search(data.replace(b"\0", b"")))


def local_name(element: ET.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: ET.Element) -> str:
    """Return all text inside an element."""
    return "".join(element.itertext())
