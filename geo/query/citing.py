"""References to sources -> citations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.ledger import split_ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.catalogue import Catalogue

__all__ = ["RIS_TYPES", "Citation", "as_ris", "cite", "cite_ref", "cited_sources", "source_notes"]

RIS_TYPES: Final = {
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "broadcast": "VIDEO",
    "chapter": "CHAP",
    "classic": "CLSWK",
    "dataset": "DATA",
    "entry-dictionary": "DICT",
    "entry-encyclopedia": "ENCYC",
    "figure": "FIGURE",
    "graphic": "ART",
    "hearing": "HEAR",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "MANSCPT",
    "map": "MAP",
    "motion_picture": "MPCT",
    "musical_score": "MUSIC",
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "personal_communication": "PCOMM",
    "post": "ICOMM",
    "post-weblog": "BLOG",
    "regulation": "LEGAL",
    "report": "RPRT",
    "software": "COMP",
    "song": "SOUND",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
"""Type of a CSL item -> type of an RIS record, where RIS has one."""


_JOINERS: Final = "\u200b\u200c\u200d"
"""Without width, between letters: Khmer marks with them where words and clusters end. They are no spaces."""


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
        # In this style a comma stands inside the quotation mark that closes a title; "n.d." keeps its own stop.
        if self.note.endswith(".”"):
            note = f"{self.note[:-2]},”"
        else:
            note = f"{self.note if self.note.endswith('n.d.') else self.note.rstrip('.')},"
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


def cited_sources(catalogue: Catalogue, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return sources as CSL-JSON items, whole, with their ``custom`` members.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    ids
        Ids of sources; one that the atlas does not have is passed over.

    Returns
    -------
    list of dict
        One item for each id, in the order of `ids`.
    """
    items = {row["id"]: row["csl"] for row in catalogue.rows("SELECT id, csl FROM sources")}
    return [json.loads(items[key]) for key in dict.fromkeys(ids) if key in items]


def as_ris(items: Iterable[Mapping[str, Any]]) -> str:
    """Return sources in the RIS format of reference managers.

    Parameters
    ----------
    items
        CSL-JSON items.

    Returns
    -------
    str
        One record for each item, its id in ``ID``. A type without a counterpart becomes ``GEN``. The grade and the
        reliability note stand, as our notes, in ``N1``. Every value is one line: runs of white space and control
        characters are one space there; joiners between Khmer letters stay.

    Notes
    -----
    Written by rispy; members and tags are matched after the import tables of Zotero. Addresses are one ``UR`` line
    each and are never split at a semicolon.
    """
    import rispy  # noqa: PLC0415  (only this format needs it)

    writer = rispy.RisWriter(delimiter_tags_mapping={})
    writer.set_header = lambda count: ""  # noqa: ARG005  (a number above each record is no part of the format)
    return str(writer.formats([_ris_record(item) for item in items]))


def _ris_record(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as rispy names its fields; empty ones are left out."""
    custom = item.get("custom") or {}
    first, _, last = str(item.get("page", "")).replace("–", "-").partition("-")
    year, date = _ris_date(item.get("issued"))
    _, accessed = _ris_date(item.get("accessed"))
    grade = f"Grade in the atlas: {custom['grade']}." if custom.get("grade") else ""
    fields = {
        "type_of_reference": RIS_TYPES.get(str(item.get("type")), "GEN"),
        "id": item.get("id"),
        "authors": [_ris_name(name) for name in item.get("author", ())],
        "secondary_authors": [_ris_name(name) for name in item.get("editor", ())],
        "title": item.get("title"),
        "secondary_title": item.get("container-title"),
        "tertiary_title": item.get("collection-title"),
        "year": year,
        "date": date,
        "publisher": item.get("publisher"),
        "place_published": item.get("publisher-place"),
        "volume": item.get("volume"),
        "number": item.get("issue") or item.get("number"),
        "start_page": first,
        "end_page": last,
        "edition": item.get("edition"),
        "type_of_work": item.get("genre"),
        "language": item.get("language"),
        "doi": item.get("DOI"),
        "issn": item.get("ISBN") or item.get("ISSN"),
        "urls": [item.get("URL")],
        "access_date": accessed,
        "abstract": item.get("abstract"),
        "notes": [item.get("note"), _line(f"{grade} {custom.get('reliability') or ''}")],
    }
    record: dict[str, Any] = {}
    for name, value in fields.items():
        kept = [line for line in map(_line, value) if line] if isinstance(value, list) else _line(value)
        if kept:
            record[name] = kept
    return record


def _line(value: object) -> str:
    """Return a value as one line."""
    text = "" if value is None else str(value)
    return " ".join("".join(char if char.isprintable() or char in _JOINERS else " " for char in text).split())


def _ris_name(name: Mapping[str, Any]) -> str:
    family = " ".join(filter(None, (name.get("non-dropping-particle"), name.get("family"))))
    parts = (family, name.get("given"), name.get("suffix"))
    return str(name.get("literal") or ", ".join(part for part in parts if part))


def _ris_date(date: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return the year and the date (``1999/03/05/``) of a CSL date; the first day of a span."""
    parts = [f"{int(part):02d}" for part in ((date or {}).get("date-parts") or [[]])[0]]
    if not parts:
        return "", str((date or {}).get("literal") or "")
    return parts[0], "/".join([*parts, *[""] * (3 - len(parts))]) + "/"
