"""The ground of a picture: sea, land, areas, waters, borders, and hatching for what is known no closer than an area."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.export.content import GEOMETRY
from geo.export.picture.mapped import ASIDE, BEYOND, BORDER, CHOSEN, FORMER, HATCH, LAND, OUTLINE, RIVER, SEA, WATER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.export.picture.mapped import Mapped
    from geo.export.picture.survey import Survey

__all__ = ["draw_ground", "hatch"]

_HATCHING: Final = 6.0
"""From one slanted line to the next."""


def draw_ground(mapped: Mapped, survey: Survey) -> None:
    """Draw what the places lie on.

    Parameters
    ----------
    mapped
        The map, still empty.
    survey
        What it shows.
    """
    frame = mapped.frame
    sea = any(draw == "land" for draw, _ in mapped.ground.backdrop)
    mapped.sheet.add(mapped.root, "rect", width=frame.width, height=frame.height, fill=SEA if sea else BEYOND)
    land = _backdrop(mapped, "land", 2)
    mapped.paint(land, BEYOND)
    mapped.trace(land, "#d3cab7", 0.8)
    codes = list(survey.areas)
    shapes = dict(zip(codes, mapped.project(survey.areas.values()), strict=True))
    mapped.paint([shape for code, shape in shapes.items() if code not in survey.asked], ASIDE if survey.asked else LAND)
    mapped.paint([shape for code, shape in shapes.items() if code in survey.asked], CHOSEN)
    hatched = set().union(*(sites.by_area for sites in survey.sites)) & set(shapes)
    for code in sorted(hatched):
        mapped.trace([hatch(mapped.cut(shapes[code]))], HATCH, 0.7, class_="hatched")
    mapped.trace(_backdrop(mapped, "river", 1), RIVER, 1.0)
    water = _backdrop(mapped, "water", 2)
    mapped.paint(water, WATER)
    mapped.trace(water, "#aebfc6", 0.8)
    mapped.trace(shapes.values(), BORDER, 0.9)
    if shapes:
        mapped.trace([shapely.union_all(list(shapes.values()))], OUTLINE, 1.1)
    for _, former in survey.former:
        mapped.trace(mapped.project(former), FORMER, 1.2, stroke_dasharray="6 3")


def _backdrop(mapped: Mapped, drawn: str, dimension: int) -> list[BaseGeometry]:
    """Return what a backdrop draws, on the paper."""
    layers = [layer for draw, layer in mapped.ground.backdrop if draw == drawn]
    return [shape for layer in layers for shape in mapped.project(_shapes(layer.values(GEOMETRY), dimension))]


def _shapes(wkbs: Sequence[bytes | None], dimension: int) -> list[BaseGeometry]:
    """Return the parts of shapes that have so many dimensions, together by shape."""
    found: list[BaseGeometry] = []
    for shape in shapely.from_wkb([wkb for wkb in wkbs if wkb is not None]):
        parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == dimension]
        if parts:
            found.append(shapely.MultiPolygon(parts) if dimension == 2 else shapely.MultiLineString(parts))
    return found


def hatch(shape: BaseGeometry) -> shapely.MultiLineString:
    """Return the slanted lines inside a shape, as lines: every program draws them, and no pattern is needed."""
    if shape.is_empty:
        return shapely.MultiLineString()
    west, south, east, north = shapely.bounds(shape).tolist()
    reach = north - south
    first = math.floor((west - north) / _HATCHING) * _HATCHING
    starts = np.arange(first, east - south + _HATCHING, _HATCHING)
    lines = shapely.linestrings([[(start + south, south), (start + north, north)] for start in starts])
    if reach <= 0:
        return shapely.MultiLineString()
    shapely.prepare(shape)
    inside = shapely.intersection(lines[shapely.intersects(lines, shape)], shape)
    return shapely.MultiLineString(
        [part for line in inside for part in shapely.get_parts(line) if shapely.get_dimensions(part) == 1]
    )
