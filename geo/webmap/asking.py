"""What a page needs beside its records to answer a question as `geo.query` does: columns, days, units of figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from geo.catalogue import quote_name
from geo.ledger import ADMITTED_STATUSES, DATE_UNIT
from geo.webmap.pieces import Json, Row, given, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.catalogue import Catalogue

__all__ = ["counting_units", "gather_layer_facts", "gather_way", "given_days"]

_BOUNDS = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")


def given_days(row: Row) -> Json:
    """Return the four bounds of a record's time as ISO dates, empty text where unknown; nothing for an undated one.

    Parameters
    ----------
    row
        A site or route of the catalogue.

    Returns
    -------
    dict
        ``days``, or nothing: begin earliest, begin latest, end earliest, end latest.
    """
    days = [row[bound] or "" for bound in _BOUNDS]
    return {"days": days} if any(days) else {}


def gather_way(row: Row) -> Json:
    """Return the segments and stops of a route as the catalogue tells them, those that cannot be drawn among them.

    Parameters
    ----------
    row
        A route of the catalogue.

    Returns
    -------
    dict
        ``way``: the segments, empty members left out; nothing when the route has none.
    """
    segments = [given(**segment) for segment in listed(row["segments"])]
    return {"way": segments} if segments else {}


def gather_layer_facts(catalogue: Catalogue, name: str) -> Json:
    """Return how many records a layer has in the atlas, and its columns in the order of the catalogue.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    name
        A layer.

    Returns
    -------
    dict
        ``records`` and ``columns``; a page may hold fewer records.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    table = quote_name(name)
    known = [row["name"] for row in catalogue.rows(f"PRAGMA table_info({table})")]
    records = catalogue.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608  (the name is quoted)
    return {"records": records, "columns": [column for column in known if column not in ("fid", "geom")]}


def counting_units(claim_rows: Iterable[Row]) -> Mapping[str, str]:
    """Return the unit in which each measure is filtered: the one that most admitted claims of the atlas are in.

    Parameters
    ----------
    claim_rows
        All rows of the claims table.

    Returns
    -------
    dict of str to str
        Measure -> unit; a measure that is only ever a date has none. Of units used equally often the first by name.
    """
    uses: Counter[tuple[str, str]] = Counter()
    for row in claim_rows:
        if row["status"] in ADMITTED_STATUSES and row["unit"] != DATE_UNIT:
            uses[row["measure"], row["unit"]] += bool(row["low"] or row["high"])
    ranked = sorted(uses.items(), key=lambda use: (-use[1], use[0]))
    units: dict[str, str] = {}
    for (measure, unit), _ in ranked:
        units.setdefault(measure, unit)
    return units
