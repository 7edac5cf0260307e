"""Where points lie among areas: which area covers a site, and by how many metres it misses the one it names.

Covering is decided in longitude and latitude, because the edges of a GeoJSON polygon are straight there
(RFC 7946, 3.1.1). Distances are metres on the ellipsoid: each point that misses its area is measured in an azimuthal
equidistant projection centred on that very point, where every distance from the centre is true; so an atlas may lie
anywhere, and may be as wide as it likes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.readers.columns import column_values

__all__ = ["Placing", "metres_between", "place_sites"]

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


def place_sites(sites: GeoDataFrame, areas: GeoDataFrame, border_tolerance_m: float) -> dict[Hashable, Placing]:
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
    dict
        Index label of `sites` -> its placing; sites without a point are not in it.
    """
    shapes: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in zip(column_values(areas["code"]), areas.geometry, strict=True):
        if isinstance(code, str) and code and shape is not None and not shape.is_empty and shape.is_valid:
            shapes[code].append(shape)
    by_code = {code: shapely.union_all(parts) if len(parts) > 1 else parts[0] for code, parts in shapes.items()}
    codes = list(by_code)
    labels, points, named, precise = [], [], [], []
    for label, point, code, precision in zip(
        sites.index,
        sites.geometry,
        column_values(sites["province"]),
        column_values(sites["precision_m"]),
        strict=True,
    ):
        if isinstance(point, Point) and not point.is_empty:
            labels.append(label)
            points.append(point)
            named.append(code if isinstance(code, str) else "")
            precise.append(float(precision) if isinstance(precision, int | float) else 0.0)
    covering: dict[int, list[str]] = defaultdict(list)
    tree = shapely.STRtree(list(by_code.values()))
    for at, area in zip(*tree.query(np.array(points, dtype=object), predicate="intersects").tolist(), strict=True):
        covering[at].append(codes[area])
    together: BaseGeometry | None = None
    placings: dict[Hashable, Placing] = {}
    for at, (label, point, code) in enumerate(zip(labels, points, named, strict=True)):
        inside = tuple(sorted(covering[at]))
        if code in inside or not (code or inside):
            miss = 0.0
        elif code:
            miss = metres_between(point, by_code[code]) if code in by_code else float("inf")
        else:
            together = together if together is not None else shapely.union_all(list(by_code.values()))
            miss = metres_between(point, together.boundary)
        placings[label] = Placing(code, inside, miss, border_tolerance_m + precise[at])
    return placings
