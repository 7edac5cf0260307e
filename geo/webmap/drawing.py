"""Geometry for the eye: shapes of the catalogue as lists of positions, as fine as a page can show and no finer.

Positions are longitude, latitude in degrees (WGS 84). Only areas and the backdrop are simplified; the points of sites
and the lines of journeys are kept as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

__all__ = ["draw_areas", "draw_backdrop", "draw_segments", "grain"]

_FINENESS: Final = 10_000
"""Into how many steps the wider side of a page is divided: a third of a pixel on a screen of 3,840 pixels."""

_DRAWN_DECIMALS: Final = 4
"""Decimals of a degree kept in areas and backdrop; the fourth is about eleven metres."""

_LINE_DECIMALS: Final = 7
"""Decimals of a degree kept in journeys: what is taken away from a page is what a query answers."""

Positions = list[list[float]]
Rings = list[Positions]


def grain(bounds: Sequence[float]) -> float:
    """Return the smallest detail that areas and backdrop of a page keep, in degrees.

    Parameters
    ----------
    bounds
        West, south, east, north of the page in degrees.

    Returns
    -------
    float
        One ten-thousandth of the wider side.
    """
    west, south, east, north = bounds
    return max(east - west, north - south) / _FINENESS


def draw_segments(wkb: bytes) -> list[Positions]:
    """Return the lines of one journey, each as positions in order of travel.

    Parameters
    ----------
    wkb
        A MultiLineString.

    Returns
    -------
    list
        One list of positions a line, seven decimals.
    """
    return [_positions(line, _LINE_DECIMALS) for line in shapely.get_parts(shapely.from_wkb(wkb))]


def draw_areas(wkbs: Sequence[bytes], tolerance: float) -> list[list[Rings]]:
    """Return areas that lie side by side, simplified together so that shared borders stay shared.

    Parameters
    ----------
    wkbs
        One Polygon or MultiPolygon an area.
    tolerance
        Detail to drop, in degrees.

    Returns
    -------
    list
        For each area its polygons, each a list of closed rings (the outer one first), four decimals.

    Notes
    -----
    Visvalingam–Whyatt on the edges of the coverage (``shapely.coverage_simplify``).
    """
    if not wkbs:
        return []
    simpler = shapely.coverage_simplify(np.array(shapely.from_wkb(wkbs)), tolerance)
    return [_polygons(shape) for shape in simpler]


def draw_backdrop(wkbs: Sequence[bytes], draw: str, tolerance: float) -> list[list[Any]]:
    """Return the shapes of one backdrop layer in the way that it is drawn.

    Parameters
    ----------
    wkbs
        One geometry a feature.
    draw
        ``land`` or ``water`` (polygons), ``river`` (lines), ``town`` (points).
    tolerance
        Detail to drop, in degrees.

    Returns
    -------
    list
        For each feature its parts of the kind that is drawn: polygons, lines or points. A part of another kind (a
        point among the rivers) cannot be drawn so, and is left out.
    """
    shapes = np.array(shapely.from_wkb(wkbs), dtype=object)
    dimension = {"town": 0, "river": 1, "land": 2, "water": 2}[draw]
    parts = [
        [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == dimension] for shape in shapes
    ]
    if dimension == 0:
        return [[_positions(point, _DRAWN_DECIMALS)[0] for point in points] for points in parts]
    if dimension == 1:
        return [[_positions(shapely.simplify(line, tolerance), _DRAWN_DECIMALS) for line in lines] for lines in parts]
    whole = [shapely.MultiPolygon(polygons) for polygons in parts]
    return [_polygons(shape) for shape in shapely.coverage_simplify(np.array(whole, dtype=object), tolerance)]


def _polygons(shape: BaseGeometry) -> list[Rings]:
    """Return the polygons of a shape; rings that shrink to nothing when rounded are dropped."""
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = [_positions(ring, _DRAWN_DECIMALS) for ring in shapely.get_rings(polygon)]
        if len(rings[0]) >= 4:
            polygons.append([ring for ring in rings if len(ring) >= 4])
    return polygons


def _positions(shape: BaseGeometry, decimals: int) -> Positions:
    """Return the positions of a point, line or ring, rounded, without immediate repetitions."""
    rounded = np.round(shapely.get_coordinates(shape), decimals)
    if len(rounded) > 2:
        kept = np.ones(len(rounded), dtype=bool)
        kept[1:] = (rounded[1:] != rounded[:-1]).any(axis=1)
        rounded = rounded[kept]
    return [[float(lon), float(lat)] for lon, lat in rounded]
