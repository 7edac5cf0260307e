"""Where points lie among areas: which area covers a site, and by how many metres it misses the one it names.

Covering is decided in longitude and latitude, because the edges of a GeoJSON polygon are straight there
(RFC 7946, 3.1.1). Distances are metres on the ellipsoid: each point that misses its area is measured in an azimuthal
equidistant projection centred on that very point, where every distance from the centre is true; so an atlas may lie
anywhere, and may be as wide as it likes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyproj
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.columns import column_values, shared_values
from geo.points import Positions, find_positions

__all__ = ["Placing", "Placings", "metres_between", "place_sites"]

_STEP_DEGREES = 0.1
"""Longest piece of an edge that is projected whole; a piece this long bends by a metre or two at most."""


@dataclass(frozen=True, slots=True)
class Placing:
    """How one located site stands to the areas.

    Attributes
    ----------
    named
        Code of the area that the site names; empty when it names none.
    covering
        Codes of the areas that cover its point, sorted; more than one only on a border or where areas overlap.
    miss_m
        Metres by which the point contradicts what is named: its distance from the named area, or, when none is named,
        how deep it lies inside the areas taken together. Zero when nothing is contradicted; infinite when the
        named area is not there.
    allowed_m
        Metres that the coarse border and the precision of the site allow.
    """

    named: str
    covering: tuple[str, ...]
    miss_m: float
    allowed_m: float

    @property
    def agrees(self) -> bool:
        """Return whether the point lies where the site says, as far as border and precision can tell."""
        return self.miss_m <= self.allowed_m

    @property
    def code(self) -> str:
        """Return the code of the area that the point is counted in; empty for none."""
        if self.agrees:
            return self.named
        return self.covering[0] if self.covering else ""


def metres_between(point: Point, shape: BaseGeometry) -> float:
    """Return the distance from a point to a shape.

    Parameters
    ----------
    point
        Longitude and latitude, WGS 84.
    shape
        Any geometry that is not empty, in longitude and latitude, WGS 84.

    Returns
    -------
    float
        Metres along the ellipsoid; zero when the shape covers the point.
    """
    around = f"+proj=aeqd +lat_0={point.y!r} +lon_0={point.x!r} +datum=WGS84 +units=m"
    to_metres = pyproj.Transformer.from_crs("OGC:CRS84", around, always_xy=True)

    def project(lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_metres.transform(lon_lat[:, 0], lon_lat[:, 1]))

    local = shapely.transform(shapely.segmentize(shape, _STEP_DEGREES), project)
    return float(shapely.distance(shapely.Point(0.0, 0.0), local))


@dataclass(frozen=True, slots=True)
class Placings:
    """How the sites of a layer stand to the areas.

    Attributes
    ----------
    codes
        For each site, by its position, the code of the area that its point is counted in: empty for none, None where
        there is no point.
    singly
        Position -> placing of every site whose point does not lie in an area that it names, in the order of the layer.
    """

    codes: list[str | None]
    singly: dict[int, Placing]

    @property
    def astray(self) -> dict[int, Placing]:
        """Return the placings of the sites whose point contradicts what they name."""
        return {at: placing for at, placing in self.singly.items() if not placing.agrees}


def place_sites(sites: GeoDataFrame, areas: GeoDataFrame, border_tolerance_m: float) -> Placings:
    """Place every located site among the areas.

    Parameters
    ----------
    sites
        Points in WGS 84 with the columns ``province`` and ``precision_m``.
    areas
        Polygons in WGS 84 with the column ``code``; one code may have several rows. Invalid polygons are left out:
        nothing can be said about them.
    border_tolerance_m
        How far outside the border a point may lie and still belong, in metres.

    Returns
    -------
    Placings
        Of every site.

    Notes
    -----
    Most points lie in the area that they name, which is asked of all points of an area at once. Only the others are
    placed one by one.
    """
    by_code = _shapes_by_code(areas)
    positions = find_positions(sites.geometry)
    located = ~np.isnan(positions[:, 0])
    named = [code if isinstance(code, str) else "" for code in shared_values(sites["province"])]
    codes: list[str | None] = [code if there else None for code, there in zip(named, located.tolist(), strict=True)]
    rest = _find_elsewhere(named, located, positions, by_code)
    singly = dict(_place_singly(sites, rest, named, by_code, border_tolerance_m))
    for at, placing in singly.items():
        codes[at] = placing.code
    return Placings(codes, singly)


def _shapes_by_code(areas: GeoDataFrame) -> dict[str, BaseGeometry]:
    """Return the valid shapes of the areas by code, those of one code as one."""
    shapes: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in zip(column_values(areas["code"]), areas.geometry, strict=True):
        if isinstance(code, str) and code and shape is not None and not shape.is_empty and shape.is_valid:
            shapes[code].append(shape)
    return {code: shapely.union_all(parts) if len(parts) > 1 else parts[0] for code, parts in shapes.items()}


def _find_elsewhere(
    named: list[str], located: NDArray[np.bool_], positions: Positions, by_code: dict[str, BaseGeometry]
) -> NDArray[np.int64]:
    """Return the positions of the located sites that do not lie in the area that they name, in order."""
    left = located.copy()
    numbers, codes = pd.factorize(np.array(named, dtype=object))
    order = np.argsort(numbers, kind="stable")
    ends = np.searchsorted(numbers[order], np.arange(len(codes) + 1))
    for number, code in enumerate(codes):
        if code not in by_code:
            continue
        rows = order[ends[number] : ends[number + 1]]
        rows = rows[located[rows]]
        shapely.prepare(by_code[code])
        left[rows] = ~shapely.intersects_xy(by_code[code], positions[rows])
    return np.flatnonzero(left)


def _place_singly(
    sites: GeoDataFrame,
    rows: NDArray[np.int64],
    named: list[str],
    by_code: dict[str, BaseGeometry],
    border_tolerance_m: float,
) -> Iterator[tuple[int, Placing]]:
    """Yield position and placing of the sites in some rows."""
    points = np.asarray(sites.geometry.array[rows])
    radii = column_values(sites["precision_m"].iloc[rows])
    codes = list(by_code)
    covering: dict[int, list[str]] = defaultdict(list)
    tree = shapely.STRtree(list(by_code.values()))
    for at, area in zip(*tree.query(points, predicate="intersects").tolist(), strict=True):
        covering[at].append(codes[area])
    together: BaseGeometry | None = None
    for at, (row, point, radius) in enumerate(zip(rows.tolist(), points, radii, strict=True)):
        code, inside = named[row], tuple(sorted(covering[at]))
        if code in inside or not (code or inside):
            miss = 0.0
        elif code:
            miss = metres_between(point, by_code[code]) if code in by_code else float("inf")
        else:
            together = together if together is not None else shapely.union_all(list(by_code.values()))
            miss = metres_between(point, together.boundary)
        precise = float(radius) if isinstance(radius, int | float) else 0.0
        yield row, Placing(code, inside, miss, border_tolerance_m + precise)
