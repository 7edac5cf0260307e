"""What a page needs beside its records to answer a question as `geo.query` does: columns and days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.catalogue import quote_name
from geo.webmap.pieces import Json, Row, given, listed

if TYPE_CHECKING:
    from geo.catalogue import Catalogue

__all__ = ["gather_layer_facts", "gather_way", "given_days"]

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
