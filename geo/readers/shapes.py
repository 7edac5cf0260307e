"""Geometries in bulk: WKB, or decoded coordinates -> shapes that are vouched for, with one look at all they hold.

Each is one that `geo.readers.geometry.make_geometry` would make, too. Where one might not be, nothing is returned, and
the features are read one by one, so that every word of a refusal has one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo.points import Positions
from geo.readers.geometry import MAX_HEIGHT_M
from geo.spec import Schema

__all__ = ["build_shapes", "make_shapes"]

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


def make_shapes(array: pa.Array, schema: Schema) -> Shapes | Positions | None:
    """Return WKB as shapes, or flat points as their positions.

    Parameters
    ----------
    array
        WKB; null where there is no geometry.
    schema
        Which geometries the layer may hold; single ones become multiple ones where only these are allowed.

    Returns
    -------
    ndarray or None
        In lon, lat, as `geo.readers.features.Part` has them. None when any of them might be refused if it were read
        alone.
    """
    if array.null_count and not schema.unlocated:
        return None
    there = array.is_valid().to_numpy(zero_copy_only=False)
    if schema.geometries == {"Point"} and (flat := _flat_positions(array.drop_null())) is not None:
        positions = np.full((len(array), 2), np.nan)
        positions[there] = flat
        return positions
    try:
        with np.errstate(invalid="ignore"):  # what is not a number is looked for below
            found = _vouch_shapes(shapely.from_wkb(array.drop_null().to_numpy(zero_copy_only=False)), schema)
    except (shapely.errors.ShapelyError, ValueError):
        return None
    if found is None:
        return None
    shapes = np.full(len(array), None, dtype=object)
    shapes[there] = found
    return shapes


def _flat_positions(array: pa.Array) -> Positions | None:
    """Return the positions in WKB without nulls; None when one is no plain point of the Earth in two dimensions."""
    size = _FLAT_POINT.itemsize
    lengths = pc.unique(pc.binary_length(array)).to_pylist()
    if lengths not in ([], [size]):
        return None
    alike = array.cast(pa.binary(size))
    whole = np.frombuffer(alike.buffers()[1] or b"", dtype=_FLAT_POINT)
    found = whole[alike.offset : alike.offset + len(alike)]
    lon, lat = found["lon"], found["lat"]
    plain = (found["order"] == 1) & (found["type"] == 1) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return np.column_stack([lon, lat]) if plain.all() else None


def _vouch_shapes(shapes: Shapes, schema: Schema) -> Shapes | None:
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


def build_shapes(kinds: Sequence[str], nested: Sequence[Any]) -> Shapes | None:
    """Return decoded coordinates as shapes.

    Parameters
    ----------
    kinds
        GeoJSON types: all ``MultiLineString``, or ``Polygon`` and ``MultiPolygon``.
    nested
        Their coordinates: lists of numbers, nested as the type has them.

    Returns
    -------
    ndarray or None
        In lon, lat. None when any of them might be refused if it were read alone, or they differ in their dimensions.
    """
    if not kinds:
        return np.empty(0, dtype=object)
    if kinds[0] == "MultiLineString":
        return _build_lines(nested)
    return _build_polygons(nested, np.array([kind == "Polygon" for kind in kinds]))


def _build_lines(nested: Sequence[Any]) -> Shapes | None:
    counts, lines = _flatten(nested)
    sizes, places = _flatten_positions(lines)
    if places is None or counts.min() < 1 or sizes.min() < 2:
        return None
    made = _array(shapely.linestrings(places, indices=_owners(sizes)))
    return _array(shapely.multilinestrings(made, indices=_owners(counts)))


def _build_polygons(nested: Sequence[Any], single: NDArray[np.bool_]) -> Shapes | None:
    counts, polygons = _flatten([[each] if one else each for each, one in zip(nested, single.tolist(), strict=True)])
    held, rings = _flatten(polygons)
    sizes, places = _flatten_positions(rings)
    if places is None or counts.min() < 1 or held.min() < 1 or sizes.min() < 4:
        return None
    ends = np.cumsum(sizes)
    if not np.array_equal(places[ends - sizes], places[ends - 1]):
        return None
    closed = _array(shapely.linearrings(places, indices=_owners(sizes)))
    made = _array(shapely.polygons(closed, indices=_owners(held)))
    if single.all():
        return made
    shapes = _array(shapely.multipolygons(made, indices=_owners(counts)))
    shapes[single] = made[(np.cumsum(counts) - counts)[single]]
    return shapes


def _positions(places: Sequence[list[float]]) -> NDArray[np.float64] | None:
    """Return positions as an array; None when they differ in their dimensions, or one is not on the Earth."""
    dimensions = set(map(len, places))
    if dimensions not in ({2}, {3}):
        return None
    found = np.array(places, dtype=np.float64)
    limits = np.array([180.0, 90.0, MAX_HEIGHT_M])[: found.shape[1]]
    return found if bool((np.abs(found) <= limits).all()) else None


def _flatten(nested: Sequence[list[Any]]) -> tuple[NDArray[np.int64], list[Any]]:
    """Return how many members each list has, and all of them one after the other."""
    return np.fromiter(map(len, nested), np.int64, len(nested)), list(chain.from_iterable(nested))


def _flatten_positions(lines: Sequence[list[Any]]) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    sizes, places = _flatten(lines)
    return sizes, _positions(places)


def _owners(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each member the number of the list that it is in."""
    return np.repeat(np.arange(len(counts)), counts)


def _array(shapes: Any) -> Shapes:  # noqa: ANN401 -- what shapely makes
    return np.asarray(shapes, dtype=object)


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
