"""Former areas: today's areas, dissolved along the crosswalk into the ones that they once belonged to.

Such a layer is always approximate. It is made of whole areas of today, so a border that has been moved since runs where
it runs now; the notes of the crosswalk and of the manifest name what it cannot show. Nothing is drawn by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiPolygon, Polygon

from geo.columns import column_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

    from geo.readers import Inputs

__all__ = ["COLUMNS", "dissolve_periods"]

COLUMNS: Final = ("id", "name", "name_km", "made_of", "approximate", "year", "sources", "note")
"""The columns of a layer of former areas, beside its geometry."""

Row = dict[str, str]


def dissolve_periods(inputs: Inputs) -> dict[str, gpd.GeoDataFrame]:
    """Return the layer of former areas of every period that the manifest names.

    Parameters
    ----------
    inputs
        An atlas that passed the checks.

    Returns
    -------
    dict of str to GeoDataFrame
        By the name of the period; WGS 84 (EPSG:4326), longitude before latitude, one row a former area in the order in
        which the area layer first names a part of it. Columns are `COLUMNS` and ``geometry``, a MultiPolygon whose
        outer rings turn counter-clockwise. ``made_of`` lists the codes of today's areas, ``sources`` what border and
        belonging rest on; ``name_km`` and ``note`` are ``None`` when there is none.

    Notes
    -----
    An area that the crosswalk does not name in a period is kept as itself, under its own code and names. A former area
    without a Khmer name in the crosswalk has that of the area of today that bears the same name. The union is that of
    ``GeoDataFrame.dissolve``: parts that share their edges become one polygon, parts that do not stay apart.
    """
    found = inputs.layer_of("areas")
    if found is None:
        return {}
    crosswalk = inputs.table_of("crosswalk")
    return {
        name: _dissolve(found[1], _rows(crosswalk[1], name) if crosswalk else {}, spec.year)
        for name, spec in inputs.manifest.periods.items()
    }


def _rows(crosswalk: pd.DataFrame, period: str) -> dict[str, Row]:
    """Return the rows of the crosswalk that speak of one period, by the code of today's area."""
    rows = crosswalk.loc[crosswalk["period"] == period]
    cells = zip(*(rows[column].tolist() for column in rows.columns), strict=True)
    return {row["code"]: row for row in (dict(zip(rows.columns, cell, strict=True)) for cell in cells)}


def _dissolve(areas: gpd.GeoDataFrame, rows: dict[str, Row], year: str) -> gpd.GeoDataFrame:
    """Return the former areas of one period; `rows` is its crosswalk by code."""
    parts = list(_parts(areas, rows))
    keys = [part.former for part in parts]
    shapes = gpd.GeoDataFrame({"id": keys}, geometry=list(areas.geometry), crs=areas.crs).dissolve(by="id", sort=False)
    ringed = shapes.geometry.orient_polygons(exterior_cw=False)
    members = {key: [part for part in parts if part.former == key] for key in dict.fromkeys(keys)}
    columns: dict[str, list[Any]] = {
        "id": list(members),
        "name": [group[0].name for group in members.values()],
        "name_km": [_khmer_name(group) for group in members.values()],
        "made_of": [[part.code for part in group] for group in members.values()],
        "approximate": ["yes"] * len(members),
        "year": [year] * len(members),
        "sources": [_once(ref for part in group for ref in part.sources) for group in members.values()],
        "note": [" ".join(_once(part.note for part in group)) or None for group in members.values()],
    }
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})  # None stays None
    return gpd.GeoDataFrame(frame, geometry=[_many(ringed.loc[key]) for key in members], crs=areas.crs)


@dataclass(frozen=True, slots=True)
class _Part:
    """One area of today as a part of a former one.

    Attributes
    ----------
    code, today, today_km
        The area of today, and its names.
    former, name, name_km
        The former area, and its names.
    sources
        What the border and the belonging rest on, as references.
    note
        What the crosswalk says beside it.
    """

    code: str
    today: str
    today_km: str
    former: str
    name: str
    name_km: str
    sources: tuple[str, ...]
    note: str


def _parts(areas: gpd.GeoDataFrame, rows: dict[str, Row]) -> Iterator[_Part]:
    """Yield today's areas in their order, each with the former area that it belongs to."""
    columns = (column_values(areas[column]) for column in ("code", "name", "name_km", "sources"))
    for code, today, today_km, sources in zip(*columns, strict=True):
        itself = {"id": code, "name": today, "name_km": today_km or "", "source": "", "note": ""}
        row = rows.get(code, itself)
        refs = (*sources, row["source"]) if row["source"] else tuple(sources)
        yield _Part(code, today, today_km or "", row["id"], row["name"], row["name_km"], refs, row["note"])


def _khmer_name(group: list[_Part]) -> str | None:
    """Return the Khmer name of a former area: its own, else that of the area of today with the same name."""
    own = (part.name_km for part in group)
    inherited = (part.today_km for part in group if part.today == part.name)
    return next((name for name in (*own, *inherited) if name), None)


def _once(texts: Iterable[str]) -> list[str]:
    """Return the texts that are not empty, each once, in order."""
    return list(dict.fromkeys(text for text in texts if text))


def _many(shape: BaseGeometry) -> BaseGeometry:
    """Return a polygon as a multipolygon of one."""
    return MultiPolygon([shape]) if isinstance(shape, Polygon) else shape
