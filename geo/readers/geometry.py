"""Coordinates to shapes: nothing that is not finite, closed and on the Earth may reach GEOS."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import show_text

__all__ = ["MAX_HEIGHT_M", "GeometryFault", "make_geometry"]

MAX_HEIGHT_M: Final = 1_000_000.0
_Position = tuple[float, ...]


class GeometryFault(Exception):  # noqa: N818 -- it is a finding on its way to becoming a Problem, not an error of ours
    """What is wrong with a geometry, and where in it."""

    def __init__(self, field: str, seen: object, expected: str, next_step: str = "") -> None:
        super().__init__(expected)
        self.field = field
        self.seen = show_text(seen, 80)
        self.expected = expected
        self.next_step = next_step


def make_geometry(value: Any, allowed: frozenset[str]) -> BaseGeometry:  # noqa: ANN401 -- any JSON value
    """Return a GeoJSON geometry as a shape.

    Parameters
    ----------
    value
        What stands in ``geometry``: a decoded GeoJSON object, or the same with tuples for lists.
    allowed
        The geometry types that the layer may hold.

    Returns
    -------
    shapely geometry
        In lon, lat (and height where it is given); never empty. It need not be valid: rings may cross.

    Raises
    ------
    GeometryFault
        It is not a geometry of an allowed type, or its coordinates are missing, not finite, out of range, or too few.
    """
    if not isinstance(value, dict):
        raise GeometryFault("geometry", value, "a geometry object, or null")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in allowed or kind not in _MAKERS:
        raise GeometryFault("geometry.type", kind, " or ".join(sorted(allowed)))
    return _MAKERS[kind](value.get("coordinates"), "geometry.coordinates")


def _position(value: Any, field: str) -> _Position:  # noqa: ANN401 -- any JSON value
    if not isinstance(value, (list, tuple)) or len(value) not in {2, 3}:
        raise GeometryFault(field, value, "a position: longitude, latitude and perhaps a height")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise GeometryFault(field, value, "finite numbers")
    longitude, latitude = value[0], value[1]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        swapped = -90 <= longitude <= 90 and -180 <= latitude <= 180
        hint = "longitude comes first; these look swapped" if swapped else "give degrees of WGS 84"
        raise GeometryFault(field, value, "a longitude within ±180 and a latitude within ±90", hint)
    if len(value) == 3 and abs(value[2]) > MAX_HEIGHT_M:
        raise GeometryFault(field, value, f"a height within ±{MAX_HEIGHT_M:,.0f} metres")
    return tuple(map(float, value))


def _list(value: Any, field: str, least: int, what: str) -> Sequence[Any]:  # noqa: ANN401 -- any JSON value
    if not isinstance(value, (list, tuple)) or len(value) < least:
        raise GeometryFault(field, value, what)
    return value


def _line(value: Any, field: str, least: int = 2) -> list[_Position]:  # noqa: ANN401 -- any JSON value
    places = _list(value, field, least, f"a list of at least {least} positions")
    line = [_position(place, f"{field}[{index}]") for index, place in enumerate(places)]
    if len({len(place) for place in line}) > 1:
        raise GeometryFault(field, value, "a height for every position or for none")
    return line


def _ring(value: Any, field: str) -> list[_Position]:  # noqa: ANN401 -- any JSON value
    ring = _line(value, field, 4)
    if ring[0] != ring[-1]:
        seen = f"first {list(ring[0])}, last {list(ring[-1])}"
        raise GeometryFault(field, seen, "a closed ring", "repeat the first position at the end")
    return ring


def _rings(value: Any, field: str) -> tuple[list[_Position], list[list[_Position]]]:  # noqa: ANN401 -- any JSON value
    parts = _list(value, field, 1, "a list of rings, the outer one first")
    shell, *holes = (_ring(part, f"{field}[{index}]") for index, part in enumerate(parts))
    return shell, holes


def _many(value: Any, field: str, make: Callable[[Any, str], Any]) -> list[Any]:  # noqa: ANN401 -- any JSON value
    parts = _list(value, field, 1, "a list that is not empty")
    return [make(part, f"{field}[{index}]") for index, part in enumerate(parts)]


_MAKERS: Final[dict[str, Callable[[Any, str], BaseGeometry]]] = {
    "Point": lambda value, field: shapely.Point(_position(value, field)),
    "MultiPoint": lambda value, field: shapely.MultiPoint(_line(value, field, 1)),
    "LineString": lambda value, field: shapely.LineString(_line(value, field)),
    "MultiLineString": lambda value, field: shapely.MultiLineString(_many(value, field, _line)),
    "Polygon": lambda value, field: shapely.Polygon(*_rings(value, field)),
    "MultiPolygon": lambda value, field: shapely.MultiPolygon(_many(value, field, _rings)),
}
