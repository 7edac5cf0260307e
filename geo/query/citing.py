"""References to sources -> citations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from geo.ledger import split_ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.catalogue import Catalogue

__all__ = ["Citation", "cite", "cite_ref", "source_notes"]


class Citation(NamedTuple):
    """One source, and the place in it that is meant.

    Attributes
    ----------
    source
        Id of the source.
    locator
        Page, paragraph, section or row; empty when the source as a whole is meant.
    note
        The source as a Chicago full note, without the locator.
    """

    source: str
    locator: str
    note: str

    def __str__(self) -> str:
        """Return the note with its locator, as a footnote would give it."""
        if not self.locator:
            return self.note
        # In this style a comma stands inside the quotation mark that closes a title.
        note = f"{self.note[:-2]},”" if self.note.endswith(".”") else f"{self.note.rstrip('.')},"
        return f"{note} {self.locator}."


def source_notes(catalogue: Catalogue) -> dict[str, str]:
    """Return source id -> its Chicago full note."""
    rows = catalogue.rows("SELECT id, coalesce(note, title, id) AS note FROM sources")
    return {row["id"]: row["note"] for row in rows}


def cite_ref(ref: str, notes: Mapping[str, str]) -> Citation:
    """Return the citation of a reference ``source-id#locator``."""
    source, locator = split_ref(ref)
    return Citation(source, locator, notes.get(source, source))


def cite(record: Mapping[str, Any], notes: Mapping[str, str]) -> tuple[Citation, ...]:
    """Return the citations of a record: those of its ``sources``, or of its ``source`` and ``locator``."""
    if "sources" in record:
        return tuple(cite_ref(ref, notes) for ref in record["sources"])
    if not record.get("source"):
        return ()
    if "locator" not in record:
        return (cite_ref(record["source"], notes),)
    return (Citation(record["source"], record["locator"] or "", notes.get(record["source"], record["source"])),)
