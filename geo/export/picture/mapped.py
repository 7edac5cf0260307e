"""A map while it is drawn: its colours, what lies where on it, and lines and areas that end at its edge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.export.picture.sheet import INK, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree import ElementTree as ET

    from shapely.geometry.base import BaseGeometry

    from geo.export.content import Ground
    from geo.export.picture.captions import Captions
    from geo.export.picture.grouping import Box
    from geo.export.picture.projecting import Frame
    from geo.export.picture.sheet import Sheet

__all__ = ["Mapped", "tint_of"]

BRIGHT: Final = "#fcfaf4"
SEA: Final = "#dbe3e3"
BEYOND: Final = "#f2eee5"
LAND: Final = "#e9e3d4"
ASIDE: Final = "#eee8dc"
CHOSEN: Final = "#e0d8c3"
BORDER: Final = "#c3b89f"
OUTLINE: Final = "#a2967b"
WATER: Final = "#c6d4d9"
RIVER: Final = "#a9bec8"
HATCH: Final = "#b3a88d"
FORMER: Final = "#8d846f"
EDGE: Final = "#8d846f"

_DETAIL: Final = 0.5
"""Detail of the ground that is dropped, in units of the sheet."""

_COLOUR: Final = re.compile("#[0-9a-fA-F]{6}")


class Mapped:
    """A map while it is drawn: where things are, and what names must keep clear of."""

    def __init__(self, sheet: Sheet, root: ET.Element, frame: Frame, ground: Ground, captions: Captions) -> None:
        self.sheet, self.root, self.frame = sheet, root, frame
        self.ground, self.captions = ground, captions
        self.taken: list[Box] = []
        self.lines: list[Box] = []
        self.crowds = False
        self.rough = False

    def project(self, shapes: Iterable[BaseGeometry | None]) -> list[BaseGeometry]:
        """Return shapes in units of the sheet, without more detail than it shows."""
        found = np.array([shape for shape in shapes if shape is not None], dtype=object)
        if not len(found):
            return []
        placed = shapely.transform(found, self.frame.place)
        if (shapely.get_dimensions(placed) == 2).all():
            simple = shapely.coverage_simplify(placed, _DETAIL)
        else:
            simple = shapely.simplify(placed, _DETAIL / 2)
        broken = ~shapely.is_valid(simple)
        simple[broken] = shapely.make_valid(simple[broken])
        return list(simple)

    def cut(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the part of a shape that lies on the map: not every program obeys a clip."""
        return shapely.clip_by_rect(shape, 0, 0, self.frame.width, self.frame.height)

    def paint(self, shapes: Iterable[BaseGeometry], fill: str, **more: object) -> None:
        """Fill areas."""
        data = "".join(_outline(self.cut(shape)) for shape in shapes)
        if data:
            self.sheet.add(self.root, "path", d=data, fill=fill, fill_rule="evenodd", **more)

    def trace(self, shapes: Iterable[BaseGeometry], stroke: str, width: float, **more: object) -> None:
        """Draw lines, or the borders of areas; where an area is cut by the edge of the map, it has no border."""
        lines = [self.cut(shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape) for shape in shapes]
        parts = [part for line in lines for part in shapely.get_parts(line) if shapely.get_dimensions(part) == 1]
        data = path_of([shapely.get_coordinates(part) for part in parts], closed=False)
        if data:
            look = {"stroke": stroke, "stroke_width": width, "stroke_linejoin": "round"}
            self.sheet.add(self.root, "path", d=data, fill="none", **look, **more)


def _outline(shape: BaseGeometry) -> str:
    parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2]
    rings = [ring for part in parts for ring in shapely.get_rings(part)]
    return path_of([shapely.get_coordinates(ring) for ring in rings], closed=True)


def tint_of(ground: Ground, section: str, word: str) -> str:
    """Return the colour of a word of the vocabulary, the ink where it has none."""
    tint = str(ground.vocabulary.get(section, {}).get(word, {}).get("colour") or "")
    return tint if _COLOUR.fullmatch(tint) else INK
