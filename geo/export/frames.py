"""Positions in another reference system, with a word on how they came there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from geo.errors import Problem, RequestError
from geo.export.content import GEOMETRY, Transformation

if TYPE_CHECKING:
    from geo.export.content import Content, Layer
    from geo.export.formats import Format

__all__ = ["move_content", "parse_crs", "target_crs"]

WGS84: Final = "EPSG:4326"
_CODE_DIGITS: Final = 10
"""No code of a reference system is as long as this."""


def parse_crs(text: str) -> CRS:
    """Return a reference system by its EPSG code.

    Parameters
    ----------
    text
        ``EPSG:n``, in any case.

    Raises
    ------
    RequestError
        When it is not such a code, or no such system is known.
    """
    authority, _, code = text.partition(":")
    plain = code.strip() if authority.strip().upper() == "EPSG" else ""
    try:
        crs = CRS.from_epsg(int(plain) if plain.isdecimal() and len(plain) < _CODE_DIGITS else 0)  # there is no EPSG:0
    except CRSError:
        expected = "the code of a reference system, such as EPSG:32648 (UTM zone 48 north)"
        problem = Problem("the question", "--crs", "", text, expected, "look the code up at epsg.org", "crs")
        raise RequestError("There is no such reference system", [problem]) from None
    if not (crs.is_projected or crs.is_geographic) or len(crs.axis_info) != 2:
        expected = "a geographic or projected reference system with two axes"
        problem = Problem("the question", "--crs", "", f"{text} ({crs.name})", expected, "", "crs")
        raise RequestError("Positions cannot be given in that reference system", [problem])
    return crs


def target_crs(text: str, row: Format) -> CRS | None:
    """Return the reference system in which a format is to have positions; None for WGS 84, as in the atlas.

    Parameters
    ----------
    text
        As for `parse_crs`, or empty.
    row
        The format.

    Raises
    ------
    RequestError
        As `parse_crs`, or the format is always in one system, and another is asked for.
    """
    if not text:
        return None
    target = parse_crs(text)
    if row.fixed and (row.drawn or target.to_epsg() != 4326):
        expected = f"none for {row.title}: {row.fixed}"
        problem = Problem("the question", "--crs", "", text, expected, "leave it out", "crs")
        always = "Web Mercator" if row.drawn else "WGS 84"
        raise RequestError(f"{row.title} is always in {always}", [problem])
    return target


def move_content(content: Content, target: CRS) -> Content:
    """Return the same content in another reference system.

    Parameters
    ----------
    content
        Layers in WGS 84 (EPSG:4326), longitude before latitude.
    target
        The system; its positions are given easting (longitude) before northing (latitude), in its own unit.

    Returns
    -------
    Content
        With the operation that was used: the best one that PROJ has here for the area of the layers.

    Raises
    ------
    RequestError
        When a position lies outside the area in which the system can be used.

    Notes
    -----
    PROJ ranks the operations by their area of use and accuracy (`pyproj.transformer.TransformerGroup`).
    """
    code = f"EPSG:{target.to_epsg()}"
    if code == WGS84:
        return content
    shapes = {layer.name: shapely.from_wkb(_wkb(layer)) for layer in content.features}
    area = _area(list(shapes.values()))
    # CRS84 is WGS 84 with longitude first; for EPSG:4326 turned round, PROJ 9.8 states no accuracy.
    group = TransformerGroup("OGC:CRS84", target, always_xy=True, area_of_interest=area)
    if not group.transformers:
        problem = Problem("the question", "--crs", "", code, "a system that WGS 84 can be turned into", "", "crs")
        raise RequestError("There is no way into that reference system", [problem])
    best = group.transformers[0]

    def move(points: Any) -> Any:  # noqa: ANN401  (an array of shape (n, 2), in and out)
        return np.column_stack(best.transform(points[:, 0], points[:, 1]))

    moved, problems = [], []
    for layer in content.layers:
        if not layer.geometry:
            moved.append(layer)
            continue
        before = shapes[layer.name]
        has_z = bool(shapely.has_z(before).any())
        after = shapely.transform(before, _with_height(move) if has_z else move, include_z=has_z)
        if not np.isfinite(shapely.get_coordinates(after)).all():
            seen = f"positions of {layer.name} that {code} ({target.name}) has no place for"
            problems.append(Problem("the question", "--crs", "", seen, "a system for the area of the layer", "", "crs"))
        moved.append(_with_shapes(layer, after))
    if problems:
        raise RequestError("That reference system is made for another area", problems)
    accuracy = best.accuracy if best.accuracy >= 0 else None
    done = Transformation(code, target.name, best.description, accuracy, not group.best_available)
    return replace(content, layers=tuple(moved), crs=code, transformation=done)


def _with_height(move: Any) -> Any:  # noqa: ANN401  (functions of arrays)
    def lift(points: Any) -> Any:  # noqa: ANN401
        return np.column_stack([move(points), points[:, 2]])

    return lift


def _wkb(layer: Layer) -> list[bytes | None]:
    found: list[bytes | None] = layer.table.column(GEOMETRY).to_pylist()
    return found


def _area(shapes: list[Any]) -> AreaOfInterest | None:
    """Return the box around every position, in degrees; ``None`` when there is none."""
    located = [array[~shapely.is_missing(array)] for array in shapes]
    everything = np.concatenate(located) if located else np.array([])
    if not len(everything):
        return None
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(everything))
    return AreaOfInterest(west, south, east, north)


def _with_shapes(layer: Layer, shapes: Any) -> Layer:  # noqa: ANN401  (an array of geometries)
    index = layer.table.schema.get_field_index(GEOMETRY)
    wkb = pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.binary())
    return layer.with_columns(layer.columns, layer.table.set_column(index, GEOMETRY, wkb))
