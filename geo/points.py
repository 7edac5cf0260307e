"""Points of a layer: packed as two columns of numbers, and made into shapes only where somebody asks for these.

A point as an object takes ten times the bytes of its longitude and latitude, and stands in the memory between what is
soon freed, which can then not be given back. So a layer of flat points keeps numbers; it is a geometry column like any
other to whoever does not ask how it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["PointArray", "Positions", "find_positions", "pack_points", "packed_positions", "unpack_points"]

Positions: TypeAlias = NDArray[np.float64]
"""Longitude and latitude in degrees, one row a point; not a number where there is none."""


class PointArray(GeometryArray):  # type: ignore[misc]  # (geopandas has no types)
    """A geometry column of flat points that are kept as numbers; nothing can be written into it.

    Parameters
    ----------
    positions
        The points, of shape (n, 2); kept, not copied.
    crs
        The coordinate reference system.
    """

    def __init__(self, positions: Positions, crs: Any = None) -> None:  # noqa: ANN401  (whatever pyproj takes)
        self.positions = positions
        self._sindex = None
        self.crs = crs

    @property
    def _data(self) -> NDArray[np.object_]:
        """The shapes, made anew; geopandas asks for this whenever it needs them."""
        return unpack_points(self.positions)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401  (whatever an array is asked by)
        if isinstance(key, Integral):
            return unpack_points(self.positions[key : key + 1 or None])[0]
        return PointArray(self.positions[pd.api.indexers.check_array_indexer(self, key)], self.crs)

    def __setitem__(self, key: Any, value: Any) -> None:  # noqa: ANN401  (as above)
        raise TypeError("points that are kept as numbers cannot be replaced one by one")

    def __iter__(self) -> Iterator[BaseGeometry | None]:
        return iter(self._data)

    @property
    def size(self) -> int:
        """How many there are, those that are missing among them."""
        return len(self.positions)

    @property
    def nbytes(self) -> int:
        """How many bytes the numbers take."""
        return self.positions.nbytes

    @property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of each point, of shape (n, 4)."""
        return np.hstack([self.positions, self.positions])

    def isna(self) -> NDArray[np.bool_]:
        """Return for each whether it is missing."""
        return np.isnan(self.positions[:, 0])

    def copy(self, *_: Any, **__: Any) -> PointArray:  # noqa: ANN401  (as geopandas takes them)
        """Return the same points: nothing can be written into them."""
        return PointArray(self.positions, self.crs)


def unpack_points(positions: Positions) -> NDArray[np.object_]:
    """Return positions as points, None where there is none."""
    there = ~np.isnan(positions[:, 0])
    shapes = np.full(len(positions), None, dtype=object)
    shapes[there] = shapely.points(positions[there])
    return shapes


def pack_points(shapes: NDArray[np.object_]) -> Positions | None:
    """Return points as positions; None when one is no point, is empty, or has a height or a measure.

    Parameters
    ----------
    shapes
        None where there is none.
    """
    there = shapes[~shapely.is_missing(shapes)]
    if (shapely.get_type_id(there) != shapely.GeometryType.POINT).any() or shapely.is_empty(there).any():
        return None
    if (shapely.has_z(there) | shapely.has_m(there)).any():
        return None
    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def packed_positions(column: pd.Series) -> Positions | None:
    """Return the positions of a geometry column that is packed, without copying them; None for one of shapes."""
    array = column.array
    return array.positions if isinstance(array, PointArray) else None


def find_positions(column: pd.Series) -> Positions:
    """Return the positions of a geometry column of points, packed or not; of an empty point there is none."""
    packed = packed_positions(column)
    if packed is not None:
        return packed
    shapes = column.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    positions = np.full((len(shapes), 2), np.nan)
    positions[there] = np.column_stack([shapely.get_x(shapes[there]), shapely.get_y(shapes[there])])
    return positions
