"""Geometries in bulk: WKB -> shapes that are vouched for, with one look at all their coordinates.

Each is one that `geo.readers.geometry.make_geometry` would make, too. Where one might not be, nothing is returned, and
the features are read one by one, so that every word of a refusal has one place.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo.readers.geometry import MAX_HEIGHT_M
from geo.spec import Schema

__all__ = ["make_shapes", "vouch_shapes"]

_FLAT_POINT: Final = np.dtype([("order", "u1"), ("type", "<u4"), ("lon", "<f8"), ("lat", "<f8")])

_KINDS: Final = {
    "Point": shapely.GeometryType.POINT,
    "LineString": shapely.GeometryType.LINESTRING,
    "Polygon": shapely.GeometryType.POLYGON,
    "MultiPoint": shapely.GeometryType.MULTIPOINT,
    "MultiLineString": shapely.GeometryType.MULTILINESTRING,
    "MultiPolygon": shapely.GeometryType.MULTIPOLYGON,
}
_SINGLE: Final[tuple[tuple[str, str, Any], ...]] = (
    ("LineString", "MultiLineString", shapely.multilinestrings),
    ("Polygon", "MultiPolygon", shapely.multipolygons),
)
"""Single type, the type that is a collection of it, and what makes the one of the other."""

Shapes = NDArray[np.object_]


def make_shapes(array: pa.Array, schema: Schema) -> Shapes | None:
    """Return WKB as shapes.

    Parameters
    ----------
    array
        WKB; null where there is no geometry.
    schema
        Which geometries the layer may hold; single ones become multiple ones where only these are allowed.

    Returns
    -------
    ndarray or None
        In lon, lat, None where there is none. None when any of them might be refused if it were read alone.
    """
    if array.null_count and not schema.unlocated:
        return None
    there = array.is_valid().to_numpy(zero_copy_only=False)
    found = _flat_points(array) if schema.geometries == {"Point"} else None
    if found is None:
        try:
            with np.errstate(invalid="ignore"):  # what is not a number is looked for below
                found = vouch_shapes(shapely.from_wkb(array.drop_null().to_numpy(zero_copy_only=False)), schema)
        except (shapely.errors.ShapelyError, ValueError):
            return None
    if found is None:
        return None
    shapes = np.full(len(array), None, dtype=object)
    shapes[there] = found
    return shapes


def _flat_points(array: pa.Array) -> Shapes | None:
    """Return WKB as points; None when one of them is not a plain point of the Earth in two dimensions."""
    lengths = pc.unique(pc.binary_length(array.drop_null())).to_pylist()
    if lengths not in ([], [_FLAT_POINT.itemsize]):
        return None
    found = np.frombuffer(b"".join(array.drop_null().to_pylist()), dtype=_FLAT_POINT)
    lon, lat = found["lon"], found["lat"]
    plain = (found["order"] == 1) & (found["type"] == 1) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return np.asarray(shapely.points(lon, lat), dtype=object) if plain.all() else None


def vouch_shapes(shapes: Shapes, schema: Schema) -> Shapes | None:
    """Return shapes in the types that a layer may hold; None when any of them might be refused if it were read alone.

    Parameters
    ----------
    shapes
        None of them is missing.
    schema
        As `make_shapes`.

    Returns
    -------
    ndarray or None
        The same shapes, single ones as multiple ones where only these are allowed.
    """
    kinds = shapely.get_type_id(shapes)
    allowed = schema.geometries
    single = [(one, many, make) for one, many, make in _SINGLE if one not in allowed and many in allowed]
    known = [_KINDS[kind] for kind in (*allowed, *(one for one, _, _ in single))]
    if not np.isin(kinds, known).all() or shapely.is_empty(shapes).any() or shapely.has_m(shapes).any():
        return None
    if shapely.get_srid(shapes).any() or not _are_on_earth(shapes) or not _are_whole(shapes, kinds):
        return None
    for one, _, make in single:
        places = np.flatnonzero(kinds == _KINDS[one])
        if len(places):
            shapes[places] = make(shapes[places], indices=np.arange(len(places)))
    return shapes


def _are_on_earth(shapes: Shapes) -> bool:
    """Return whether every position is in range, heights too; what is not a number is not."""
    flat = np.abs(shapely.get_coordinates(shapes))
    high = shapes[shapely.has_z(shapes)]
    heights = np.abs(shapely.get_coordinates(high, include_z=True)[:, 2]) if len(high) else np.empty(0)
    return bool((flat <= (180.0, 90.0)).all() and (heights <= MAX_HEIGHT_M).all())


def _are_whole(shapes: Shapes, kinds: NDArray[np.int32]) -> bool:
    """Return whether lines have two positions and rings four, of which the last is the first, height and all."""
    parts = shapely.get_parts(shapes[np.isin(kinds, [_KINDS["LineString"], _KINDS["MultiLineString"]])])
    if (shapely.get_num_points(parts) < 2).any():
        return False
    polygons = shapely.get_parts(shapes[np.isin(kinds, [_KINDS["Polygon"], _KINDS["MultiPolygon"]])])
    if shapely.is_empty(polygons).any():
        return False
    rings = shapely.get_rings(polygons)
    sizes = shapely.get_num_points(rings)
    if (sizes < 4).any():
        return False
    high = bool(shapely.has_z(rings).any())
    places = shapely.get_coordinates(rings, include_z=high)
    ends = np.cumsum(sizes)
    return bool(np.array_equal(places[ends - sizes], places[ends - 1], equal_nan=high))
