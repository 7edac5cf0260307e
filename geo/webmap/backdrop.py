"""The ground that every page of an atlas stands on: land, waters, rivers and towns, from the atlas itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geo.catalogue import quote_name
from geo.webmap.drawing import draw_backdrop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.catalogue import Catalogue

__all__ = ["gather_backdrop"]


def gather_backdrop(
    catalogue: Catalogue, layers: Sequence[Mapping[str, Any]], tolerance: float
) -> tuple[dict[str, list[Any]], list[str]]:
    """Return all backdrop layers of an atlas as shapes to draw.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    layers
        What `Catalogue.layers` returns.
    tolerance
        Detail to drop, in degrees.

    Returns
    -------
    tuple of dict and list
        ``land``, ``water`` (polygons), ``river`` (lines) and ``town`` of ``payload.ts``, in degrees (WGS 84); and the
        ``sources`` of every feature, as JSON text.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    shapes: dict[str, list[Any]] = {"land": [], "water": [], "river": [], "town": []}
    refs = []
    for layer in layers:
        if layer["schema"] != "backdrop" or not layer["draw"]:
            continue
        found = catalogue.rows(f"SELECT * FROM {quote_name(layer['name'])} ORDER BY fid")  # noqa: S608  (quoted)
        rows = [dict(row) for row in found if row["geom"]]
        refs += [row["sources"] for row in rows]
        drawn = draw_backdrop([catalogue.geometry(row["geom"]) for row in rows], layer["draw"], tolerance)
        if layer["draw"] == "town":
            shapes["town"] += _towns(rows, drawn)
        else:
            shapes[layer["draw"]] += [part for parts in drawn for part in parts]
    return shapes, refs


def _towns(rows: Sequence[Mapping[str, Any]], points: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return the towns that have a name; where names would overlap on the map, the first one stays.

    A layer with a ``rank`` says itself which towns matter more (1 before 2); others keep their order.
    """
    towns = sorted(zip(rows, points, strict=True), key=lambda town: _rank(town[0].get("rank")))
    return [
        {
            "name": str(row["name"]),
            **({"name_km": str(row["name_km"])} if row.get("name_km") else {}),
            "point": point,
        }
        for row, at in towns
        for point in at
        if row.get("name")
    ]


def _rank(cell: object) -> float:
    return cell if isinstance(cell, int | float) else math.inf
