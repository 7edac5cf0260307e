"""Sources: every record names the table that it came from, and what the table itself names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from geo.importing.sites import slug

__all__ = ["Sourcing"]

_URL = re.compile(r"https?://\S+")


@dataclass(slots=True)
class Sourcing:
    """The sources of an atlas while a table is imported.

    Attributes
    ----------
    file
        The name of the table.
    taken
        Ids that something other than a source bears.
    items
        The sources that the atlas has, by id.
    added
        Those that the import adds.
    """

    file: str
    taken: frozenset[str]
    items: dict[str, dict[str, Any]]
    added: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, file: str, sources: Iterable[dict[str, Any]], taken: Iterable[str]) -> Sourcing:
        """Return the sources of an atlas, ready for a table."""
        items = {item["id"]: item for item in sources if isinstance(item.get("id"), str)}
        return cls(file, frozenset(taken), items)

    def table(self, file: str) -> str:
        """Return the id of a file as a source of its own, adding it where the atlas has none.

        Parameters
        ----------
        file
            The name of the file, without its folder.

        Returns
        -------
        str
            The same for the same file, whenever it is imported.
        """
        note = f"Read from {file}."
        for key, item in self.items.items():
            if item.get("type") == "dataset" and item.get("note") == note:
                return key
        title = re.sub(r"[_\s]+", " ", file.rpartition(".")[0] or file).strip()
        reliability = "Not assessed yet: a table that was imported."
        return self._add(slug(title) or "table", "dataset", title, reliability, note=note)

    def cite(self, title: str, address: str, locator: str) -> list[str]:
        """Return the references for what a row names as its source.

        Parameters
        ----------
        title
            The title of a source, or the id of one, with or without a locator after ``#``; empty for none.
        address
            Its address.
        locator
            Where in it.

        Returns
        -------
        list of str
            One reference; none where the row names nothing.
        """
        key, _, inside = title.partition("#")
        if key in self.items:
            where = _bare(locator or inside)
            return [f"{key}#{where}" if where else key]
        where = _bare(locator)  # of a title, what follows a # is a part of it
        title = title or address
        if not title:
            return []
        link = address if _URL.fullmatch(address) else ""
        for known, item in self.items.items():
            if item.get("title") == title and item.get("URL", "") in {link, ""}:
                return [f"{known}#{where}" if where else known]
        reliability = f"Not assessed yet: named in {self.file}, and not read for this atlas."
        extra = {"URL": link} if link else {}
        added = self._add(
            slug(title)[:48].strip("-") or "source", "webpage" if link else "document", title, reliability, **extra
        )
        return [f"{added}#{where}" if where else added]

    def _add(self, wanted: str, kind: str, title: str, reliability: str, **extra: str) -> str:
        key, again = wanted, 2
        while key in self.items or key in self.taken:
            key, again = f"{wanted}-{again}", again + 1
        custom = {"grade": "weak", "reliability": reliability}
        item: dict[str, Any] = {"id": key, "type": kind, "title": title, **extra, "custom": custom}
        self.items[key] = item
        self.added.append(item)
        return key


def _bare(locator: str) -> str:
    """Return a locator without the sign that parts references in a list."""
    return locator.replace("|", "/").strip("# ")
