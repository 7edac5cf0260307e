"""How far a geometry moved between two versions of an atlas, in metres on the ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Move", "find_move"]


@dataclass(frozen=True, slots=True)
class Move:
    """A geometry that is another one now.

    Attributes
    ----------
    metres
        How far: of a point, the geodesic on the ellipsoid; of lines and areas, the greatest distance from a vertex of
        one to the other (Hausdorff), in the azimuthal equidistant projection of the ellipsoid about the middle of
        both. ``None`` when there was, or is, no geometry.
    old, new
        The points as (longitude, latitude) in degrees; ``None`` for no geometry, and for lines and areas.
    kind
        ``moved`` (a point), ``redrawn`` (lines and areas), ``located`` or ``unlocated``.
    """

    metres: float | None
    old: tuple[float, ...] | None
    new: tuple[float, ...] | None
    kind: Literal["moved", "redrawn", "located", "unlocated"]


def find_move(schema: str, old: bytes | None, new: bytes | None) -> Move | None:
    """Return how a geometry moved; ``None`` when it did not.

    The order and direction of the lines of a route say something; where the ring of an area begins does not.
    """
    if old == new:
        return None
    import shapely  # noqa: PLC0415  (two editions that do not differ need no geometry)

    before, after = (shapely.from_wkb(blob) if blob else None for blob in (old, new))
    if before is None or after is None:
        return Move(None, _spot(before), _spot(after), "unlocated" if after is None else "located")
    if schema == "areas" and before.normalize().equals_exact(after.normalize(), 0):
        return None
    pointed = before.geom_type == after.geom_type == "Point"
    metres = _measure_points(before, after) if pointed else _measure_shapes(before, after)
    return Move(round(metres, 1), _spot(before), _spot(after), "moved" if pointed else "redrawn")


def _spot(shape: BaseGeometry | None) -> tuple[float, ...] | None:
    return tuple(shape.coords[0]) if shape is not None and shape.geom_type == "Point" else None


def _measure_points(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the length of the geodesic between two points of WGS 84, in metres (Karney 2013, through PROJ)."""
    from pyproj import Geod  # noqa: PLC0415

    # In one order, so that the length is the same both ways, to the last digit.
    (lon, lat), (other_lon, other_lat) = sorted((one.coords[0][:2], other.coords[0][:2]))
    return float(Geod(ellps="WGS84").inv(lon, lat, other_lon, other_lat)[2])


def _measure_shapes(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the Hausdorff distance of two shapes in metres, by their vertices, in a projection about both."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415
    from pyproj import Transformer  # noqa: PLC0415

    west, south, east, north = shapely.total_bounds([one, other])
    about = f"+proj=aeqd +lon_0={(west + east) / 2} +lat_0={(south + north) / 2} +datum=WGS84"
    project = Transformer.from_crs("EPSG:4326", about, always_xy=True).transform

    def flatten(shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, lambda spots: np.column_stack(project(spots[:, 0], spots[:, 1])))

    flat, other_flat = flatten(one), flatten(other)
    return max(float(shapely.hausdorff_distance(*pair)) for pair in ((flat, other_flat), (other_flat, flat)))
