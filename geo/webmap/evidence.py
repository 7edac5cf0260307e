"""What stands around the records of a page: how far their figures reach, what was changed, what is covered, and how.

Each function gives the part of ``payload.ts`` of its name. A reference goes through the caller's `Cite`, which
remembers the source for the page.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import quote_name
from geo.coverage import coverage
from geo.ledger import ranges, split_ref
from geo.spec import MASKED, PRECISION_FLOOR_M
from geo.webmap.drawing import draw_areas
from geo.webmap.pieces import Json, Row, given, listed, speak
from geo.webmap.prose import Prose, parse_prose

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from geo.catalogue import Catalogue

    Cite = Callable[[str, str | None], Json]

__all__ = [
    "gather_changes",
    "gather_coverage",
    "gather_method",
    "gather_periods",
    "gather_precision",
    "gather_ranges",
]


_STATED: Final = ("id", "measure", "low", "high", "unit", "scope", "as_of", "status", "partial")
"""What a range is made of."""


def gather_ranges(claim_rows: Iterable[Row], claim_at: Mapping[str, int]) -> dict[str, list[Json]]:
    """Return how far the claims about each record reach, by measure.

    Parameters
    ----------
    claim_rows
        Rows of the claims table, about any number of records.
    claim_at
        Claim id -> its place in ``Payload.claims``.

    Returns
    -------
    dict of str to list
        Subject -> ``Range`` of ``payload.ts``, in the order in which `geo.ledger.ranges` gives them. Bounds are letter
        for letter those of a claim; ``least`` and ``most`` stand only where the range is open. A subject without a
        range is left out.

    Raises
    ------
    ValueError
        When a bound is no number, or a time is no EDTF.
    """
    about: dict[str, list[Json]] = defaultdict(list)
    for row in claim_rows:
        about[row["subject"]].append({key: row[key] for key in _STATED})
    found = {
        subject: [
            given(measure=one.measure, unit=one.unit, low=one.low, high=one.high)
            | given(least=one.least if one.least != one.low else None, most=one.most if one.most != one.high else None)
            | ({"times": list(one.times)} if one.times else {})
            | {"scopes": one.scopes, "claims": [claim_at[claim] for claim in one.claims]}
            for one in ranges(rows)
        ]
        for subject, rows in about.items()
    }
    return {subject: reach for subject, reach in found.items() if reach}


def gather_changes(
    change_rows: Iterable[Row], subjects: Mapping[str, str], held: Container[str] | None, cite: Cite
) -> list[Json]:
    """Return what was changed in the records of a page, the latest change first.

    Parameters
    ----------
    change_rows
        Rows of the changes table.
    subjects
        Claim id -> the record that the claim is about: a change of a claim is one of that record too.
    held
        The records whose changes are wanted; all changes when ``None``.
    cite
        Makes a reference.

    Returns
    -------
    list
        ``Change`` of ``payload.ts``; changes of one date keep the order of the table.
    """
    rows = [
        row
        for row in change_rows
        if held is None or row["record"] in held or subjects.get(row["record"], row["record"]) in held
    ]
    return [
        given(**{key: row[key] for key in ("date", "record", "action", "into", "what", "why")})
        | given(subject=subjects.get(row["record"]))
        | ({"reference": cite(*split_ref(row["source"]))} if row["source"] else {})
        for row in sorted(rows, key=lambda row: str(row["date"]), reverse=True)
    ]


def gather_coverage(catalogue: Catalogue, languages: Sequence[str], cite: Cite) -> list[Json]:
    """Return how many places of some kinds the atlas holds beside how many a source counts.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    languages
        The languages that the page speaks.
    cite
        Makes a reference.

    Returns
    -------
    list
        ``Coverage`` of ``payload.ts``, in the order of the manifest.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    return [
        {
            "kinds": list(row["kinds"]),
            "held": row["held"],
            **given(low=row["low"], high=row["high"], scope=row["scope"], as_of=row["as_of"]),
            "reference": cite(row["source"], row["locator"] or None),
            **given(note=speak(row["note"], languages) or None),
        }
        for row in coverage(catalogue)
    ]


def gather_method(catalogue: Catalogue) -> list[Prose]:
    """Return the method page of an atlas as elements; none when it has no such page.

    Parameters
    ----------
    catalogue
        The compiled atlas.

    Returns
    -------
    list of Prose
        What `parse_prose` makes of it.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    found = catalogue.rows("SELECT 1 FROM atlas WHERE key = 'method'")
    return parse_prose(catalogue.value("method") or "") if found else []


def gather_periods(
    catalogue: Catalogue,
    shown: Container[str],
    languages: Sequence[str],
    tolerance: float,
    cite: Cite,
) -> list[Json]:
    """Return the layers of former areas that a page shows.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    shown
        The names of the layers that the page shows.
    languages
        The languages that it speaks.
    tolerance
        Detail to drop, in degrees.
    cite
        Makes a reference.

    Returns
    -------
    list
        ``Period`` of ``payload.ts``. Polygons are in degrees (WGS 84); neighbours still share their borders.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    told: Mapping[str, Any] = catalogue.value("manifest").get("periods") or {}
    periods = []
    for layer in catalogue.layers():
        if layer["schema"] != "period" or layer["name"] not in shown:
            continue
        rows = catalogue.rows(f"SELECT * FROM {quote_name(layer['name'])} ORDER BY fid")  # noqa: S608  (quoted)
        drawn = draw_areas([catalogue.geometry(row["geom"]) for row in rows], tolerance)
        spec = told.get(layer["name"]) or {}
        refs = dict.fromkeys(ref for row in rows for ref in listed(row["sources"]))
        periods.append(
            {
                "name": layer["name"],
                "title": speak(spec.get("title"), languages) or {"en": layer["name"]},
                **given(note=speak(spec.get("note"), languages) or None, year=spec.get("year")),
                "areas": [
                    given(id=row["id"], name=row["name"], name_km=row["name_km"]) | {"polygons": polygons}
                    for row, polygons in zip(rows, drawn, strict=True)
                ],
                "sources": [cite(*split_ref(ref)) for ref in refs],
            }
        )
    return periods


def gather_precision(*, masked: bool) -> list[Json]:
    """Return each basis of a position with the smallest honest radius in metres; none where no point may be given.

    Under a mask the basis of coarsened positions stands last, without a radius: that follows from the grid.
    """
    bases = [{"basis": basis} | given(floor_m=floor) for basis, floor in PRECISION_FLOOR_M.items()]
    return [*bases, {"basis": MASKED}] if masked else bases
